public import IwinvCatalog
import IwinvWire

/// A change as a person reads it: `web-01 → www-01`, `active → off`, `IN TCP 22 10.0.0.0/8 → –`.
public struct ChangeDescription: Sendable {
    private let operation: CloudOperation?
    private let before: JSONValue
    private let after: JSONValue
    private let wanted: JSONValue?
    private let row: JSONValue

    /// - Parameters:
    ///   - operation: `instances.edit`
    ///   - before: The changed fields as they were; null where that is not known.
    ///   - after: As they are, or were to be.
    ///   - wanted: As they were to be, where they are not.
    ///   - row: What else is known of the resource as it was before: its status, the other fields of a rule.
    public init(
        operation: OperationName, before: JSONValue, after: JSONValue, wanted: JSONValue? = nil, row: JSONValue = .null
    ) {
        self.operation = Catalog.iwinv[operation]
        (self.before, self.after, self.wanted, self.row) = (before, after, wanted, row)
    }

    public init(_ change: Change) {
        self.init(
            operation: change.operation, before: change.before, after: change.after, wanted: change.wanted,
            row: change.row)
    }

    public init(_ entry: PlanEntry) {
        self.init(
            operation: entry.operation, before: entry.before, after: entry.after, row: .object(entry.expected))
    }

    /// Before → after; empty where there is nothing to say but what the change is called.
    public var difference: String {
        if let power { return power }
        if let rule { return rule }
        guard let fields = after.objectValue, !fields.isEmpty, operation?.effect != .destroy else { return "" }
        // What is made is looked for by its name.
        let names = fields.keys.filter { ["name", "title"].contains($0) }.sorted()
        return (names + fields.keys.filter { !names.contains($0) }.sorted()).map { key in
            let new = Self.shown(fields[key] ?? .null) + missed(key)
            // What is made was nothing before.
            guard !before.isNull else { return "\(key): \(new)" }
            return (fields.count > 1 ? key + ": " : "") + (before[key].map(Self.shown) ?? "?") + " → " + new
        }.joined(separator: ", ")
    }

    /// What a field was to be, where it is something else.
    private func missed(_ field: String) -> String {
        guard let asked = wanted?[field], let there = after.objectValue, !there.shows(asked, in: field) else {
            return ""
        }
        return " (≠ \(Self.shown(asked)))"
    }

    /// Where a server is switched; a restart ends in the state that it began in.
    private var power: String? {
        guard let operation, operation.effect == .power, operation.witness?.sign == .state,
            let end = operation.endStates?.sorted().first
        else { return nil }
        let status = row["status"]?.stringValue ?? before["status"]?.stringValue
        return "\(status ?? "?") → \(end)"
    }

    fileprivate static let ruleFields = ["bound", "protocol", "port", "ip"]

    /// Which rule of a firewall it is.
    private var rule: String? {
        guard let operation, operation.name.resource.hasSuffix(".rules") else { return nil }
        let old = (row.objectValue ?? [:]).merging(before.objectValue ?? [:]) { $1 }
        let new = after.objectValue ?? [:]
        let was = Self.rule(old)
        if operation.witness?.sign == .absence { return was.map { "\($0) → –" } }
        if operation.part == nil { return Self.rule(new) }
        guard let was, let becomes = Self.rule(old.merging(new) { $1 }), was != becomes else { return nil }
        let asked = (wanted?.objectValue).flatMap { Self.rule(old.merging($0) { $1 }) }
        return "\(was) → \(becomes)" + (asked.map { " (≠ \($0))" } ?? "")
    }

    /// Nil if the fields do not tell which rule it is.
    private static func rule(_ fields: [String: JSONValue]) -> String? {
        guard fields["bound"] != nil, fields["protocol"] != nil else { return nil }
        let title = fields["title"]?.stringValue.flatMap { $0.isEmpty ? nil : "(\($0))" }
        let words = ruleFields.compactMap { fields[$0] }.filter { !$0.isNull && $0 != "" }.map(shown)
        return (words + [title].compactMap(\.self)).joined(separator: " ")
    }

    /// A value as the journal has it: what JSON has no word for is there as an object with one name that begins with `$`.
    public static func shown(_ value: JSONValue) -> String {
        if let text = value.stringValue { return text }
        return String(decoding: JSONCodec.encode(plain(value)), as: UTF8.self)
    }

    private static func plain(_ value: JSONValue) -> JSONValue {
        switch value {
        case .array(let elements): return .array(elements.map(plain))
        case .object(let members):
            guard members.count == 1, let (name, content) = members.first, name.hasPrefix("$") else {
                return .object(members.mapValues(plain))
            }
            switch name {
            case "$number": return content.stringValue.flatMap(Double.init).map(JSONValue.number) ?? content
            case "$object": return content
            // Bytes are no text, and what a handle stands for is nobody's business.
            default: return .string("(\(name.dropFirst()))")
            }
        default: return value
        }
    }
}

extension Change {
    /// The fields of a row that tell a person what the change is about, where those that are changed do not.
    static func telling(_ row: [String: JSONValue]?, of operation: CloudOperation) -> JSONValue {
        let fields =
            operation.effect == .power
            ? ["status"] : operation.part == nil ? [] : ChangeDescription.ruleFields + ["title"]
        let found = (row ?? [:]).filter { fields.contains($0.key) && !$0.value.isNull }
        return found.isEmpty ? .null : .object(found)
    }

    /// Whether an undoing would bring something back: it was made, and is no restart and nothing that is final.
    ///
    /// - Parameter deletesCreated: Whether what was made goes, too.
    public static func isTakenBack(_ operation: OperationName, _ outcome: Outcome, deletesCreated: Bool = false) -> Bool
    {
        guard [.accepted, .observed, .confirmed].contains(outcome), let operation = Catalog.iwinv[operation] else {
            return false
        }
        switch operation.undo {
        case .notNeeded, .impossible: return false
        case .restoring, .by:
            if case .newRow? = operation.witness?.sign { return deletesCreated }
            return true
        }
    }
}
