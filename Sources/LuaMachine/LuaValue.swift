/// A value that crosses the boundary between a script and its host: plain data, and opaque handles.
///
/// Integers stay 64-bit integers, floats stay floats. A Lua table whose keys are 1…n is an ``array(_:)``, one whose
/// keys are strings an ``object(_:)``; every other table is refused with a ``LuaError`` that names the place. An empty
/// table arrives as `.array([])`.
public enum LuaValue: Sendable, Hashable {
    case `nil`
    case boolean(Bool)
    case integer(Int64)
    case number(Double)
    /// A Lua string that is valid UTF-8.
    case string(String)
    /// A Lua string that is not valid UTF-8.
    case bytes([UInt8])
    /// A table with the keys 1…n. `.nil` items become holes in the script.
    case array([LuaValue])
    /// A table whose keys are strings.
    case object([String: LuaValue])
    case handle(LuaHandle)
}

/// A name for something that stays with the host. The script can keep it, compare it and pass it back; it sees the
/// kind.
public struct LuaHandle: Sendable, Hashable {
    /// What a script sees of it: `tostring(handle)`.
    public var kind: String
    public var id: UInt64

    public init(kind: String, id: UInt64) {
        self.kind = kind
        self.id = id
    }
}

extension LuaValue {
    public var isNil: Bool { self == .nil }

    public var booleanValue: Bool? {
        if case .boolean(let value) = self { value } else { nil }
    }

    /// The integer, also of a float that is one.
    public var integerValue: Int64? {
        switch self {
        case .integer(let value): value
        case .number(let value): Int64(exactly: value)
        default: nil
        }
    }

    /// The number, also of an integer.
    public var numberValue: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }

    public var stringValue: String? {
        if case .string(let value) = self { value } else { nil }
    }

    /// The bytes of either kind of string.
    public var bytesValue: [UInt8]? {
        switch self {
        case .string(let value): Array(value.utf8)
        case .bytes(let value): value
        default: nil
        }
    }

    public var arrayValue: [LuaValue]? {
        if case .array(let value) = self { value } else { nil }
    }

    /// The fields; an empty array counts as an object without fields, for an empty table is both.
    public var objectValue: [String: LuaValue]? {
        switch self {
        case .object(let value): value
        case .array(let items) where items.isEmpty: [:]
        default: nil
        }
    }

    public var handleValue: LuaHandle? {
        if case .handle(let value) = self { value } else { nil }
    }

    /// A field of an object; `nil` if there is none or this is no object.
    public subscript(key: String) -> LuaValue? {
        if case .object(let fields) = self { fields[key] } else { nil }
    }

    /// An item of an array, from 0; `nil` outside.
    public subscript(index: Int) -> LuaValue? {
        if case .array(let items) = self, items.indices.contains(index) { items[index] } else { nil }
    }

    /// The name that Lua's `type` gives to it.
    public var typeName: String {
        switch self {
        case .nil: "nil"
        case .boolean: "boolean"
        case .integer, .number: "number"
        case .string, .bytes: "string"
        case .array, .object: "table"
        case .handle: "userdata"
        }
    }
}

extension LuaValue: ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByStringLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    public init(booleanLiteral value: Bool) { self = .boolean(value) }
    public init(integerLiteral value: Int64) { self = .integer(value) }
    public init(floatLiteral value: Double) { self = .number(value) }
    public init(stringLiteral value: String) { self = .string(value) }
    public init(arrayLiteral elements: LuaValue...) { self = .array(elements) }
    public init(dictionaryLiteral elements: (String, LuaValue)...) {
        self = .object(Dictionary(elements, uniquingKeysWith: { _, last in last }))
    }
}
