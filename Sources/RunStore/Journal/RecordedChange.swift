public import Clocks
public import IwinvCatalog

/// A change of a run, as far as its journal tells.
public struct RecordedChange: Sendable, Hashable {
    /// How far it came.
    public enum Stage: Sendable, Hashable {
        /// No request left.
        case notSent
        /// A request left, or was about to, and no answer was written down: nobody knows.
        case inFlight
        /// The last attempt's answer is known, and not what the call made of it: settle, or try again, as after any answer.
        case answered(ChangeAnswer)
        /// It is done with; the record's changes say how.
        case concluded
    }

    /// One request.
    public struct Attempt: Sendable, Hashable {
        public var number: Int
        /// When it left.
        public var at: Instant?
        /// The same, and how long it was waited for, as later processes can tell.
        public var time: SendingTime?
        public var answer: ChangeAnswer?
    }

    public internal(set) var intent: ChangeIntent?
    public private(set) var attempts: [Attempt] = []
    /// Nil until concluded.
    public private(set) var changes: [JSONValue]?
    /// Of the reply; nil if none came.
    public private(set) var rows: [JSONValue]?
    /// As it was last read before the change.
    public private(set) var row: JSONValue?
    /// What a creation could be mistaken for.
    public private(set) var known: [String] = []
    public private(set) var decision: ResumeDecision?
    public private(set) var stage = Stage.notSent

    init() {}

    mutating func add(_ event: JournalEvent, at instant: Instant?) {
        switch event {
        case .sending(_, let attempt, let time):
            attempts.append(Attempt(number: attempt, at: instant, time: time))
            // Also after a conclusion: a change of unknown outcome is sent again if a person says so.
            stage = .inFlight
            rows = nil
        case .answered(let answer):
            if let index = attempts.lastIndex(where: { $0.number == answer.attempt }) {
                attempts[index].answer = answer
            }
            stage = .answered(answer)
        case .compared(_, let row, let known): (self.row, self.known) = (row, known)
        case .concluded(_, let changes, let rows):
            // What a later read has shown of it comes without the reply.
            (self.changes, self.rows) = (changes, rows ?? self.rows)
            stage = .concluded
        case .decided(_, let decision): self.decision = decision
        default: break  // A withheld attempt left nothing behind.
        }
    }
}
