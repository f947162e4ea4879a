import Clocks
package import IwinvCatalog
public import RunStore

/// What is known of a change that an earlier process of the run had begun.
public struct Resumption: Sendable {
    /// The image that it was to be guarded, and undone, by.
    var before: JSONValue
    /// The row as it was last read before it was sent.
    var row: [String: JSONValue]?
    /// What a creation could be mistaken for.
    var known: Set<String>
    /// Its last request.
    var attempt: RecordedChange.Attempt?
    var decision: Change.Decision?
    /// The cloud had said yes, and what it said beyond that was not written down.
    var isAccepted = false
    /// The reply, where it came or a read told, and the script has not seen it.
    var reply: (rows: [JSONValue], settlement: Settlement)?

    /// Whether nobody knows yet what became of it.
    public var isOpen: Bool { reply == nil }

    /// - Parameter decision: what a person says of it if no read can tell.
    /// - Returns: nil if no request can have left, or the cloud said no: then it is made as if for the first time.
    public init?(_ change: RecordedChange, decision: Change.Decision?) {
        guard let intent = change.intent else { return nil }
        switch change.stage {
        case .notSent: return nil
        case .inFlight: break
        case .answered(let answer):
            let outcome = Outcome(rawValue: answer.outcome)
            if outcome == .refused || outcome == .notSent { return nil }
            isAccepted = outcome == .accepted
        case .concluded:
            let latest = change.record.max { $0.outcome < $1.outcome }
            switch latest?.outcome {
            case .notSent, .refused: return nil
            case .unknown, nil: break
            case .accepted, .observed, .confirmed:
                if let rows = change.rows, let latest {
                    reply = (
                        rows,
                        Settlement(outcome: latest.outcome, read: latest.settledBy, decision: latest.decision)
                    )
                }
            }
        }
        before = intent.before
        row = change.row?.objectValue
        known = Set(change.known)
        attempt = change.attempts.last
        self.decision = decision ?? change.decision.flatMap { Change.Decision(rawValue: $0.rawValue) }
    }
}

extension RecordedChange {
    /// The entries of the run's record that it has led to.
    package var record: [Change] { (changes ?? []).compactMap(Change.init(record:)) }

    /// Whether a request can have left that the cloud has not refused. An attempt may have ended before that: cancelled
    /// while it waited for the budget, say.
    var mayBeMade: Bool { Resumption(self, decision: nil) != nil }

    /// ``record``; a change that has none yet has one entry, which says whether a request can have left.
    var restored: [Change] {
        guard let intent, record.isEmpty else { return record }
        return [
            Change(
                operation: OperationName(stringLiteral: intent.operation), id: intent.id, name: intent.name,
                before: intent.before, after: intent.wanted, outcome: mayBeMade ? .unknown : .notSent)
        ]
    }
}

extension RunHistory {
    /// The outcomes of the changes that an earlier process of the run has made, or tried to: what limits of a resumed run
    /// count. What is made again as if for the first time is not among them.
    package var made: [Outcome] {
        intended.flatMap { order -> [Outcome] in
            guard let change = changes[order] else { return [] }
            if !change.mayBeMade, calls[order]?.delivery == nil { return [] }
            return change.restored.map(\.outcome).filter { $0 != .notSent }
        }
    }
}
