import ArgumentParser
import IwinvCatalog
import IwinvWire
import ScriptHost
import ScriptTools

struct APICommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "api",
        abstract: "List what the cloud can do, and how sure that is.",
        discussion: """
            Without a name: every operation with its effect (which is the grant it needs), whether it costs money, whether \
            and how it can be undone, and its evidence: live (seen against the real service), documented, request (its \
            answer is recorded nowhere) or assumed. With a name, such as instances.edit or firewall: arguments, fields \
            and an example.
            """)

    @Argument(
        help: "An operation, such as instances.edit, or a table, such as firewall.rules.",
        completion: ShellCompletions.operations)
    var name: String?

    @OptionGroup var display: DisplayOptions

    func run() throws {
        let settings = try Settings()
        let terminal = try display.terminal(settings)
        let operations = try selected()
        let format = try display.format(settings)
        guard name == nil, format == .text else { return try OperationText.show(operations, format, terminal) }
        Terminal.out(Self.table(operations, terminal))
        try Terminal.checkOutput()
    }

    private func selected() throws -> [CloudOperation] {
        guard let name else { return Catalog.iwinv.operations }
        let found = Catalog.iwinv.operations.filter {
            "\($0.name)" == name || $0.name.resource == name || $0.contractID == name
        }
        guard found.isEmpty else { return found }
        let names = Catalog.iwinv.operations.map { "\($0.name)" } + Catalog.iwinv.resources
        let hint = Suggestion.nearest(to: name, among: names).map { "; did you mean `\($0)`?" }
        throw UsageError("there is no operation `\(name)`\(hint ?? "; `iwlua api` lists them")")
    }

    private static func table(_ operations: [CloudOperation], _ terminal: Terminal) -> TerminalText {
        let headings = [
            terminal.say("operation", "작업"), terminal.say("effect", "효과"), terminal.say("costs", "과금"),
            terminal.say("undo", "되돌리기"), terminal.say("evidence", "근거"), terminal.say("request", "요청"),
        ]
        let rows = operations.map { operation in
            [
                "\(operation.name)", operation.effect.rawValue,
                operation.costsMoney ? terminal.say("money", "유료") : "",
                FunctionText.undo(operation, terminal.language), operation.evidence.rawValue,
                "\(operation.method.rawValue) \(operation.path)",
            ]
        }
        return "\(lines: TextTable(headings: headings, rows: rows).text(maximumCellWidth: 80))"
    }
}

/// Operations explained: to a person, and to a machine.
enum OperationText {
    /// Writes operations to standard output.
    static func show(_ operations: [CloudOperation], _ format: OutputFormat, _ terminal: Terminal) throws {
        switch format {
        case .json: Terminal.out(json: .array(operations.map(json)))
        case .text:
            let reference = Reference(language: terminal.language)
            let pages = operations.compactMap { reference.page(of: $0)?.text(width: Terminal.columns) }
            Terminal.out("\(lines: pages.joined(separator: "\n"))")
        }
        try Terminal.checkOutput()
    }

    static func json(_ operation: CloudOperation) -> JSONValue {
        [
            "name": .string("\(operation.name)"), "contract_id": .string(operation.contractID),
            "family": operation.family.map { .string($0.rawValue) } ?? .null,
            "method": .string(operation.method.rawValue), "path": .string("\(operation.path)"),
            "effect": .string(operation.effect.rawValue), "costs_money": .boolean(operation.costsMoney),
            "undo": undo(operation), "evidence": .string(operation.evidence.rawValue),
            "help": ["en": .string(operation.help.english), "ko": .string(operation.help.korean)],
            "parameters": .array(
                operation.parameters.map { parameter in
                    [
                        "name": .string(parameter.name), "required": .boolean(parameter.isRequired),
                        "type": .string(parameter.type.text), "unit": parameter.unit.map(JSONValue.string) ?? .null,
                        "help": ["en": .string(parameter.help.english), "ko": .string(parameter.help.korean)],
                    ]
                }),
            "row": operation.row.map { .string($0.name) } ?? .null,
        ]
    }

    private static func undo(_ operation: CloudOperation) -> JSONValue {
        switch operation.undo {
        case .notNeeded: .null
        case .restoring: .string("\(operation.name)")
        case .by(let name): .string("\(name)")
        case .impossible: "never"
        }
    }
}
