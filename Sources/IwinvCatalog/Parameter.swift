/// One argument of an operation.
public struct Parameter: Sendable {
    /// Where the argument goes in the request.
    public enum Place: Sendable, Hashable {
        case path, query, body
        /// Never sent: it says how this side shall take the answer.
        case client
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
    /// What the server takes, where that is more than what is wise to send.
    public var tolerance: Tolerance?
    public var help: LocalizedText

    /// A server's laxer rule for a parameter; the simulator follows it.
    public struct Tolerance: Sendable {
        public var type: ParameterType
        public var isRequired: Bool
    }

    init(
        _ name: String, _ type: ParameterType, in place: Place, required: Bool = false, unit: String? = nil,
        percentEncoded: Bool = false, tolerance: Tolerance? = nil, help: LocalizedText
    ) {
        self.name = name
        self.type = type
        self.place = place
        self.isRequired = required
        self.unit = unit
        self.isPercentEncoded = percentEncoded
        self.tolerance = tolerance
        self.help = help
    }
}

extension Parameter {
    /// As the server takes it.
    var asServed: Parameter {
        var copy = self
        if case .records(let members, let count) = type {
            copy.type = .records(members.map(\.asServed), count: count)
        }
        if let tolerance { (copy.type, copy.isRequired) = (tolerance.type, tolerance.isRequired) }
        return copy
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
    /// A whole number within bounds that a step divides.
    case multiple(of: Int64, in: ClosedRange<Int64>)
    /// One of some words. An open set passes words on that the documentation does not name.
    case choice([String], isOpen: Bool)
    /// Words of a set, sent joined by commas.
    case choiceList([String], isOpen: Bool)
    /// An IPv4 range with its prefix length, `192.0.2.1/24`; host bits stay as they are (CONTRACT 3.9).
    case addressRange
    /// A port or an ascending range of ports, `8080` or `8000-8010`, 1–65535 (CONTRACT 3.9).
    case ports
    /// `Y` or `N`; true and false are taken for them.
    case yesNo
    /// A day, `2026-03-01`.
    case date
    /// True or false.
    case flag
    /// The keys a row shall have, sent as a bit mask (CONTRACT 1.12).
    case fields
    /// Rows of arguments of their own; in a form their fields are called `name.1.key`, `name.2.key`, …
    case records([Parameter], count: ClosedRange<Int>)
}

/// Which characters a text may have.
public enum CharacterRule: Sendable, Hashable {
    /// Any but control characters.
    case printable
    /// Those, and none that are shown as nothing: names that differ in them alone look the same.
    case title
    /// English and Korean letters, digits, the punctuation of CONTRACT 3.5, and the space of its example.
    case resourceName

    static let resourceNamePunctuation: Set<Unicode.Scalar> = Set("!@#$%^&*-_=+()[]{};:'\",.<>/?‘’“” ".unicodeScalars)

    /// The first character that the rule refuses.
    public func firstRefused(in text: String) -> Unicode.Scalar? {
        text.unicodeScalars.first { scalar in
            switch self {
            case .printable: Self.isControl(scalar)
            case .title: Self.isControl(scalar) || Self.isFiller(scalar)
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

    /// Hangul fillers: letters to Unicode, and blank. With them two names look alike.
    static func isFiller(_ scalar: Unicode.Scalar) -> Bool {
        [0x115F, 0x1160, 0x3164, 0xFFA0].contains(scalar.value)
    }

    private static func isNameScalar(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        case 0xAC00...0xD7A3: true  // Hangul syllables
        case 0x3131...0x318E: !isFiller(scalar)  // Hangul compatibility letters, as typed alone
        default: resourceNamePunctuation.contains(scalar)
        }
    }
}
