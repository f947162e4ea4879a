import IwinvWire

/// The hash of a row that names the hash of the row before it: an edit of either is found.
enum ChainHash {
    /// A value as SQLite has it; its type and its length are hashed with it, so that no two rows look alike.
    enum Field {
        case null
        case integer(Int64)
        case text([UInt8])
        case blob([UInt8])

        static func text(_ text: String) -> Field { .text(Array(text.utf8)) }
    }

    /// What the first row comes after.
    static let origin = [UInt8](repeating: 0, count: 32)

    static func hash(after previous: [UInt8], _ fields: [Field]) -> [UInt8] {
        var bytes: [UInt8] = []
        append(previous, tag: 3, to: &bytes)
        for field in fields {
            switch field {
            case .null: bytes.append(0)
            case .integer(let value):
                bytes.append(1)
                append(UInt64(bitPattern: value), to: &bytes)
            case .text(let text): append(text, tag: 2, to: &bytes)
            case .blob(let blob): append(blob, tag: 3, to: &bytes)
            }
        }
        return SHA256.digest(bytes)
    }

    private static func append(_ content: [UInt8], tag: UInt8, to bytes: inout [UInt8]) {
        bytes.append(tag)
        append(UInt64(content.count), to: &bytes)
        bytes.append(contentsOf: content)
    }

    private static func append(_ number: UInt64, to bytes: inout [UInt8]) {
        for shift in stride(from: 56, through: 0, by: -8) { bytes.append(UInt8(truncatingIfNeeded: number >> shift)) }
    }
}
