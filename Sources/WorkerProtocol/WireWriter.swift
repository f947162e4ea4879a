internal import CLuaFence
internal import LuaMachine

/// Puts frames together.
package struct WireWriter {
    package private(set) var bytes: [UInt8] = []
    private var frame = 0
    private var values = 0
    private(set) var failure: WireError?

    package init() {}

    /// Forgets everything but keeps the memory of an ordinary message.
    package mutating func reset() {
        if bytes.capacity > 1 << 20 { bytes = [] } else { bytes.removeAll(keepingCapacity: true) }
        failure = nil
    }

    /// Begins a frame; frames follow one another in ``bytes``.
    mutating func begin(_ kind: UInt8) {
        frame = bytes.count
        values = 0
        put(UInt32(0))
        put(kind)
    }

    /// Ends the frame. One that breaks the bounds is taken back.
    ///
    /// - Throws: what the other end would refuse it for.
    mutating func end(limit: Int) throws(WireError) {
        let length = bytes.count - frame - 4
        if failure == nil, length > limit { failure = .tooLong(length) }
        if let failure {
            bytes.removeLast(bytes.count - frame)
            self.failure = nil
            throw failure
        }
        withUnsafeBytes(of: UInt32(length)) { bytes.replaceSubrange(frame..<frame + 4, with: $0) }
    }

    mutating func put<T: FixedWidthInteger>(_ value: T) {
        withUnsafeBytes(of: value) { bytes.append(contentsOf: $0) }
    }

    mutating func put(_ value: Bool) { bytes.append(value ? 1 : 0) }

    mutating func put(_ text: String) {
        var text = text
        text.withUTF8 { put(UnsafeRawBufferPointer($0)) }
    }

    /// A length and the bytes.
    mutating func put(_ raw: UnsafeRawBufferPointer) {
        guard let count = UInt32(exactly: raw.count), raw.count <= Wire.frameToWorker else {
            failure = failure ?? .tooLong(raw.count)
            return
        }
        put(count)
        bytes.append(contentsOf: raw)
    }

    mutating func put(_ position: LuaPosition?) {
        put(UInt32(clamping: position?.line ?? 0))
        put(position?.chunk ?? "")
    }

    /// Bytes of the flat encoding, without a length.
    mutating func putEncoded(_ raw: UnsafeRawBufferPointer) { bytes.append(contentsOf: raw) }

    mutating func putTag(_ tag: Int) { bytes.append(UInt8(truncatingIfNeeded: tag)) }

    mutating func putStringTag() { putTag(CLF_STRING) }

    mutating func put(_ list: [LuaValue], depth: Int) {
        put(UInt32(clamping: list.count))
        for value in list { put(value, depth: depth) }
    }

    mutating func put(_ value: LuaValue, depth: Int) {
        values += 1
        if values > Wire.values { failure = failure ?? .tooManyValues }
        if depth < 0 { failure = failure ?? .tooDeep }
        guard failure == nil else { return }
        switch value {
        case .nil: putTag(CLF_NIL)
        case .boolean(let flag): putTag(flag ? CLF_TRUE : CLF_FALSE)
        case .integer(let number):
            putTag(CLF_INTEGER)
            put(number)
        case .number(let number):
            putTag(CLF_NUMBER)
            put(number.bitPattern)
        case .string(let text):
            putTag(CLF_STRING)
            put(text)
        case .bytes(let raw):
            putTag(CLF_STRING)
            raw.withUnsafeBytes { put($0) }
        case .array(let items):
            putTag(CLF_ARRAY)
            put(items, depth: depth - 1)
        case .object(let fields):
            putTag(CLF_OBJECT)
            put(UInt32(clamping: fields.count))
            // In an order of its own: tables are numbered by their creation, and a script can see the numbers.
            for (key, value) in fields.count < 2 ? Array(fields) : fields.sorted(by: { $0.key < $1.key }) {
                put(key)
                put(value, depth: depth - 1)
            }
        case .handle(let handle):
            putTag(CLF_HANDLE)
            put(handle.id)
            put(handle.kind)
        }
    }

    mutating func put(_ error: LuaError, depth: Int) {
        put(error.code.rawValue)
        put(error.message)
        put(error.value != nil)
        if let value = error.value { put(value, depth: depth) }
        put(error.position)
        let frames = error.traceback.prefix(Wire.tracebackFrames)
        put(UInt32(frames.count))
        for frame in frames {
            put(Optional(frame.position))
            put(frame.function)
        }
    }
}
