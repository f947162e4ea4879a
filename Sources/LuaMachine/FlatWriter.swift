internal import CLuaFence

/// Writes the flat encoding (see CLuaFence.h) to a buffer of the fence.
struct FlatWriter {
    let buffer: UnsafeMutablePointer<clf_buffer>

    init(_ buffer: UnsafeMutablePointer<clf_buffer>) { self.buffer = buffer }

    private func room(_ count: Int) -> UnsafeMutableRawPointer {
        guard let room = clf_buffer_room(buffer, count) else { preconditionFailure("no memory to pass a value to Lua") }
        return UnsafeMutableRawPointer(room)
    }

    private func tag(_ tag: Int) {
        room(1).storeBytes(of: UInt8(tag), as: UInt8.self)
        buffer.pointee.length += 1
    }

    private func put<T>(_ tag: Int, _ payload: T) {
        let to = room(1 + MemoryLayout<T>.size)
        to.storeBytes(of: UInt8(tag), as: UInt8.self)
        (to + 1).storeBytes(of: payload, as: T.self)
        buffer.pointee.length += 1 + MemoryLayout<T>.size
    }

    private func put(_ bytes: UnsafeRawBufferPointer) {
        let to = room(4 + bytes.count)
        to.storeBytes(of: UInt32(bytes.count), as: UInt32.self)
        if let base = bytes.baseAddress { (to + 4).copyMemory(from: base, byteCount: bytes.count) }
        buffer.pointee.length += 4 + bytes.count
    }

    private func put(_ text: String) {
        var text = text
        text.withUTF8 { put(UnsafeRawBufferPointer($0)) }
    }

    func write(_ value: LuaValue) {
        switch value {
        case .nil: tag(CLF_NIL)
        case .boolean(let value): tag(value ? CLF_TRUE : CLF_FALSE)
        case .integer(let value): put(CLF_INTEGER, value)
        case .number(let value): put(CLF_NUMBER, value)
        case .string(let text):
            tag(CLF_STRING)
            put(text)
        case .bytes(let bytes):
            tag(CLF_STRING)
            bytes.withUnsafeBytes { put($0) }
        case .array(let items):
            put(CLF_ARRAY, UInt32(items.count))
            for item in items { write(item) }
        case .object(let fields):
            put(CLF_OBJECT, UInt32(fields.count))
            // Tables are numbered by their creation, which a script can see: it must not follow the hash seed.
            let ordered = fields.values.lazy.filter(\.isContainer).prefix(2).count < 2
            for (key, value) in ordered ? Array(fields) : fields.sorted(by: { $0.key < $1.key }) {
                put(key)
                write(value)
            }
        case .handle(let handle):
            put(CLF_HANDLE, handle.id)
            put(handle.kind)
        }
    }

    /// What `clf_reply` reads for a call that failed.
    func write(_ error: LuaError) {
        tag(Int(error.code.rawValue))
        write(.string(error.message))
        tag(error.value == nil ? 0 : 1)
        if let value = error.value { write(value) }
    }
}

/// A buffer of its own, freed with its last reference.
struct FlatBytes {
    private final class Storage {
        let buffer = UnsafeMutablePointer<clf_buffer>.allocate(capacity: 1)

        init() { buffer.initialize(to: clf_buffer()) }

        deinit {
            clf_buffer_free(buffer)
            buffer.deallocate()
        }
    }

    private let storage = Storage()

    var writer: FlatWriter { FlatWriter(storage.buffer) }
    var data: UnsafePointer<UInt8>? { storage.buffer.pointee.data.map { UnsafePointer($0) } }
    var count: Int { storage.buffer.pointee.length }
}

extension LuaValue {
    fileprivate var isContainer: Bool {
        switch self {
        case .array, .object, .handle: true
        default: false
        }
    }
}
