public import Clocks
public import IwinvCatalog

/// A change of one resource, as far as the journal of its run tells.
public struct ResourceChange: Sendable, Hashable {
    public var call: UInt64
    public var place: String?
    /// When it was about to be sent.
    public var at: Instant?
    public var operation: String
    /// The resource; nil for a creation that the cloud has not named.
    public var id: String?
    public var name: String?
    /// The changed fields as they were.
    public var before: JSONValue
    /// As they are, or were to be.
    public var after: JSONValue
    /// As they were asked for, where ``after`` shows another value.
    public var wanted: JSONValue?
    /// Other fields as they were, for people; null where there is nothing to add.
    public var row: JSONValue = .null
    /// DESIGN 1; `in-flight` while the run is under way and the reply has not come.
    public var outcome: String
    /// The read that told what became of it.
    public var settledBy: String?
    /// What a person said should become of it: `repeat` or `skip`.
    public var decision: String?
    /// Whether the run itself knew the end of it.
    public var isConcluded: Bool

    /// - Parameter isRunning: Of a run that is under way a change without a reply is not unknown yet.
    static func all(
        of call: UInt64, _ history: RunHistory, at instant: Instant?, isRunning: Bool
    ) -> [ResourceChange] {
        guard let change = history.changes[call], let intent = change.intent else { return [] }
        let asked = ResourceChange(
            call: call, place: history.calls[call]?.question?.place, at: instant, operation: intent.operation,
            id: intent.id, name: intent.name, before: intent.before, after: intent.wanted, row: change.row ?? .null,
            outcome: outcome(change.stage, isRunning: isRunning), decision: change.decision?.rawValue,
            isConcluded: false)
        // Without any entry a concluded change changed nothing: it was refused before it was one.
        guard let changes = change.changes, !changes.isEmpty, change.stage == .concluded else { return [asked] }
        return changes.map { asked.concluded($0) }
    }

    /// With what the run's record says; its names are those of `Change.json`.
    private func concluded(_ record: JSONValue) -> ResourceChange {
        var change = self
        change.operation = record["operation"]?.stringValue ?? operation
        change.id = record["id"]?.stringValue ?? id
        change.name = record["name"]?.stringValue ?? name ?? record["after"]?["name"]?.stringValue
        change.before = record["before"] ?? before
        change.after = record["after"] ?? after
        change.wanted = record["wanted"]
        change.row = record["row"] ?? row
        change.outcome = record["outcome"]?.stringValue ?? "unknown"
        change.settledBy = record["settled_by"]?.stringValue
        change.decision = record["decision"]?.stringValue ?? decision
        change.isConcluded = true
        return change
    }

    private static func outcome(_ stage: RecordedChange.Stage, isRunning: Bool) -> String {
        switch stage {
        case .notSent: "not-sent"
        case .inFlight: isRunning ? "in-flight" : "unknown"
        case .answered(let answer): answer.outcome
        case .concluded: "not-sent"
        }
    }
}
