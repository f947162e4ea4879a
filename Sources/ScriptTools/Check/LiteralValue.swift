import IwinvCatalog
import LuaSyntax

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

    /// What an expression gives, one or the other: `c and "on" or "off"`.
    static func choices(of expression: LuaExpression) -> [LuaExpression] {
        switch expression.kind {
        case .parenthesized(let inner): return choices(of: inner)
        case .chain(let first, let operations):
            return operations.reduce(choices(of: first)) { left, operation in
                switch operation.operator {
                case .or: left.filter { !isFalse($0) } + choices(of: operation.operand)
                case .and: choices(of: operation.operand)
                default: []
                }
            }
        default: return [expression]
        }
    }

    private static func isFalse(_ expression: LuaExpression) -> Bool {
        switch expression.kind {
        case .nil, .false: true
        default: false
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
