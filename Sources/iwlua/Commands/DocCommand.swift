import ArgumentParser
import IwinvCatalog
import IwinvWire
import LuaRuntime
import ScriptHost

struct DocCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doc",
        abstract: "Explain an error code, an operation or the sandbox.",
        discussion: """
              iwlua doc 0x13
              iwlua doc CHECK_IP
              iwlua doc errors
              iwlua doc firewall.rules.add
              iwlua doc sandbox
            """)

    @Argument(help: "An error code (0x13 or its name), `errors` for all of them, an operation, or `sandbox`.")
    var name: String

    @OptionGroup var display: DisplayOptions

    func run() throws {
        let settings = try Settings()
        let terminal = try display.terminal(settings)
        if name == "sandbox" { return try sandbox(settings, terminal) }
        let entries = name == "errors" ? ErrorEntry.all : ErrorEntry.all.filter { $0.isNamed(name) }
        guard !entries.isEmpty else { return try operation(settings, terminal) }
        if try display.format(settings) == .json {
            let rows = entries.map(\.json)
            let document: JSONValue = name == "errors" ? .array(rows) : rows[0]
            Terminal.out(json: document)
        } else {
            Terminal.out(entries.map { Self.text($0, terminal) }.joined(separator: "\n"))
        }
        try Terminal.checkOutput()
    }

    /// Where the Lua of scripts differs from the manual, and why.
    private func sandbox(_ settings: Settings, _ terminal: Terminal) throws {
        if try display.format(settings) == .json {
            let rows: [JSONValue] = LuaLibrary.entries.map { entry in
                switch entry.status {
                case .same: ["name": .string(entry.name), "status": "same", "text": .null]
                case .changed(let text): ["name": .string(entry.name), "status": "changed", "text": .string(text)]
                case .absent(let text): ["name": .string(entry.name), "status": "absent", "text": .string(text)]
                }
            }
            Terminal.out(json: .array(rows))
            return
        }
        var (same, changed, absent) = ([String](), [[String]](), [[String]]())
        for entry in LuaLibrary.entries {
            switch entry.status {
            case .same: same.append(entry.name)
            case .changed(let text): changed.append([entry.name, text])
            case .absent(let text): absent.append([entry.name, text])
            }
        }
        func table(_ heading: String, _ reason: String, _ rows: [[String]]) -> String {
            TextTable(headings: [heading, reason], rows: rows).text(maximumCellWidth: 240)
        }
        Terminal.out(
            terminal.say(
                "Scripts run Lua 5.4 in a jailed process. As the manual says: \(same.joined(separator: ", ")).\n\n",
                "스크립트는 격리된 프로세스에서 Lua 5.4로 실행됩니다. 설명서와 같은 함수: \(same.joined(separator: ", ")).\n\n")
                + table(terminal.say("different", "다른 점"), terminal.say("how", "내용"), changed) + "\n"
                + table(terminal.say("not there", "없음"), terminal.say("why", "이유"), absent))
        try Terminal.checkOutput()
    }

    private func operation(_ settings: Settings, _ terminal: Terminal) throws {
        let operations = Catalog.iwinv.operations.filter { "\($0.name)" == name || $0.name.resource == name }
        guard !operations.isEmpty else {
            let known =
                ErrorEntry.all.map(\.name) + Catalog.iwinv.operations.map { "\($0.name)" } + ["errors", "sandbox"]
            let hint = Suggestion.nearest(to: name, among: known).map { "; did you mean `\($0)`?" } ?? ""
            throw UsageError("nothing is called `\(name)`: give an error code such as 0x13, or an operation\(hint)")
        }
        try OperationText.show(operations, display.format(settings), terminal)
    }

    /// Both languages: who looks a code up may have to tell somebody else.
    private static func text(_ entry: ErrorEntry, _ terminal: Terminal) -> String {
        let status = terminal.say("usually HTTP ", "보통 HTTP ") + "\(entry.status)"
        let first = entry.meaning(terminal.language)
        let second = entry.meaning(terminal.language == .korean ? .english : .korean)
        return "\(entry.wireCode)  \(entry.name)  (\(status))\n  \(first)\n  \(second)\n"
    }
}

extension ErrorEntry {
    /// `0x13`, `0X13`, `19` or `DELETED_OR_WORKING_INSTANCE`, in any case.
    fileprivate func isNamed(_ text: String) -> Bool {
        let word = text.lowercased()
        if word == name.lowercased() || word == wireCode || Int(word) == number { return true }
        return word.hasPrefix("0x") && Int(word.dropFirst(2), radix: 16) == number
    }

    fileprivate var json: JSONValue {
        [
            "code": .string(wireCode), "number": .integer(Int64(number)), "error_code": .string(name),
            "status": .integer(Int64(status)),
            "meaning": ["en": .string(meaning.english), "ko": .string(meaning.korean)],
        ]
    }
}
