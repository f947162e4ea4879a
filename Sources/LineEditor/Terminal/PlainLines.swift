/// Lines of a stream of bytes.
struct PlainLines {
    private var bytes: ArraySlice<UInt8> = []
    /// Where the next line break is looked for.
    private var looked = 0
    private(set) var isAtEnd = false

    /// - Parameter new: empty at the end of the input.
    mutating func feed(_ new: [UInt8]) {
        if new.isEmpty { isAtEnd = true }
        let before = bytes.count
        bytes = ArraySlice(Array(bytes) + new)
        looked = min(looked, before)
    }

    /// Whether ``next()`` has one.
    var hasLine: Bool {
        isAtEnd ? !bytes.isEmpty : bytes.dropFirst(looked).contains(0x0A)
    }

    /// The next line without its break; at the end also one without a break.
    mutating func next() -> String? {
        if let end = bytes.dropFirst(looked).firstIndex(of: 0x0A) {
            let line = bytes[..<end]
            bytes = bytes[(end + 1)...]
            looked = 0
            return CleanText.clean(String(decoding: line.last == 0x0D ? line.dropLast() : line, as: UTF8.self))
        }
        looked = bytes.count
        guard isAtEnd, !bytes.isEmpty else { return nil }
        defer {
            bytes = []
            looked = 0
        }
        return CleanText.clean(String(decoding: bytes, as: UTF8.self))
    }
}
