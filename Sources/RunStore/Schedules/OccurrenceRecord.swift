public import Clocks

/// A planned instant of a schedule.
public struct OccurrenceKey: Sendable, Hashable {
    public var schedule: Int64
    /// As the schedule says, without jitter.
    public var instant: Instant

    public init(schedule: Int64, instant: Instant) {
        self.schedule = schedule
        self.instant = instant
    }
}

/// Why an occurrence was not run.
public enum SkipReason: String, Sendable, CaseIterable {
    /// The one before it was not over.
    case overlap
    /// A daemon was there, and late: the machine slept, or had too much to do.
    case missed
    case paused
    case blackout
    case daemonDown = "daemon down"
    /// The script or its approval was no longer what it had been when the schedule was added.
    case approval
    case removed
}

/// What became of a planned instant.
public struct OccurrenceRecord: Sendable, Hashable {
    public enum State: Sendable, Hashable {
        /// Claimed: to be started when it is due, or tried again.
        case waiting
        case running
        /// Started and over, with the run's word for its end.
        case run(word: String)
        case skipped(SkipReason)
    }

    public var key: OccurrenceKey
    public var state: State
    /// Of its last attempt.
    public var run: String?
    /// When it may start.
    public var due: Instant
    public var isCaughtUp: Bool
    public var attempts: Int
    /// Attempts that failed and were followed by another.
    public var retries: Int
    /// Attempts that were out of time and were followed by another.
    public var timeouts: Int
    public var claimed: Instant
    public var begun: Instant?
    public var ended: Instant?
    /// The last of the instants that this row stands for; after a long time without a daemon it is not the first.
    public var through: Instant
    public var count: Int

    public init(
        key: OccurrenceKey, state: State, run: String? = nil, due: Instant, isCaughtUp: Bool = false, attempts: Int = 0,
        retries: Int = 0, timeouts: Int = 0, claimed: Instant, begun: Instant? = nil, ended: Instant? = nil,
        through: Instant, count: Int = 1
    ) {
        self.key = key
        self.state = state
        self.run = run
        self.due = due
        self.isCaughtUp = isCaughtUp
        self.attempts = attempts
        self.retries = retries
        self.timeouts = timeouts
        self.claimed = claimed
        self.begun = begun
        self.ended = ended
        self.through = through
        self.count = count
    }
}

/// A step in the life of an occurrence.
public enum OccurrenceChange: Sendable, Hashable {
    /// It is to be run.
    case claimed(OccurrenceKey, due: Instant, isCaughtUp: Bool)
    /// It is not, nor those after it up to `through`, so many in all. One that was claimed may still be skipped until its
    /// first attempt begins.
    case skipped(OccurrenceKey, SkipReason, through: Instant, count: Int)
    /// An attempt begins, as this run.
    case begun(OccurrenceKey, run: String)
    /// The attempt has failed, and another one follows.
    case retried(OccurrenceKey, due: Instant, isTimeout: Bool)
    /// It is over.
    case ended(OccurrenceKey, word: String, verdict: OccurrenceVerdict)
    /// The attempt has come to nothing, its run never began: it waits again.
    case returned(OccurrenceKey)
    case paused(schedule: Int64, reason: String)
}

/// What the end of an occurrence means for its schedule.
public enum OccurrenceVerdict: Sendable, Hashable {
    case success, failure
    /// Neither: it was stopped in favour of another.
    case stopped
}
