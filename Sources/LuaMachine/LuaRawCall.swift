internal import CLuaFence

/// A host call that is being served: its arguments, from 0, and its results, pushed in order.
///
/// Only good during the call, and so not copyable.
public struct LuaRawCall: ~Copyable {
    /// Nil for a call that has come from another process.
    let frame: OpaquePointer?
    var pushed: Int32 = 0
    /// What stands in the frame's place then.
    let distant: LuaDistantCall?

    init(_ frame: OpaquePointer) {
        self.frame = frame
        distant = nil
    }

    /// How many arguments there are.
    public var count: Int { distant?.arguments.count ?? Int(clf_frame_count(frame)) }

    /// Lua's name of the argument's type; "no value" behind the last.
    public func typeName(_ index: Int) -> String {
        distant?.typeName(index) ?? String(cString: clf_frame_type_name(frame, Int32(index)))
    }

    /// True for nil and for an argument that was not given.
    public func isNil(_ index: Int) -> Bool {
        if let distant { return distant.plain(index)?.isNil ?? (index >= distant.arguments.count) }
        return clf_frame_type(frame, Int32(index)) == Int32(CLF_NIL)
    }

    public func boolean(_ index: Int) -> Bool? {
        if let distant { return distant.plain(index)?.booleanValue }
        return switch clf_frame_type(frame, Int32(index)) {
        case Int32(CLF_TRUE): true
        case Int32(CLF_FALSE): false
        default: nil
        }
    }

    /// An integer, or a float that is one; strings are not converted.
    public func integer(_ index: Int) -> Int64? {
        if let distant { return distant.plain(index)?.integerValue }
        var fine = false
        let value = clf_frame_integer(frame, Int32(index), &fine)
        return fine ? value : nil
    }

    public func number(_ index: Int) -> Double? {
        if let distant { return distant.number(index) }
        var fine = false
        let value = clf_frame_number(frame, Int32(index), &fine)
        return fine ? value : nil
    }

    /// A string that is valid UTF-8.
    public func string(_ index: Int) -> String? {
        if let distant { return distant.plain(index)?.stringValue }
        return withBytes(index) { bytes in
            guard let bytes else { return nil }
            return validString(bytes)
        }
    }

    /// The bytes of a string, in place; `nil` if the argument is not one.
    public func withBytes<R>(_ index: Int, _ body: (UnsafeRawBufferPointer?) throws -> R) rethrows -> R {
        if let distant {
            guard let bytes = distant.plain(index)?.bytesValue else { return try body(nil) }
            return try bytes.withUnsafeBytes { try body($0) }
        }
        var length = 0
        guard let text = clf_frame_string(frame, Int32(index), &length) else { return try body(nil) }
        return try body(UnsafeRawBufferPointer(start: text, count: length))
    }

    /// Any argument as a value; nil behind the last.
    public func value(_ index: Int) throws(LuaError) -> LuaValue {
        if let distant { return try distant.value(index) }
        var reader = try encoded(first: index, count: 1)
        return reader.value()
    }

    /// All arguments.
    public func values() throws(LuaError) -> [LuaValue] {
        if let distant { return try distant.values() }
        let count = count
        if count == 0 { return [] }
        var reader = try encoded(first: 0, count: count)
        return reader.values(count)
    }

    private func encoded(first: Int, count: Int) throws(LuaError) -> FlatReader {
        var length = 0
        guard let data = clf_frame_encode(frame, Int32(first), Int32(count), &length) else {
            throw LuaError(.conversion, String(cString: clf_frame_failure(frame)))
        }
        return FlatReader(data, count: length)
    }

    /// The innermost line of the script that makes this call.
    public var position: LuaPosition? {
        if let distant { return distant.position }
        return LuaPosition(clf_frame_position(frame))
    }

    public mutating func pushNil() {
        if let distant { distant.results.append(.nil) } else { clf_frame_push_nil(frame) }
        pushed += 1
    }

    public mutating func push(_ value: Bool) {
        if let distant { distant.results.append(.boolean(value)) } else { clf_frame_push_boolean(frame, value) }
        pushed += 1
    }

    public mutating func push(_ value: Int64) {
        if let distant { distant.results.append(.integer(value)) } else { clf_frame_push_integer(frame, value) }
        pushed += 1
    }

    public mutating func push(_ value: Double) {
        if let distant { distant.results.append(.number(value)) } else { clf_frame_push_number(frame, value) }
        pushed += 1
    }

    public mutating func push(_ value: String) {
        if let distant {
            distant.results.append(.string(value))
            return
        }
        var value = value
        value.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { clf_frame_push_string(frame, $0.baseAddress, $0.count) }
        }
        pushed += 1
    }

    public mutating func push(_ bytes: [UInt8]) {
        if let distant {
            distant.results.append(.bytes(bytes))
            return
        }
        bytes.withUnsafeBufferPointer { bytes in
            bytes.withMemoryRebound(to: CChar.self) { clf_frame_push_string(frame, $0.baseAddress, $0.count) }
        }
        pushed += 1
    }

    public mutating func push(_ value: LuaValue) {
        if let distant {
            distant.results.append(value)
        } else {
            FlatWriter(clf_frame_results(frame)).write(value)
        }
        pushed += 1
    }

    func fail(_ error: LuaError) {
        let value = FlatBytes()
        if let fields = error.value { value.writer.write(fields) }
        var message = error.message
        message.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) {
                clf_frame_error(
                    frame, Int32(error.code.rawValue), $0.baseAddress, $0.count, value.data, value.count)
            }
        }
    }
}
