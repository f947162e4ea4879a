public import IwinvCatalog
import IwinvModel

/// What the placeholders of a plan turned out to be.
public struct PlanNames: Sendable {
    private var names: [String: String]

    public init(_ names: [String: String] = [:]) {
        self.names = names
    }

    /// Learns what a creation has made.
    mutating func learn(_ creates: [String], _ rows: [JSONValue], key: String) {
        for (placeholder, row) in zip(creates, rows) { names[placeholder] = row[key]?.identifierText }
    }

    /// The document with identifiers in place of placeholders; nil if one of them is not known.
    public func resolve(_ value: JSONValue) -> JSONValue? {
        switch value {
        case .array(let elements):
            let resolved = elements.compactMap(resolve)
            return resolved.count == elements.count ? .array(resolved) : nil
        case .object(let members):
            let resolved = members.compactMapValues(resolve)
            return resolved.count == members.count ? .object(resolved) : nil
        default:
            guard Placeholder.isOne(value), let text = value.identifierText else { return value }
            guard let name = names[text] else { return nil }
            return value.stringValue == nil ? Int64(name).map(JSONValue.integer) : .string(name)
        }
    }
}
