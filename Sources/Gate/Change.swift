public import IwinvCatalog

/// A change that a run made, or tried to make.
public struct Change: Sendable, Hashable {
    public var operation: OperationName
    /// The resource; nil for a creation until the cloud has named it.
    public var id: String?
    /// The resource's name when it was last read, for people.
    public var name: String?
    /// The changed fields as they were. Null where that is not known.
    public var before: JSONValue
    /// The changed fields as the cloud answered them, or as they were asked for.
    public var after: JSONValue
    /// The changed fields as they were asked for, where ``after`` shows another value.
    public var wanted: JSONValue?
    public var outcome: Outcome
    /// Other fields as they were, for people: the status of what is switched, which rule of a firewall it is. Null where
    /// there is nothing to add.
    public var row: JSONValue = .null
    /// The reply was lost, and this read told what became of the change.
    public var settledBy: OperationName?
    /// What a person decided about it, where no read could tell.
    public var decision: Decision?

    public enum Decision: String, Sendable, Hashable {
        case `repeat`, skip
    }

    /// The entry of a run's JSON document (DESIGN 6).
    public var json: JSONValue {
        var members: [String: JSONValue] = [
            "operation": .string(operation.description), "id": id.map(JSONValue.string) ?? .null, "before": before,
            "after": after, "outcome": .string(outcome.rawValue),
        ]
        members["wanted"] = wanted
        members["settled_by"] = settledBy.map { .string($0.description) }
        members["decision"] = decision.map { .string($0.rawValue) }
        return .object(members)
    }

    /// As the journal keeps it.
    var record: JSONValue {
        guard case .object(var members) = json else { return json }
        members["name"] = name.map(JSONValue.string)
        if !row.isNull { members["row"] = row }
        return .object(members)
    }
}

extension Change {
    /// Reads what ``record`` has written.
    init?(record: JSONValue) {
        guard let operation = record["operation"]?.stringValue, let before = record["before"],
            let after = record["after"], let outcome = record["outcome"]?.stringValue.flatMap(Outcome.init)
        else { return nil }
        self.init(
            operation: OperationName(stringLiteral: operation), id: record["id"]?.stringValue,
            name: record["name"]?.stringValue, before: before, after: after, wanted: record["wanted"], outcome: outcome,
            row: record["row"] ?? .null,
            settledBy: (record["settled_by"]?.stringValue).map { OperationName(stringLiteral: $0) },
            decision: record["decision"]?.stringValue.flatMap(Decision.init))
    }
}

extension Change {
    /// Takes up what a reply or a read shows of the fields that were asked for.
    mutating func shows(_ found: [String: JSONValue], wanted: [String: JSONValue]) {
        let shown = wanted.merging(found.filter { wanted[$0.key] != nil }) { $1 }
        after = .object(shown)
        self.wanted = wanted.allSatisfy { shown.shows($0.value, in: $0.key) } ? nil : .object(wanted)
    }

    /// Whether the cloud has refused the change and something is another than before all the same.
    var isMadeOtherwise: Bool {
        guard outcome == .refused, wanted != nil, let old = before.objectValue, let new = after.objectValue else {
            return false
        }
        return !new.allSatisfy { old.shows($0.value, in: $0.key) }
    }
}
