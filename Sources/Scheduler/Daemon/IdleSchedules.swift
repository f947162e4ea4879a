import Clocks
import RunStore

/// Schedules that are armed but idle: active, due for long by the ledger, and nothing is done about it.
///
/// It reads the ledger alone, so that a fault of the core, or a schedule that it cannot plan, is seen.
struct IdleSchedules {
    var schedules: [ScheduleRecord]
    var open: [OccurrenceRecord]
    /// Those that can be planned, by id.
    var planned: [Int64: PlannedSchedule]
    /// Why others cannot.
    var problems: [Int64: String]

    /// Longer than anything lawful takes to be claimed or started.
    static let patience = Duration.seconds(300)

    func found(at now: Instant) -> [DaemonStanding.Idle] {
        let lines = Dictionary(grouping: open, by: \.key.schedule)
        return schedules.compactMap { record in
            guard record.state == .active else { return nil }
            let reason = problems[record.id] ?? unseen(record, at: now) ?? stuck(lines[record.id] ?? [], at: now)
            return reason.map { DaemonStanding.Idle(schedule: record.definition.name, reason: $0) }
        }
    }

    /// An instant that came and has no row.
    private func unseen(_ record: ScheduleRecord, at now: Instant) -> String? {
        guard let planned = planned[record.id], record.changed + Self.patience < now,
            let next = planned.recurrence.next(after: record.cursor, in: planned.zone),
            planned.start(of: next) + Self.patience < now
        else { return nil }
        return "nothing became of \(planned.zone.text(next))"
    }

    /// One that waits though nothing is before it.
    private func stuck(_ line: [OccurrenceRecord], at now: Instant) -> String? {
        guard let first = line.first, line.allSatisfy({ $0.state == .waiting }), first.due + Self.patience < now,
            let zone = planned[first.key.schedule]?.zone
        else { return nil }
        return "\(zone.text(first.key.instant)) waits and is not started"
    }
}
