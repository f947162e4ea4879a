public import Clocks
public import IwinvCatalog

/// What a schedule is: written when it is added, and never changed.
public struct ScheduleDefinition: Sendable, Hashable {
    /// Unique among those that are not removed.
    public var name: String
    /// When it is due, as the scheduler writes it.
    public var recurrence: String
    /// The IANA name of the zone whose wall clock counts.
    public var zone: String
    /// The path of the script.
    public var script: String
    /// SHA-256 of the script's text, as it was approved.
    public var text: String
    /// The id of the approval that its runs stand on.
    public var approval: String
    /// Overlap, catch-up, retries, …: the scheduler's.
    public var policy: JSONValue
    /// What a run of it is started with, beyond what the approval names; the caller's.
    public var options: JSONValue

    public init(
        name: String, recurrence: String, zone: String, script: String, text: String, approval: String,
        policy: JSONValue = [:], options: JSONValue = [:]
    ) {
        self.name = name
        self.recurrence = recurrence
        self.zone = zone
        self.script = script
        self.text = text
        self.approval = approval
        self.policy = policy
        self.options = options
    }
}

/// A schedule and how it stands.
public struct ScheduleRecord: Sendable, Hashable {
    public enum State: Sendable, Hashable {
        case active
        case paused(reason: String)
    }

    /// How the newest occurrence ended.
    public struct Last: Sendable, Hashable {
        public var instant: Instant
        /// The run's word for its end, or the reason why there was none.
        public var word: String
        public var run: String?
    }

    public var id: Int64
    public var definition: ScheduleDefinition
    public var added: Instant
    public var state: State
    /// When the state became what it is.
    public var changed: Instant
    /// All instants up to this one have their row.
    public var cursor: Instant
    /// Failed occurrences in a row.
    public var failures: Int
    public var last: Last?
}
