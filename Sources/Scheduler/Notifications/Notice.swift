public import Clocks
public import IwinvCatalog
import RunStore

/// Something about a schedule that somebody wants to be told of while asleep.
public struct Notice: Sendable, Hashable {
    public enum Kind: String, Sendable, CaseIterable {
        /// An occurrence has failed for good, or the schedule has paused itself.
        case failure
        /// A success after failures.
        case recovery
        /// Instants passed with no daemon, or a late one.
        case missed
        /// Nobody knows what became of a change: a person must look.
        case unknown
        /// The schedule is active, and nothing becomes of it.
        case idle
        /// Somebody tries whether messages arrive.
        case test

        /// Those that a person can ask for.
        public static var choices: [Kind] { allCases.filter { $0 != .test } }
    }

    public var kind: Kind
    /// The schedule's name.
    public var schedule: String
    /// Whose wall clock counts: an IANA name.
    public var zone: String
    /// The planned instant; nil for what is about the schedule.
    public var instant: Instant?
    /// The last of the instants that it is about, which are so many.
    public var through: Instant?
    public var count: Int
    /// When it was noticed.
    public var at: Instant
    /// The run's word for its end, or the reason why there was none.
    public var word: String?
    /// Failed occurrences in a row: with this one, or before the success.
    public var failures: Int?
    /// What the schedule waits for, or why it is idle.
    public var reason: String?
    /// Why the schedule has paused itself.
    public var paused: String?

    public init(
        _ kind: Kind, schedule: String, zone: String, instant: Instant? = nil, through: Instant? = nil, count: Int = 1,
        at: Instant, word: String? = nil, failures: Int? = nil, reason: String? = nil, paused: String? = nil
    ) {
        self.kind = kind
        self.schedule = schedule
        self.zone = zone
        self.instant = instant
        self.through = through
        self.count = count
        self.at = at
        self.word = word
        self.failures = failures
        self.reason = reason
        self.paused = paused
    }
}

extension Notice {
    /// As the ledger keeps it.
    var json: JSONValue {
        var members: [String: JSONValue] = [
            "kind": .string(kind.rawValue), "schedule": .string(schedule), "zone": .string(zone),
            "count": .integer(Int64(count)), "at": .integer(at.nanoseconds),
        ]
        members["instant"] = instant.map { .integer($0.nanoseconds) }
        members["through"] = through.map { .integer($0.nanoseconds) }
        members["failures"] = failures.map { .integer(Int64($0)) }
        members["word"] = word.map(JSONValue.string)
        members["reason"] = reason.map(JSONValue.string)
        members["paused"] = paused.map(JSONValue.string)
        return .object(members)
    }

    /// Reads what the ledger has kept; nil for what another version wrote.
    public init?(json: JSONValue) {
        func instant(_ name: String) -> Instant? { json[name]?.integerValue.map(Instant.init(nanoseconds:)) }
        guard let kind = json["kind"]?.stringValue.flatMap(Kind.init), let at = instant("at"),
            let schedule = json["schedule"]?.stringValue
        else { return nil }
        self.init(
            kind, schedule: schedule, zone: json["zone"]?.stringValue ?? "UTC", instant: instant("instant"),
            through: instant("through"), count: json["count"]?.integerValue.map { Int(clamping: $0) } ?? 1, at: at,
            word: json["word"]?.stringValue, failures: json["failures"]?.integerValue.map { Int(clamping: $0) },
            reason: json["reason"]?.stringValue, paused: json["paused"]?.stringValue)
    }

    /// For the ledger.
    ///
    /// - Parameter schedule: The schedule's id.
    func draft(of schedule: Int64) -> NoticeDraft {
        let about = instant ?? at
        return NoticeDraft(
            key: "\(schedule)-\(about.nanoseconds)-\(kind.rawValue)", schedule: schedule,
            occurrence: instant.map { OccurrenceKey(schedule: schedule, instant: $0) }, body: json)
    }
}
