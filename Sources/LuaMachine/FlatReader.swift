internal import CLuaFence
internal import TextGuard

/// Reads the flat encoding (see CLuaFence.h). The fence has written it, so it is not checked again.
struct FlatReader {
    private var at: UnsafeRawPointer
    private let end: UnsafeRawPointer

    init(_ data: UnsafeRawPointer, count: Int) {
        at = data
        end = data + count
    }

    init(_ data: UnsafePointer<UInt8>, count: Int) { self.init(UnsafeRawPointer(data), count: count) }

    private mutating func take<T>(_ type: T.Type) -> T {
        let value = at.loadUnaligned(as: T.self)
        at += MemoryLayout<T>.size
        return value
    }

    mutating func byte() -> UInt8 { take(UInt8.self) }

    private mutating func bytes() -> UnsafeRawBufferPointer {
        let count = Int(take(UInt32.self))
        defer { at += count }
        return UnsafeRawBufferPointer(start: at, count: count)
    }

    mutating func value() -> LuaValue {
        if at >= end { return .nil }
        switch Int(byte()) {
        case CLF_FALSE: return .boolean(false)
        case CLF_TRUE: return .boolean(true)
        case CLF_INTEGER: return .integer(take(Int64.self))
        case CLF_NUMBER: return .number(take(Double.self))
        case CLF_STRING:
            let bytes = bytes()
            if let string = validString(bytes) { return .string(string) }
            return .bytes(Array(bytes))
        case CLF_ARRAY: return .array(values(Int(take(UInt32.self))))
        case CLF_OBJECT:
            let count = Int(take(UInt32.self))
            var fields = [String: LuaValue](minimumCapacity: count)
            for _ in 0..<count {
                let key = fieldName(bytes())
                fields[key] = value()
            }
            return .object(fields)
        case CLF_HANDLE:
            let id = take(UInt64.self)
            return .handle(LuaHandle(kind: String(decoding: bytes(), as: UTF8.self), id: id))
        default: return .nil
        }
    }

    mutating func values(_ count: Int) -> [LuaValue] {
        if count == 0 { return [] }
        if count == 1 { return [value()] }
        return Array(unsafeUninitializedCapacity: count) { values, filled in
            while filled < count {
                values.initializeElement(at: filled, to: value())
                filled += 1
            }
        }
    }

    /// Text that is shown, whatever its bytes are.
    mutating func text() -> String? {
        guard Int(byte()) == CLF_STRING else { return nil }
        return fieldName(bytes())
    }
}

/// The name of a field or the text of an error, as it can be compared: what is not UTF-8 is repaired, and combining marks
/// without end, which every comparison would put in order, are cut.
@inline(__always)
package func fieldName(_ bytes: UnsafeRawBufferPointer) -> String {
    let name = String(escapingInvalid: bytes)
    return bytes.count <= String.mostMarks ? name : name.withoutSurplusMarks
}

/// A text; nil if it is not UTF-8, or has marks without end: it stays bytes then, which nobody compares with a text.
@inline(__always)
package func validString(_ bytes: UnsafeRawBufferPointer) -> String? {
    guard let text = String(validating: bytes.bindMemory(to: UInt8.self), as: UTF8.self) else { return nil }
    return bytes.count > String.mostMarks && text.hasTooManyMarks ? nil : text
}

extension LuaPosition {
    init?(_ position: clf_position) {
        guard position.line > 0 else { return nil }
        self = withUnsafePointer(to: position) {
            LuaPosition(chunk: String(cString: clf_position_chunk($0)), line: Int($0.pointee.line))
        }
    }
}

extension LuaError {
    /// An error that the fence has described (`clf_report`).
    init(report: UnsafePointer<UInt8>?, count: Int) {
        guard let report, count > 0 else {
            self.init(.runtime, "the VM could not say what went wrong")
            return
        }
        var reader = FlatReader(report, count: count)
        let code = Code(rawValue: reader.byte()) ?? .runtime
        let message = reader.text() ?? ""
        var position: LuaPosition?
        if let chunk = reader.text(), let line = reader.value().integerValue {
            position = LuaPosition(chunk: chunk, line: Int(line))
        }
        let frames = (reader.text() ?? "").split(separator: "\n").compactMap { line -> LuaFrame? in
            let parts = line.split(separator: "\u{1f}", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3, let number = Int(parts[1]) else { return nil }
            return LuaFrame(position: LuaPosition(chunk: String(parts[0]), line: number), function: String(parts[2]))
        }
        var value = reader.byte() != 0 ? reader.value() : nil
        if code != .runtime, let fields = value?.objectValue, fields.count == 1, fields["message"] != nil {
            value = nil
        }
        self.init(code, message, value: value, position: position, traceback: frames)
    }
}
