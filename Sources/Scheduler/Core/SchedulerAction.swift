public import RunStore

/// What the core wants done, in this order.
public enum SchedulerAction: Sendable, Hashable {
    /// To be written down before anything that follows. If a claim is refused, the core must be told
    /// (``SchedulerCore/refused(_:)``) and its start left out.
    case record(OccurrenceChange)
    /// To be run: the caller makes the run, and records that it has begun.
    case start(OccurrenceKey, attempt: Int)
    /// The run is to stop before its next request; its end is to be reported as any.
    case stop(OccurrenceKey)
}

/// How an attempt ended.
public struct AttemptEnd: Sendable, Hashable {
    public enum Verdict: Sendable, Hashable {
        case done
        /// Another try may do better.
        case failed
        case timedOut
        /// Another try would not: not granted, or a fault of the script's text.
        case final
        /// Nobody knows what became of a change: a person must look before the next run.
        case unknown
        /// Somebody stopped it: that is no failure, and it is not tried again.
        case interrupted
    }

    /// The run's own word: `done`, `failed`, …
    public var word: String
    public var verdict: Verdict

    public init(word: String, verdict: Verdict) {
        self.word = word
        self.verdict = verdict
    }
}
