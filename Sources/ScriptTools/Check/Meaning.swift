import IwinvCatalog
import LuaSyntax

/// What an expression is known to be.
enum Meaning {
    /// `iwinv`
    case module
    /// `iwinv.instances`, `iwinv.firewall.rules`
    case resource(String)
    /// `iwinv.instances.list`, or `each`, which is another way to read a list.
    case operation(CloudOperation, isEach: Bool)
    /// `iwinv.instances.wait`, or `wait_all`
    case wait(resource: String)
    /// `iwinv.check`, `iwinv.retry`
    case moduleFunction(String)
    /// A row, its fields and methods.
    case row(Rows)
    /// A list of rows.
    case rows(Rows)
    /// What a `for` draws rows from: their place among the loop's variables.
    case drawn(Rows, position: Int)
    /// A table inside a row.
    case object([RowField], owner: String)
    /// A list inside a row.
    case list(FieldType, owner: String)
    /// `string`, `log`
    case library(String)
    /// `pcall`, `task.map`
    case function(String)
    case parameters
    /// `vm.reboot`, before it is called.
    case rowMethod(String)
    /// `vm.status`
    case state([String], owner: String)
    /// Text, with the functions of `string` as methods.
    case text
    /// The first thing that `ipairs` gives.
    case index
}

/// Rows of one type.
struct Rows {
    var type: RowType
    /// The fields that were asked for; nil if all, or nobody knows.
    var asked: Set<String>?
    /// What the binding adds.
    var added: Set<String> = []
}

/// A literal as the value that it stands for.
enum LiteralValue {
    /// The value of an expression that is written out; nil if a run has to tell.
    static func of(_ expression: LuaExpression) -> JSONValue? {
        switch expression.kind {
        case .nil: return .null
        case .true: return true
        case .false: return false
        case .number(.integer(let number)): return .integer(number)
        case .number(.float(let number)):
            // Lua's 3.0 is taken for 3.
            return Int64(exactly: number).map(JSONValue.integer) ?? .number(number)
        case .string: return expression.stringValue.map(JSONValue.string)
        case .parenthesized(let inner): return of(inner)
        case .unary(.minus, let operand):
            switch of(operand) {
            case .integer(let number): return .integer(0 &- number)
            case .number(let number): return .number(-number)
            default: return nil
            }
        case .table(let fields): return table(fields)
        default: return nil
        }
    }

    private static func table(_ fields: [LuaField]) -> JSONValue? {
        var items: [JSONValue] = []
        var members: [String: JSONValue] = [:]
        for field in fields {
            switch field.kind {
            case .item(let value):
                guard let value = of(value), !value.isNull else { return nil }
                items.append(value)
            case .named(let name, let value):
                guard let value = of(value) else { return nil }
                members[name.text] = value
            case .keyed(let key, let value):
                guard let name = key.stringValue, let value = of(value) else { return nil }
                members[name] = value
            }
        }
        if members.isEmpty { return .array(items) }
        return items.isEmpty ? .object(members) : nil
    }
}
