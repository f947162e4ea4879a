/// The shape of the rows that an operation answers.
public struct RowType: Sendable {
    /// The name that documentation and editor stubs use: `Instance`.
    public var name: String
    /// The field that identifies a row, where it has one.
    public var key: String?
    public var fields: [RowField]
    /// The values of `status` that a list can be waited to show; empty where rows have no status of their own.
    public var states: [String] = []
    /// Other values of `status`, which answers to changes show and lists may (CONTRACT.md 3.6: unknown values are in
    /// transition). Nothing waits for them.
    public var passing: [String] = []

    /// The field of a name.
    public func field(_ name: String) -> RowField? {
        fields.first { $0.name == name }
    }

    /// The bit mask that asks for exactly these fields, or nil if the type has no mask or a name is unknown.
    public func mask(of names: some Sequence<String>) -> Int64? {
        var mask: Int64 = 0
        for name in names {
            guard let bit = field(name)?.bit else { return nil }
            mask |= bit
        }
        return mask
    }

    /// A row without passwords, links and whatever else is secret: what may be kept.
    public func withoutSecrets(_ row: JSONValue) -> JSONValue {
        Self.withoutSecrets(row, fields)
    }

    private static func withoutSecrets(_ value: JSONValue, _ fields: [RowField]) -> JSONValue {
        switch value {
        case .object(let members):
            var kept: [String: JSONValue] = [:]
            for (name, member) in members {
                guard let field = fields.first(where: { $0.name == name }) else {
                    kept[name] = member
                    continue
                }
                if !field.isSecret { kept[name] = withoutSecrets(member, field.type.innerFields) }
            }
            return .object(kept)
        case .array(let elements): return .array(elements.map { withoutSecrets($0, fields) })
        default: return value
        }
    }

    /// The names of the fields in a bit mask, in the documented order.
    public func names(in mask: Int64) -> [String] {
        fields.filter { $0.bit.map { mask & $0 != 0 } ?? false }.map(\.name)
    }
}

/// One key of a row.
public struct RowField: Sendable {
    public var name: String
    public var type: FieldType
    /// The documented value may be null, or live answers leave it out.
    public var isOptional: Bool
    /// Passwords and console links: never shown, never stored.
    public var isSecret: Bool
    /// Its bit in the `fields` mask, where the row has one.
    public var bit: Int64?
    /// The cloud sends it HTML-escaped; it is decoded exactly once (CONTRACT 3.9).
    public var isEscaped: Bool
    public var help: LocalizedText

    init(
        _ name: String, _ type: FieldType, optional: Bool = false, secret: Bool = false, bit: Int64? = nil,
        escaped: Bool = false, _ help: LocalizedText
    ) {
        self.name = name
        self.type = type
        self.isOptional = optional
        self.isSecret = secret
        self.bit = bit
        self.isEscaped = escaped
        self.help = help
    }
}

/// The type of a row's key.
public indirect enum FieldType: Sendable {
    case string, integer, boolean
    /// Any JSON: its shape is not recorded anywhere.
    case any
    case object([RowField])
    case list(FieldType)

    /// The fields of an object, or of the objects of a list.
    var innerFields: [RowField] {
        switch self {
        case .object(let fields): fields
        case .list(let element): element.innerFields
        case .string, .integer, .boolean, .any: []
        }
    }
}
