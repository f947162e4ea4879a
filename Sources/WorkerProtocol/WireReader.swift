internal import CLuaFence
internal import LuaMachine
internal import TextGuard

/// Reads the payload of one frame. Nothing in the bytes is believed: every length is compared with what is there, and
/// every wrong byte is a ``WireError``.
struct WireReader {
    private let data: UnsafeRawBufferPointer
    private(set) var at = 0
    private let depth: Int
    private var values = 0

    /// - Parameter depth: of tables inside each other.
    init(_ data: UnsafeRawBufferPointer, depth: Int) {
        self.data = data
        self.depth = depth
    }

    var left: Int { data.count - at }

    /// What has not been read.
    var rest: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: data[at...]) }

    func finish() throws(WireError) {
        if left != 0 { throw .surplus }
    }

    mutating func integer<T: FixedWidthInteger>(_ type: T.Type = T.self) throws(WireError) -> T {
        guard left >= MemoryLayout<T>.size else { throw .truncated }
        let value = data.loadUnaligned(fromByteOffset: at, as: T.self)
        at += MemoryLayout<T>.size
        return value
    }

    mutating func byte() throws(WireError) -> UInt8 { try integer() }

    mutating func flag() throws(WireError) -> Bool {
        let byte = try byte()
        guard byte < 2 else { throw .unknown("flag", byte) }
        return byte == 1
    }

    mutating func raw() throws(WireError) -> UnsafeRawBufferPointer {
        let count = Int(try integer(UInt32.self))
        guard count <= left else { throw .truncated }
        let raw = UnsafeRawBufferPointer(rebasing: data[at..<at + count])
        at += count
        return raw
    }

    mutating func text() throws(WireError) -> String {
        let raw = try raw()
        guard let text = String(validating: raw, as: UTF8.self) else { throw .notText }
        return text
    }

    /// A number of items, each of which takes at least `bytes`.
    mutating func count(bytes: Int = 1) throws(WireError) -> Int {
        let count = Int(try integer(UInt32.self))
        guard count <= left / bytes else { throw .truncated }
        return count
    }

    mutating func position() throws(WireError) -> LuaPosition? {
        let line = try integer(UInt32.self)
        let chunk = try text()
        return line > 0 ? LuaPosition(chunk: chunk, line: Int(line)) : nil
    }

    mutating func reason() throws(WireError) -> LuaKill {
        guard let reason = LuaKill(rawValue: try integer(Int32.self)) else { throw .outOfRange("a reason") }
        return reason
    }

    mutating func list() throws(WireError) -> [LuaValue] { try list(depth) }

    mutating func value() throws(WireError) -> LuaValue { try value(depth) }

    private mutating func list(_ depth: Int) throws(WireError) -> [LuaValue] {
        let count = try count()
        try reserve(count)
        var items: [LuaValue] = []
        items.reserveCapacity(count)
        for _ in 0..<count { items.append(try value(depth)) }
        return items
    }

    /// Refuses a count before memory is taken for it.
    private func reserve(_ count: Int) throws(WireError) {
        if values + count > Wire.values { throw .tooManyValues }
    }

    private mutating func value(_ depth: Int) throws(WireError) -> LuaValue {
        values += 1
        if values > Wire.values { throw .tooManyValues }
        if depth < 0 { throw .tooDeep }
        let tag = try byte()
        switch Int(tag) {
        case CLF_NIL: return .nil
        case CLF_FALSE: return .boolean(false)
        case CLF_TRUE: return .boolean(true)
        case CLF_INTEGER: return .integer(try integer())
        case CLF_NUMBER: return .number(Double(bitPattern: try integer()))
        case CLF_STRING:
            let raw = try raw()
            return validString(raw).map { .string($0) } ?? .bytes(Array(raw))
        case CLF_ARRAY: return .array(try list(depth - 1))
        case CLF_OBJECT:
            let count = try count(bytes: 5)
            try reserve(count)
            var fields = [String: LuaValue](minimumCapacity: count)
            for _ in 0..<count {
                let key = fieldName(try raw())
                fields[key] = try value(depth - 1)
            }
            return .object(fields)
        case CLF_HANDLE:
            let id = try integer(UInt64.self)
            return .handle(LuaHandle(kind: String(decoding: try raw(), as: UTF8.self), id: id))
        default: throw .unknown("value", tag)
        }
    }

    mutating func error() throws(WireError) -> LuaError {
        let byte = try byte()
        guard let code = LuaError.Code(rawValue: byte) else { throw .unknown("error code", byte) }
        let message = try text().withoutSurplusMarks
        let value = try flag() ? try value() : nil
        let position = try position()
        let count = try count(bytes: 12)
        guard count <= Wire.tracebackFrames else { throw .tooManyValues }
        var frames: [LuaFrame] = []
        for _ in 0..<count {
            guard let position = try self.position() else { throw .outOfRange("a line") }
            frames.append(LuaFrame(position: position, function: try text()))
        }
        return LuaError(code, message, value: value, position: position, traceback: frames)
    }
}

/// Cuts a stream of bytes into frames.
package struct FrameBuffer {
    private var bytes: [UInt8] = []
    private var start = 0
    private let limit: Int

    /// - Parameter limit: the most bytes of a frame.
    package init(limit: Int) { self.limit = limit }

    package mutating func append(_ raw: UnsafeRawBufferPointer) {
        if start == bytes.count {
            // What a large frame has taken is given back.
            if bytes.capacity > 1 << 20 { bytes = [] } else { bytes.removeAll(keepingCapacity: true) }
            start = 0
        } else if start > 1 << 16 {
            bytes.removeFirst(start)
            start = 0
        }
        bytes.append(contentsOf: raw)
    }

    /// Hands the next whole frame to `body`; `nil`: there is none yet.
    ///
    /// - Throws: ``WireError`` if it is too long, or what `body` throws.
    package mutating func next<R>(_ body: (_ kind: UInt8, UnsafeRawBufferPointer) throws -> R) throws -> R? {
        guard bytes.count - start >= 4 else { return nil }
        let from = start
        let length = bytes.withUnsafeBytes { Int($0.loadUnaligned(fromByteOffset: from, as: UInt32.self)) }
        guard length >= 1 else { throw WireError.truncated }
        guard length <= limit else { throw WireError.tooLong(length) }
        guard bytes.count - start >= 4 + length else { return nil }
        start += 4 + length
        return try bytes.withUnsafeBytes { raw in
            try body(raw[from + 4], UnsafeRawBufferPointer(rebasing: raw[from + 5..<from + 4 + length]))
        }
    }
}
