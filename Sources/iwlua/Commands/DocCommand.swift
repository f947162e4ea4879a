import ArgumentParser
import IwinvCatalog
import IwinvWire
import ScriptHost

struct DocCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doc",
        abstract: "Explain an error code or an operation.",
        discussion: """
              iwlua doc 0x13
              iwlua doc CHECK_IP
              iwlua doc errors
              iwlua doc firewall.rules.add
            """)

    @Argument(help: "An error code (0x13 or its name), `errors` for all of them, or an operation.")
    var name: String

    @OptionGroup var display: DisplayOptions

    func run() throws {
        let settings = try Settings()
        let terminal = try display.terminal(settings)
        let entries = name == "errors" ? ErrorEntry.all : ErrorEntry.all.filter { $0.isNamed(name) }
        guard !entries.isEmpty else { return try operation(settings, terminal) }
        if try display.format(settings) == .json {
            let rows = entries.map(\.json)
            let document: JSONValue = name == "errors" ? .array(rows) : rows[0]
            Terminal.out(String(decoding: JSONCodec.encode(document, pretty: true), as: UTF8.self) + "\n")
        } else {
            Terminal.out(entries.map { Self.text($0, terminal) }.joined(separator: "\n"))
        }
        try Terminal.checkOutput()
    }

    private func operation(_ settings: Settings, _ terminal: Terminal) throws {
        let operations = Catalog.iwinv.operations.filter { "\($0.name)" == name || $0.name.resource == name }
        guard !operations.isEmpty else {
            let known = ErrorEntry.all.map(\.name) + Catalog.iwinv.operations.map { "\($0.name)" } + ["errors"]
            let hint = Suggestion.nearest(to: name, among: known).map { "; did you mean `\($0)`?" } ?? ""
            throw UsageError("nothing is called `\(name)`: give an error code such as 0x13, or an operation\(hint)")
        }
        if try display.format(settings) == .json {
            let rows = operations.map(OperationText.json)
            Terminal.out(String(decoding: JSONCodec.encode(.array(rows), pretty: true), as: UTF8.self) + "\n")
        } else {
            let texts = operations.map { OperationText(operation: $0, language: terminal.language).text }
            Terminal.out(texts.joined(separator: "\n"))
        }
        try Terminal.checkOutput()
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
