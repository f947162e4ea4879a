/// A type that can become a result for a script.
public protocol LuaEncodable: Sendable {
    var luaValue: LuaValue { get }

    /// The fast path: pushes the results. By default it pushes ``luaValue``.
    func push(to call: inout LuaRawCall)

    /// All results; one, unless this is nothing.
    var luaValues: [LuaValue] { get }
}

extension LuaEncodable {
    public func push(to call: inout LuaRawCall) { call.push(luaValue) }
    public var luaValues: [LuaValue] { [luaValue] }
}

extension LuaValue: LuaEncodable {
    public var luaValue: LuaValue { self }
}

extension Bool: LuaEncodable {
    public var luaValue: LuaValue { .boolean(self) }
    public func push(to call: inout LuaRawCall) { call.push(self) }
}

extension Double: LuaEncodable {
    public var luaValue: LuaValue { .number(self) }
    public func push(to call: inout LuaRawCall) { call.push(self) }
}

extension String: LuaEncodable {
    public var luaValue: LuaValue { .string(self) }
    public func push(to call: inout LuaRawCall) { call.push(self) }
}

extension FixedWidthInteger where Self: LuaEncodable {
    /// An integer; beyond 64 bits with a sign (large `UInt64`) the nearest float.
    public var luaValue: LuaValue {
        if let value = Int64(exactly: self) { .integer(value) } else { .number(Double(self)) }
    }

    public func push(to call: inout LuaRawCall) {
        if let value = Int64(exactly: self) { call.push(value) } else { call.push(luaValue) }
    }
}

extension Int: LuaEncodable {}
extension Int8: LuaEncodable {}
extension Int16: LuaEncodable {}
extension Int32: LuaEncodable {}
extension Int64: LuaEncodable {}
extension UInt: LuaEncodable {}
extension UInt8: LuaEncodable {}
extension UInt16: LuaEncodable {}
extension UInt32: LuaEncodable {}
extension UInt64: LuaEncodable {}

extension Optional: LuaEncodable where Wrapped: LuaEncodable {
    public var luaValue: LuaValue { map(\.luaValue) ?? .nil }

    public func push(to call: inout LuaRawCall) {
        if let self { self.push(to: &call) } else { call.pushNil() }
    }
}

extension Array: LuaEncodable where Element: LuaEncodable {
    /// A list; `[UInt8]` becomes a string.
    public var luaValue: LuaValue {
        if let bytes = self as? [UInt8] {
            return String(validating: bytes, as: UTF8.self).map { .string($0) } ?? .bytes(bytes)
        }
        return .array(map(\.luaValue))
    }
}

extension Dictionary: LuaEncodable where Key == String, Value: LuaEncodable {
    public var luaValue: LuaValue { .object(mapValues(\.luaValue)) }
}

/// No result: what a function returns that is declared to return nothing.
public struct LuaNothing: LuaEncodable {
    public init() {}
    public var luaValue: LuaValue { .nil }
    public func push(to call: inout LuaRawCall) {}
    public var luaValues: [LuaValue] { [] }
}
