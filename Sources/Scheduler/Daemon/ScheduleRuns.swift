public import RunStore

/// What the daemon needs of whoever runs scripts.
public struct ScheduleRuns: Sendable {
    /// What became of a run whose daemon is gone.
    public enum Left: Sendable, Hashable {
        case neverBegan
        case ended(AttemptEnd)
        /// To be resumed.
        case cut
    }

    /// The id of a new run.
    public var name: @Sendable (OccurrenceKey) -> String
    /// Why the script, or what else was approved, is not what it was; nil if it is.
    public var approvalLost: @Sendable (ScheduleRecord) async -> String?
    /// Runs to the end; cancelled, it stops before its next request and says that it was interrupted.
    public var run: @Sendable (ScheduleRecord, _ run: String) async -> AttemptEnd
    /// Goes on with one that was cut, likewise.
    public var resume: @Sendable (ScheduleRecord, _ run: String) async -> AttemptEnd
    public var left: @Sendable (_ run: String) async -> Left

    public init(
        name: @escaping @Sendable (OccurrenceKey) -> String,
        approvalLost: @escaping @Sendable (ScheduleRecord) async -> String?,
        run: @escaping @Sendable (ScheduleRecord, _ run: String) async -> AttemptEnd,
        resume: @escaping @Sendable (ScheduleRecord, _ run: String) async -> AttemptEnd,
        left: @escaping @Sendable (_ run: String) async -> Left
    ) {
        self.name = name
        self.approvalLost = approvalLost
        self.run = run
        self.resume = resume
        self.left = left
    }
}
