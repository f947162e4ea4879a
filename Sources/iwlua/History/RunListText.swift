import IwinvCatalog
import RunStore
import ScriptHost

/// A list of runs, for a person and for a machine.
struct RunListText {
    var runs: [RunSummary]
    var terminal: Terminal

    var text: TerminalText {
        let headings = [
            terminal.say("run", "실행"), terminal.say("started", "시작"), terminal.say("kind", "종류"),
            terminal.say("script", "스크립트"), terminal.say("changes", "변경"), terminal.say("unknown", "불명"),
            terminal.say("state", "상태"),
        ]
        let states = runs.map { HistoryWords.state($0.state)(terminal.language) }
        let rows = zip(runs, states).map { run, state in
            [
                run.id, TimeText.local(run.started), run.kind, run.script, Self.count(run.changes),
                Self.count(run.unclear), state,
            ]
        }
        let table = TextTable(headings: headings, rows: rows, rightAligned: [4, 5]).text()
        guard terminal.stylesOutput else { return "\(lines: table)" }
        let cells = table.split(separator: "\n", omittingEmptySubsequences: false)
        var lines: [TerminalText] = cells.map { "\($0)" }
        // The state stands last, so that its colour does not come between cells and their width.
        for (index, (run, state)) in zip(runs, states).enumerated() {
            let shown = TerminalText(state).written
            let cell = cells[index + 2]
            guard let style = HistoryWords.style(run.state), cell.hasSuffix(shown) else { continue }
            lines[index + 2] = "\(cell.dropLast(shown.count))\(terminal.styleOutput("\(shown)", style))"
        }
        return lines.joined(separator: "\n")
    }

    private static func count(_ number: Int) -> String { number == 0 ? "" : "\(number)" }

    var json: JSONValue { .array(runs.map(\.json)) }
}

extension RunSummary {
    /// Changes of which nobody knows what became of them. Of a living run a reply may still come.
    var unclear: Int { state == .running ? unknown : unknown + open }

    /// Stable: members may be added.
    var json: JSONValue {
        [
            "run": .string(id), "number": .integer(number), "started": .string(TimeText.utc(started)),
            "ended": endedAt.map { .string(TimeText.utc($0)) } ?? .null, "kind": .string(kind),
            "script": .string(script), "account": .string(account), "state": .string(state.word),
            "changes": .integer(Int64(changes)), "unknown": .integer(Int64(unclear)),
            "entries": .integer(Int64(entries)),
        ]
    }
}
