public import Clocks
public import RunStore

/// Something that a daemon has done, told when it is on disk: for logs, metrics and messages.
///
/// What it is told of is never asked for a yes, and must not take long.
public struct DaemonEvent: Sendable, Hashable {
    public enum Kind: Sendable, Hashable {
        /// An attempt begins.
        case begun
        /// An attempt that an earlier daemon has begun goes on.
        case resumed
        /// The attempt has failed, and another one follows.
        case retrying(word: String, due: Instant, isTimeout: Bool)
        /// The occurrence is over, with the run's word for its end: `done`, `failed`, `unknown`, …
        case ended(word: String, verdict: OccurrenceVerdict)
        /// Beside `.ended`: a success after so many failed occurrences.
        case recovered(failures: Int)
        /// It was not run, nor were those after it up to `through`; so many in all.
        case skipped(SkipReason, through: Instant, count: Int)
        /// The schedule pauses itself: too many failures, an unknown outcome, a changed script.
        case paused(reason: String)
        /// It is active and something of it is due for long, yet nothing happens.
        case idle(reason: String)
    }

    public var at: Instant
    /// The schedule's name; nil for one that was taken away while it ran.
    public var schedule: String?
    /// The planned instant; nil for what is about the schedule.
    public var instant: Instant?
    public var run: String?
    /// How long the attempt took that is over now.
    public var took: Duration?
    public var kind: Kind

    public init(
        at: Instant, schedule: String?, instant: Instant? = nil, run: String? = nil, took: Duration? = nil, kind: Kind
    ) {
        self.at = at
        self.schedule = schedule
        self.instant = instant
        self.run = run
        self.took = took
        self.kind = kind
    }

    /// Its time has passed with nobody there, or with a daemon that was late.
    public var isMissed: Bool {
        if case .skipped(let reason, _, _) = kind { reason == .missed || reason == .daemonDown } else { false }
    }

    /// Nobody knows what became of a change: a person must look.
    public var isUnknown: Bool { if case .ended("unknown", _) = kind { true } else { false } }
}
