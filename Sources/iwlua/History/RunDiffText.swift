import Gate
import IwinvCatalog
import RunStore
import ScriptHost

/// What two runs did differently, for a person and for a machine.
struct RunDiffText {
    /// A script's or module's text in both runs.
    struct ChangedText {
        var name: String
        /// Nil if the text was not kept.
        var diff: UnifiedDiff?
    }

    var a: RunRecord
    var b: RunRecord
    var difference: RunDifference
    var texts: [ChangedText]
    var terminal: Terminal

    init(_ a: RunRecord, _ b: RunRecord, texts: [ChangedText], terminal: Terminal) {
        self.a = a
        self.b = b
        self.texts = texts
        self.terminal = terminal
        difference = RunDifference(a, b)
    }

    var text: TerminalText {
        let head = [("A", a.summary), ("B", b.summary)].map { mark, run -> TerminalText in
            let state = HistoryWords.state(run.state)(terminal.language)
            return "\(mark)  \(run.id)  \(TimeText.local(run.started))  \(run.script)  \(state)\n"
        }.joined()
        guard !difference.isEmpty else {
            return head + "\n"
                + terminal.say(
                    "no difference: the same script, parameters and grants, and the same \(difference.equalChanges) changes\n",
                    "차이 없음: 스크립트, 매개변수, 권한이 같고 변경 \(difference.equalChanges)건도 같습니다\n")
        }
        return ([head, facts] + texts.map(text(of:)) + [changes]).filter { !$0.isEmpty }.joined(separator: "\n")
    }

    // MARK: What they were given

    private var facts: TerminalText {
        var rows: [[String]] = []
        func add(_ kind: String, _ pairs: [String: RunDifference.Pair]) {
            for (key, pair) in pairs.sorted(by: { $0.key < $1.key }) {
                rows.append([kind.isEmpty ? key : "\(kind) \(key)", Self.shown(pair.a), Self.shown(pair.b)])
            }
        }
        add("", difference.facts)
        add(terminal.say("module", "모듈"), difference.modules)
        add(terminal.say("parameter", "매개변수"), difference.parameters)
        let grant = terminal.say("grant", "권한")
        rows += difference.grantsOnlyInA.map { [grant, $0, "-"] } + difference.grantsOnlyInB.map { [grant, "-", $0] }
        add(terminal.say("option", "옵션"), difference.options)
        guard !rows.isEmpty else { return "" }
        let table = TextTable(headings: [terminal.say("differs", "차이"), "A", "B"], rows: rows)
        return "\(lines: table.text(maximumCellWidth: 64))"
    }

    private static func shown(_ value: JSONValue?) -> String { value.map(HistoryWords.shown) ?? "-" }

    private func text(of changed: ChangedText) -> TerminalText {
        guard let diff = changed.diff else {
            return terminal.say("the text of \(changed.name) was not kept\n", "\(changed.name)의 내용이 남아 있지 않습니다\n")
        }
        return diff.text.map { line -> TerminalText in
            let shown: TerminalText = "\(line.replacing("\t", with: "    "))"
            let style: Terminal.Style? =
                switch line.first {
                case "-": .red
                case "+": .cyan
                case "@": .dim
                default: nil
                }
            return (style.map { terminal.styleOutput(shown, $0) } ?? shown) + "\n"
        }.joined()
    }

    // MARK: What they did

    private var changes: TerminalText {
        let only = terminal.say("only ", "")
        let alone = terminal.say("", "만")
        var rows =
            difference.changesOnlyInA.map { row("\(only)A\(alone)", $0) }
            + difference.changesOnlyInB.map { row("\(only)B\(alone)", $0) }
        for pair in difference.changesThatDiffer { rows += [row("A", pair.a), row("B", pair.b)] }
        let equal: TerminalText = terminal.say(
            "\(difference.equalChanges) changes are the same in both\n", "같은 변경 \(difference.equalChanges)건\n")
        guard !rows.isEmpty else { return equal }
        let headings = [
            "", terminal.say("resource", "대상"), terminal.say("name", "이름"), terminal.say("change", "작업"),
            terminal.say("before → after", "이전 → 이후"), terminal.say("outcome", "결과"),
        ]
        return "\(lines: TextTable(headings: headings, rows: rows).text(maximumCellWidth: 64))\(equal)"
    }

    private func row(_ mark: String, _ change: ResourceChange) -> [String] {
        [
            mark, change.id ?? "-", change.name ?? "", change.operation,
            ChangeDescription(change).difference, RunShowText.outcome(change, terminal),
        ]
    }

    // MARK: JSON

    /// The document of `iwlua runs diff`. Stable: members may be added.
    var json: JSONValue {
        [
            "a": a.summary.json, "b": b.summary.json, "same": .boolean(difference.isEmpty),
            "facts": Self.json(difference.facts), "modules": Self.json(difference.modules),
            "parameters": Self.json(difference.parameters), "options": Self.json(difference.options),
            "grants": [
                "only_a": .array(difference.grantsOnlyInA.map(JSONValue.string)),
                "only_b": .array(difference.grantsOnlyInB.map(JSONValue.string)),
            ],
            "texts": .array(
                texts.map { changed in
                    let lines = changed.diff?.text.joined(separator: "\n")
                    return ["name": .string(changed.name), "diff": lines.map(JSONValue.string) ?? .null]
                }),
            "changes": [
                "only_a": .array(difference.changesOnlyInA.map(\.json)),
                "only_b": .array(difference.changesOnlyInB.map(\.json)),
                "different": .array(difference.changesThatDiffer.map { ["a": $0.a.json, "b": $0.b.json] }),
                "equal": .integer(Int64(difference.equalChanges)),
            ],
        ]
    }

    private static func json(_ pairs: [String: RunDifference.Pair]) -> JSONValue {
        .object(pairs.mapValues { ["a": $0.a ?? .null, "b": $0.b ?? .null] })
    }
}
