/// One argument of an operation.
public struct Parameter: Sendable {
    /// Where the argument goes in the request.
    public enum Place: Sendable, Hashable {
        case path, query, body
    }

    /// The name that scripts write and the wire carries.
    public var name: String
    public var type: ParameterType
    public var place: Place
    public var isRequired: Bool
    /// The unit of a number: "MB", "GB"; nil where it has none.
    public var unit: String?
    /// The text is percent-encoded once by the caller before it becomes a multipart field (CONTRACT 1.7).
    public var isPercentEncoded: Bool
    public var help: LocalizedText

    init(
        _ name: String, _ type: ParameterType, in place: Place, required: Bool = false, unit: String? = nil,
        percentEncoded: Bool = false, help: LocalizedText
    ) {
        self.name = name
        self.type = type
        self.place = place
        self.isRequired = required
        self.unit = unit
        self.isPercentEncoded = percentEncoded
        self.help = help
    }
}

/// What values an argument may have.
public indirect enum ParameterType: Sendable {
    /// Text of a length in Unicode code points (CONTRACT U36), from a set of characters.
    case text(length: ClosedRange<Int>, characters: CharacterRule)
    /// An identifier: `A–Z a–z 0–9 . _ -`, and neither `.` nor `..` (CONTRACT 1.3).
    case identifier
    /// Identifiers, sent joined by commas.
    case identifierList
    /// A whole number within bounds.
    case integer(ClosedRange<Int64>)
    /// One of some words. An open set passes words on that the documentation does not name.
    case choice([String], isOpen: Bool)
    /// Words of a set, sent joined by commas.
    case choiceList([String], isOpen: Bool)
    /// The keys a row shall have, sent as a bit mask (CONTRACT 1.12).
    case fields
    /// Rows of arguments of their own; in a form their fields are called `name.1.key`, `name.2.key`, …
    case records([Parameter], count: ClosedRange<Int>)
}

/// Which characters a text may have.
public enum CharacterRule: Sendable, Hashable {
    /// Any but control characters.
    case printable
    /// English and Korean letters, digits, the punctuation of CONTRACT 3.5, and the space of its example.
    case resourceName

    static let resourceNamePunctuation: Set<Unicode.Scalar> = Set("!@#$%^&*-_=+()[]{};:'\",.<>/?‘’“” ".unicodeScalars)

    /// The first character that the rule refuses.
    public func firstRefused(in text: String) -> Unicode.Scalar? {
        text.unicodeScalars.first { scalar in
            switch self {
            case .printable: Self.isControl(scalar)
            case .resourceName: !Self.isNameScalar(scalar)
            }
        }
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: true
        default: false
        }
    }

    private static func isNameScalar(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        case 0xAC00...0xD7A3: true  // Hangul syllables
        case 0x3131...0x318E: true  // Hangul compatibility letters, as typed alone
        default: resourceNamePunctuation.contains(scalar)
        }
    }
}
