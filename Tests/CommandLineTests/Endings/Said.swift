import IwinvCatalog
import IwinvWire

/// What a stream has to hold, from its beginning to its end.
struct Said: Sendable, CustomStringConvertible {
    let description: String
    let holds: @Sendable (String) -> Bool

    static let nothing = exactly("")

    static func exactly(_ text: String) -> Said {
        Said(description: "exactly \(text.debugDescription)") { $0 == text }
    }

    /// Whole lines.
    ///
    /// - Parameters:
    ///   - count: How many; nil if that is not known.
    ///   - begin: What the text begins with.
    ///   - end: What its last line, without the line's end, ends with.
    static func lines(_ count: Int? = nil, from begin: String = "", to end: String = "") -> Said {
        let number = count.map { "\($0) lines" } ?? "lines"
        return Said(description: "\(number) from \(begin.debugDescription) to \(end.debugDescription)") { text in
            text.hasPrefix(begin) && text.hasSuffix(end + "\n")
                && (count == nil || text.utf8.count { $0 == UInt8(ascii: "\n") } == count)
        }
    }

    /// One JSON document, of which something is true.
    static func document(_ isRight: @escaping @Sendable (JSONValue) -> Bool) -> Said {
        Said(description: "the JSON document that was asked for") { text in
            guard text.hasSuffix("\n"), let document = try? JSONCodec.decode(Array(text.utf8)) else { return false }
            return isRight(document)
        }
    }

    /// Whatever holds all of these, in this order.
    static func parts(_ parts: String...) -> Said {
        Said(description: "\(parts)") { text in
            var rest = text[...]
            for part in parts {
                guard let found = rest.firstRange(of: part) else { return false }
                rest = rest[found.upperBound...]
            }
            return true
        }
    }
}
