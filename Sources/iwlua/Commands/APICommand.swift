import ArgumentParser
import IwinvCatalog
import IwinvWire
import ScriptHost

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

    @Argument(help: "An operation, such as instances.edit, or a table, such as firewall.rules.")
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
        throw UsageError("there is no operation `\(name)`" + (hint ?? "; `iwlua api` lists them"))
    }

    private static func table(_ operations: [CloudOperation], _ terminal: Terminal) -> String {
        let headings = [
            terminal.say("operation", "작업"), terminal.say("effect", "효과"), terminal.say("costs", "과금"),
            terminal.say("undo", "되돌리기"), terminal.say("evidence", "근거"), terminal.say("request", "요청"),
        ]
        let rows = operations.map { operation in
            [
                "\(operation.name)", operation.effect.rawValue,
                operation.costsMoney ? terminal.say("money", "유료") : "",
                OperationText.undo(operation, terminal.language), operation.evidence.rawValue,
                "\(operation.method.rawValue) \(operation.path)",
            ]
        }
        return TextTable(headings: headings, rows: rows).text(maximumCellWidth: 80)
    }
}

/// One operation explained: to a person, and to a machine.
struct OperationText {
    var operation: CloudOperation
    var language: Language

    var text: String {
        var lines = ["\(operation.name)" + (operation.family.map { "  (\($0.rawValue))" } ?? "")]
        lines.append("  " + operation.help(language))
        lines.append("  \(operation.method.rawValue) \(operation.path)  [\(operation.contractID)]")
        var facts = [say("grant ", "권한 ") + "\(operation.name.root):\(operation.effect.rawValue)"]
        if operation.costsMoney { facts.append(say("costs money", "과금됨")) }
        if operation.effect.isChange { facts.append(say("undo: ", "되돌리기: ") + Self.undo(operation, language)) }
        facts.append(operation.evidence.meaning(language))
        lines.append("  " + facts.joined(separator: "; "))
        if !operation.parameters.isEmpty {
            lines.append("")
            lines.append(indented(table(of: operation.parameters)))
        }
        if let row = operation.row {
            lines.append("")
            let title = row.key.map { "\(row.name) (\($0))" } ?? row.name
            lines.append("  " + say("answers ", "응답 ") + title)
            lines.append(indented(fields(of: row)))
        }
        if let example = OperationExample.lua(operation) {
            lines.append("")
            lines.append("  " + example)
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Writes operations to standard output.
    static func show(_ operations: [CloudOperation], _ format: OutputFormat, _ terminal: Terminal) throws {
        switch format {
        case .json: Terminal.out(json: .array(operations.map(json)))
        case .text:
            let texts = operations.map { OperationText(operation: $0, language: terminal.language).text }
            Terminal.out(texts.joined(separator: "\n"))
        }
        try Terminal.checkOutput()
    }

    static func undo(_ operation: CloudOperation, _ language: Language) -> String {
        switch operation.undo {
        case .notNeeded: ""
        case .restoring: LocalizedText("the same, with the values before", "이전 값으로 다시")(language)
        case .by(let name): "\(name)"
        case .impossible: LocalizedText("never", "불가")(language)
        }
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

    private func say(_ english: String, _ korean: String) -> String { LocalizedText(english, korean)(language) }

    private func table(of parameters: [Parameter]) -> String {
        let rows = parameters.map { parameter in
            [
                parameter.name, parameter.type.text + (parameter.unit.map { " (\($0))" } ?? ""),
                parameter.isRequired ? say("required", "필수") : "", parameter.help(language),
            ]
        }
        return TextTable(
            headings: [say("argument", "인자"), say("type", "형식"), "", say("meaning", "설명")], rows: rows
        ).text(maximumCellWidth: 60)
    }

    private func fields(of row: RowType) -> String {
        let rows = row.fields.map { field in
            [field.name, field.isSecret ? say("secret", "비밀") : "", field.help(language)]
        }
        return TextTable(headings: [say("field", "항목"), "", say("meaning", "설명")], rows: rows)
            .text(maximumCellWidth: 60)
    }

    private func indented(_ text: String) -> String {
        text.split(separator: "\n").map { "  " + $0 }.joined(separator: "\n")
    }
}

/// A line of Lua that calls an operation with every argument it must have.
enum OperationExample {
    /// Nil for the older firewall family, which scripts do not speak.
    static func lua(_ operation: CloudOperation) -> String? {
        guard operation.family != .firewall else { return nil }
        var positions: [String] = []
        if let subject = operation.subject { positions.append(value(of: subject)) }
        if let partner = operation.partner.flatMap(operation.parameter) { positions.append(value(of: partner)) }
        let named = operation.parameters.filter { parameter in
            parameter.isRequired && parameter.name != operation.subject?.name && parameter.name != operation.partner
        }
        var shown = named
        if shown.isEmpty, operation.effect == .edit,
            let first = operation.parameters.first(where: { $0.place == .body && $0.name != operation.partner })
        {
            shown = [first]
        }
        let table = shown.map { "\($0.name) = \(value(of: $0))" }.joined(separator: ", ")
        let call = "iwinv.\(operation.name)"
        if positions.isEmpty { return table.isEmpty ? call + "()" : call + " { \(table) }" }
        return call + "(" + (positions + (table.isEmpty ? [] : ["{ \(table) }"])).joined(separator: ", ") + ")"
    }

    private static let identifiers = [
        "instance_id": "INSTANCE-a1b2c3", "zone_id": "kr1_z09", "image_id": "PIMAGE-a1b2c3", "flavor_id": "vgna_2_n",
        "block_storage_id": "BLOCK-a1b2c3", "bill_id": "BILL-a1b2c3", "firewall_id": "FIREWALL-a1b2c3",
    ]

    private static func value(of parameter: Parameter) -> String {
        switch parameter.type {
        case .identifier, .identifierList: return "\"\(identifiers[parameter.name] ?? "ID")\""
        case .text: return parameter.name == "title" ? "\"web-public\"" : "\"web-01\""
        case .integer(let range): return "\(max(1, range.lowerBound))"
        case .multiple(_, let range): return "\(range.lowerBound)"
        case .choice(let words, _), .choiceList(let words, _): return "\"\(words.first ?? "")\""
        case .addressRange: return "\"203.0.113.0/24\""
        case .ports: return "\"443\""
        case .yesNo: return "\"Y\""
        case .date: return "\"2026-03-01\""
        case .flag: return "true"
        case .fields: return "{ \"name\" }"
        case .records: return "{}"
        }
    }
}
