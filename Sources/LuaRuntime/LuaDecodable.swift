/// What an argument was not.
public struct LuaMismatch: Error, Sendable, Hashable, CustomStringConvertible {
    public var expected: String
    public var got: String
    /// The place inside the argument: "[2]", ".name".
    public var path: String

    public init(expected: String, got: String, path: String = "") {
        self.expected = expected
        self.got = got
        self.path = path
    }

    public var description: String {
        path.isEmpty ? "expected \(expected), got \(got)" : "field '\(path)': expected \(expected), got \(got)"
    }

    func inside(_ outer: String) -> LuaMismatch {
        LuaMismatch(expected: expected, got: got, path: outer + path)
    }
}

/// A type that an argument of a script can become.
public protocol LuaDecodable: Sendable {
    init(luaValue: LuaValue) throws(LuaMismatch)

    /// The fast path: reads the argument from the stack. By default it converts the value and decodes that.
    static func decode(_ call: borrowing LuaRawCall, at index: Int) throws -> Self
}

extension LuaDecodable {
    public static func decode(_ call: borrowing LuaRawCall, at index: Int) throws -> Self {
        try Self(luaValue: call.value(index))
    }
}

extension LuaValue: LuaDecodable {
    public init(luaValue: LuaValue) { self = luaValue }
}

extension Bool: LuaDecodable {
    public init(luaValue: LuaValue) throws(LuaMismatch) {
        guard let value = luaValue.booleanValue else {
            throw LuaMismatch(expected: "boolean", got: luaValue.typeName)
        }
        self = value
    }

    public static func decode(_ call: borrowing LuaRawCall, at index: Int) throws -> Bool {
        guard let value = call.boolean(index) else {
            throw LuaMismatch(expected: "boolean", got: call.typeName(index))
        }
        return value
    }
}

extension Double: LuaDecodable {
    public init(luaValue: LuaValue) throws(LuaMismatch) {
        guard let value = luaValue.numberValue else { throw LuaMismatch(expected: "number", got: luaValue.typeName) }
        self = value
    }

    public static func decode(_ call: borrowing LuaRawCall, at index: Int) throws -> Double {
        guard let value = call.number(index) else { throw LuaMismatch(expected: "number", got: call.typeName(index)) }
        if !value.isFinite { _ = try call.value(index) }  // says that it cannot be passed
        return value
    }
}

extension String: LuaDecodable {
    public init(luaValue: LuaValue) throws(LuaMismatch) {
        switch luaValue {
        case .string(let text): self = text
        case .bytes(let bytes): throw LuaMismatch(expected: "string", got: Self.kind(ofBytes: bytes))
        default: throw LuaMismatch(expected: "string", got: luaValue.typeName)
        }
    }

    public static func decode(_ call: borrowing LuaRawCall, at index: Int) throws -> String {
        if let text = call.string(index) { return text }
        let kind = call.withBytes(index) { bytes -> String? in bytes.map { Self.kind(ofBytes: Array($0)) } }
        throw LuaMismatch(expected: "string", got: kind ?? call.typeName(index))
    }

    /// Why bytes are no text.
    private static func kind(ofBytes bytes: [UInt8]) -> String {
        String(validating: bytes, as: UTF8.self) == nil
            ? "a string that is not UTF-8" : "a string with more than 64 combining marks in a row"
    }
}

extension FixedWidthInteger where Self: LuaDecodable {
    public init(luaValue: LuaValue) throws(LuaMismatch) {
        guard let value = luaValue.integerValue else {
            if case .number(let number) = luaValue { throw LuaMismatch(expected: "integer", got: "\(number)") }
            throw LuaMismatch(expected: "integer", got: luaValue.typeName)
        }
        guard let exact = Self(exactly: value) else {
            throw LuaMismatch(expected: "an integer from \(Self.min) to \(Self.max)", got: "\(value)")
        }
        self = exact
    }

    public static func decode(_ call: borrowing LuaRawCall, at index: Int) throws -> Self {
        if let value = call.integer(index), let exact = Self(exactly: value) { return exact }
        return try Self(luaValue: call.value(index))
    }
}

extension Int: LuaDecodable {}
extension Int8: LuaDecodable {}
extension Int16: LuaDecodable {}
extension Int32: LuaDecodable {}
extension Int64: LuaDecodable {}
extension UInt: LuaDecodable {}
extension UInt8: LuaDecodable {}
extension UInt16: LuaDecodable {}
extension UInt32: LuaDecodable {}
extension UInt64: LuaDecodable {}

extension Optional: LuaDecodable where Wrapped: LuaDecodable {
    public init(luaValue: LuaValue) throws(LuaMismatch) {
        if case .nil = luaValue { self = nil } else { self = try Wrapped(luaValue: luaValue) }
    }

    public static func decode(_ call: borrowing LuaRawCall, at index: Int) throws -> Wrapped? {
        call.isNil(index) ? nil : try Wrapped.decode(call, at: index)
    }
}

extension Array: LuaDecodable where Element: LuaDecodable {
    /// A list; for `[UInt8]` also the bytes of a string.
    public init(luaValue: LuaValue) throws(LuaMismatch) {
        if Element.self == UInt8.self, let bytes = luaValue.bytesValue as? [Element] {
            self = bytes
            return
        }
        guard let items = luaValue.arrayValue else { throw LuaMismatch(expected: "list", got: luaValue.typeName) }
        self = []
        reserveCapacity(items.count)
        for (index, item) in items.enumerated() {
            do { append(try Element(luaValue: item)) } catch { throw error.inside("[\(index + 1)]") }
        }
    }
}

extension Dictionary: LuaDecodable where Key == String, Value: LuaDecodable {
    public init(luaValue: LuaValue) throws(LuaMismatch) {
        guard let fields = luaValue.objectValue else { throw LuaMismatch(expected: "table", got: luaValue.typeName) }
        self = [:]
        for (key, value) in fields {
            do { self[key] = try Value(luaValue: value) } catch {
                throw error.inside(error.path.isEmpty || error.path.hasPrefix("[") ? key : "\(key).")
            }
        }
    }
}
