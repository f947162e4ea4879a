public import RunStore

/// What the daemon needs of whoever runs scripts.
public struct ScheduleRuns: Sendable {
    /// What is to be known before an attempt begins.
    public enum Preparation: Sendable {
        /// To be run under this name to the end; cancelled, it stops before its next request and says that it was
        /// interrupted.
        case ready(@Sendable (_ run: String) async -> AttemptEnd)
        /// The script, or what else was approved, is not what it was: why.
        case lost(String)
    }

    /// What became of a run whose daemon is gone.
    public enum Left: Sendable, Hashable {
        case neverBegan
        case ended(AttemptEnd)
        /// To be resumed.
        case cut
    }

    /// The id of a new run.
    public var name: @Sendable (OccurrenceKey) -> String
    /// Looks at what is to be run. May take its time; what it has looked at is what is run.
    public var prepare: @Sendable (ScheduleRecord) async -> Preparation
    /// Goes on with one that was cut, to the end.
    public var resume: @Sendable (ScheduleRecord, _ run: String) async -> AttemptEnd
    public var left: @Sendable (_ run: String) async -> Left

    public init(
        name: @escaping @Sendable (OccurrenceKey) -> String,
        prepare: @escaping @Sendable (ScheduleRecord) async -> Preparation,
        resume: @escaping @Sendable (ScheduleRecord, _ run: String) async -> AttemptEnd,
        left: @escaping @Sendable (_ run: String) async -> Left
    ) {
        self.name = name
        self.prepare = prepare
        self.resume = resume
        self.left = left
    }
}
