public import Clocks
public import RunStore

/// A schedule as the scheduler decides about it.
public struct PlannedSchedule: Sendable {
    public var id: Int64
    public var name: String
    public var recurrence: Recurrence
    public var zone: Zone
    public var policy: SchedulePolicy
    /// All instants up to this one have been seen to.
    public var cursor: Instant
    public var isPaused = false
    /// Failed occurrences in a row.
    public var failures = 0

    public init(
        id: Int64, name: String, recurrence: Recurrence, zone: Zone, policy: SchedulePolicy, cursor: Instant
    ) {
        self.id = id
        self.name = name
        self.recurrence = recurrence
        self.zone = zone
        self.policy = policy
        self.cursor = cursor
    }

    /// Why a record cannot be planned: another version's, or its zone is gone.
    public struct Problem: Error, Sendable, CustomStringConvertible {
        public var description: String
    }

    /// - Parameter known: the recurrence that the record's text says, if it has been read already.
    /// - Throws: ``Problem``.
    public init(_ record: ScheduleRecord, zones: ZoneCatalog, known: Recurrence? = nil) throws(Problem) {
        let definition = record.definition
        let recurrence: Recurrence
        let zone: Zone
        do {
            recurrence = try known ?? Recurrence(definition.recurrence)
            zone = try zones.zone(definition.zone)
        } catch { throw Problem(description: "\(definition.name): \(error)") }
        guard let policy = SchedulePolicy(json: definition.policy) else {
            throw Problem(description: "\(definition.name): its policies are those of another version")
        }
        self.init(
            id: record.id, name: definition.name, recurrence: recurrence, zone: zone, policy: policy,
            cursor: record.cursor)
        isPaused = record.state != .active
        failures = record.failures
    }

    /// When an instant may start.
    public func start(of instant: Instant) -> Instant {
        instant + Jitter.delay(of: name, within: policy.jitter)
    }

    /// Whether nothing of it may start then.
    public func isBlackout(at instant: Instant) -> Bool { policy.isBlackout(zone.wall(at: instant)) }

    /// The first instant that nobody has seen to.
    public var next: Instant? { recurrence.next(after: cursor, in: zone) }

    /// Rows of instants that are all skipped for one reason: the newest on their own, what is older in one row.
    ///
    /// After a year without a daemon a schedule of every minute has half a million instants.
    func skips(_ instants: ArraySlice<Instant>, _ reason: SkipReason) -> [OccurrenceChange] {
        let folded = instants.dropLast(Self.rowsOnTheirOwn)
        var changes = instants.suffix(Self.rowsOnTheirOwn).map { instant in
            OccurrenceChange.skipped(
                OccurrenceKey(schedule: id, instant: instant), reason, through: instant, count: 1)
        }
        if let first = folded.first, let last = folded.last {
            let key = OccurrenceKey(schedule: id, instant: first)
            changes.insert(.skipped(key, reason, through: last, count: folded.count), at: 0)
        }
        return changes
    }

    /// The instants that passed while the schedule was paused, for ``ScheduleLedger/resume(_:skipping:at:)``.
    public func skippedWhilePaused(until now: Instant) -> [OccurrenceChange] {
        let passed = recurrence.instants(after: cursor, in: zone).prefix { $0 <= now }
        return skips(Array(passed)[...], .paused)
    }

    private static let rowsOnTheirOwn = 100
}
