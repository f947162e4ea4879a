import IwinvCatalog
public import RunStore

/// What of a plan that a person has approved has not been made yet.
public struct ApprovedChanges: Sendable {
    /// In the plan's order; what was given back stands last.
    public private(set) var left: [PlanEntry]
    private var names = PlanNames()

    public init(_ approved: [PlanEntry]) { left = approved }

    /// What is left after what earlier processes of the run have made. What they have not sent, or the cloud has refused, is
    /// left.
    public init(_ approved: [PlanEntry], after history: RunHistory) {
        self.init(approved)
        for order in history.intended {
            if let change = history.changes[order] { _ = take(change) }
        }
    }

    /// The entry that approves a change; it approves no other.
    mutating func take(_ operation: OperationName, _ arguments: [String: JSONValue]) -> PlanEntry? {
        let index = left.firstIndex { entry in
            entry.operation == operation && names.resolve(.object(entry.arguments)) == .object(arguments)
        }
        return index.map { left.remove(at: $0) }
    }

    /// The entry by which an earlier process has made a change; nil if nothing of it was made.
    mutating func take(_ change: RecordedChange) -> PlanEntry? {
        guard let intent = change.intent, let arguments = intent.arguments.objectValue,
            !change.restored.allSatisfy({ $0.outcome == .notSent || $0.outcome == .refused }),
            let entry = take(OperationName(stringLiteral: intent.operation), arguments)
        else { return nil }
        learn(entry, change.rows ?? [])
        return entry
    }

    /// It was not made, so it may still be.
    mutating func giveBack(_ entry: PlanEntry) { left.append(entry) }

    /// What was made has names now, which later entries speak of.
    mutating func learn(_ entry: PlanEntry, _ rows: [JSONValue]) {
        names.learn(entry.creates, rows, key: Catalog.iwinv[entry.operation]?.row?.key ?? "")
    }
}
