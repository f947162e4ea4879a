import IwinvCatalog
import ScriptHost

/// How the catalog's types are called in definition files, and the aliases and classes that they need.
struct LuaTypes {
    /// A set of words, in the order in which it was met.
    struct Words {
        var name: String
        var words: [String]
        var isOpen: Bool
    }

    private(set) var choices: [Words] = []

    /// Knows every set of words that the functions take or wait for.
    init(_ surface: CloudSurface) {
        for function in surface.functions {
            let operation = function.operation
            for parameter in operation.parameters { add(parameter, of: operation) }
            if case .wait = function.form, let states = operation.row?.states {
                add(Words(name: Self.states(operation), words: states, isOpen: false))
            }
        }
    }

    private mutating func add(_ parameter: Parameter, of operation: CloudOperation) {
        switch parameter.type {
        case .choice(let words, let isOpen), .choiceList(let words, let isOpen):
            guard !words.isEmpty else { return }
            var name = Self.short(parameter, operation)
            if let other = choices.first(where: { $0.name == name }), other.words != words || other.isOpen != isOpen {
                name = "iwinv.\(operation.name).\(parameter.name)"
            }
            add(Words(name: name, words: words, isOpen: isOpen))
        case .records(let members, _): for member in members { add(member, of: operation) }
        default: break
        }
    }

    private mutating func add(_ words: Words) {
        if !choices.contains(where: { $0.name == words.name }) { choices.append(words) }
    }

    private static func short(_ parameter: Parameter, _ operation: CloudOperation) -> String {
        "iwinv.\(operation.name.root).\(parameter.name)"
    }

    /// The words that a wait of this list's rows takes.
    static func states(_ list: CloudOperation) -> String { "iwinv.\(list.name.resource).state" }

    static func row(_ row: RowType) -> String { "iwinv.\(row.name)" }
    static func keys(of row: RowType) -> String { "iwinv.\(row.name).key" }
    static func arguments(of name: OperationName) -> String { "iwinv.\(name).Arguments" }
    /// A resource's identifier, or a row that carries it.
    static func reference(_ parameter: String) -> String { "iwinv.ref.\(parameter)" }

    /// The type of an argument's value.
    func type(of parameter: Parameter, in operation: CloudOperation) -> String {
        switch parameter.type {
        case .text, .identifier, .addressRange, .ports, .date: return "string"
        case .identifierList: return "string|string[]"
        case .integer, .multiple: return "integer"
        case .choice(let words, let isOpen): return choice(words, isOpen, parameter, operation)
        case .choiceList(let words, let isOpen):
            let name = choice(words, isOpen, parameter, operation)
            return "\(name)|\(name)[]"
        case .yesNo: return "\"Y\"|\"N\"|boolean"
        case .flag: return "boolean"
        case .fields: return operation.row.map { Self.keys(of: $0) + "[]" } ?? "string[]"
        case .records: return "\(Self.arguments(of: operation.name)).\(parameter.name)[]"
        }
    }

    private func choice(
        _ words: [String], _ isOpen: Bool, _ parameter: Parameter, _ operation: CloudOperation
    ) -> String {
        let long = "iwinv.\(operation.name).\(parameter.name)"
        if choices.contains(where: { $0.name == long }) { return long }
        let short = Self.short(parameter, operation)
        return choices.contains { $0.name == short } ? short : "string"
    }

    /// The type of a field's value; objects have classes of their own, named after the way to them.
    static func type(of field: RowField, in owner: String) -> String {
        if field.isSecret, field.type.inner.allSatisfy({ !$0.isSecret }) { return "iwlua.Secret" }
        return type(field.type, "\(owner).\(field.name)")
    }

    private static func type(_ type: FieldType, _ name: String) -> String {
        switch type {
        case .string: "string"
        case .integer: "integer"
        case .boolean: "boolean"
        case .any: "any"
        case .object: name
        case .list(let element): Self.type(element, name) + "[]"
        }
    }
}

extension FieldType {
    /// The fields of an object, or of the objects of a list.
    var inner: [RowField] {
        switch self {
        case .object(let fields): fields
        case .list(let element): element.inner
        case .string, .integer, .boolean, .any: []
        }
    }
}

extension Parameter {
    /// What a person has to know of an argument, on one line.
    func summary(_ language: Language) -> String {
        let type = type.text + (unit.map { " (\($0))" } ?? "")
        return "\(help(language)) · \(type)"
    }
}
