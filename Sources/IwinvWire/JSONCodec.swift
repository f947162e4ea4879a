public import IwinvCatalog

/// Reads and writes JSON without loss: integers keep their 64 bits, and what is refused is refused with its place.
///
/// ```swift
/// let value = try JSONCodec.decode(#"{"rule_id": 9007199254740993}"#.utf8)
/// let bytes = JSONCodec.encode(value)
/// ```
public enum JSONCodec {
    /// How many arrays and objects may stand inside each other.
    public static let maximumDepth = 64

    /// Reads one document; a byte-order mark and white space around it are passed over.
    ///
    /// An integer beyond 64 bits becomes a floating-point number; of a key that occurs twice the last value holds.
    ///
    /// - Throws: ``JSONProblem`` with the byte offset of what is wrong.
    public static func decode(_ bytes: some Collection<UInt8>) throws(JSONProblem) -> JSONValue {
        var parser = JSONParser(bytes: Array(bytes))
        return try parser.document()
    }

    /// Writes a document: keys sorted bytewise, slashes as they are, control characters and line separators escaped.
    ///
    /// JSON has no infinity and no NaN; they are written as `null`.
    ///
    /// - Parameter pretty: One member a line, indented by two spaces.
    public static func encode(_ value: JSONValue, pretty: Bool = false) -> [UInt8] {
        var writer = JSONWriter(isPretty: pretty)
        writer.write(value, depth: 0)
        return writer.bytes
    }
}

/// What is wrong with a JSON text.
public struct JSONProblem: Error, Sendable, Hashable {
    public enum Reason: Sendable, Hashable {
        /// The text ends inside a value.
        case unexpectedEnd
        /// A byte that cannot stand here.
        case unexpectedByte
        /// Something follows the document.
        case trailingBytes
        /// A number that is not written as JSON wants it, or is too large for any type.
        case number
        /// A bad escape, a raw control character or broken UTF-8 in a string.
        case string
        /// More than ``JSONCodec/maximumDepth`` levels.
        case tooDeep
    }

    public var reason: Reason
    /// Where, in bytes from the start.
    public var offset: Int

    package init(reason: Reason, offset: Int) {
        self.reason = reason
        self.offset = offset
    }
}

extension JSONProblem: CustomStringConvertible {
    public var description: String {
        let what =
            switch reason {
            case .unexpectedEnd: "the text ends inside a value"
            case .unexpectedByte: "unexpected character"
            case .trailingBytes: "something follows the end of the document"
            case .number: "malformed number"
            case .string: "malformed string"
            case .tooDeep: "nested deeper than \(JSONCodec.maximumDepth) levels"
            }
        return "not JSON: \(what), at byte \(offset)"
    }
}
