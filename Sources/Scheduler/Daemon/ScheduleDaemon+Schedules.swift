import Clocks
import RunStore

extension ScheduleDaemon {
    /// Takes over what others have written since the last look.
    func reload() async throws {
        revision = try await ledger.revision()
        let found = try await ledger.schedules()
        let known = Set(found.map(\.id))
        for id in records.keys where !known.contains(id) {
            core.remove(id)
            planned[id] = nil
            problems[id] = nil
        }
        records = Dictionary(uniqueKeysWithValues: found.map { ($0.id, $0) })
        for record in found { try await take(record) }
        comparedAt = nil
    }

    private func take(_ record: ScheduleRecord) async throws {
        let isPaused = record.state != .active
        if var schedule = planned[record.id] {
            guard schedule.isPaused != isPaused else { return }
            schedule.isPaused = isPaused
            // It goes on where the ledger says: what came after that is not passed over.
            schedule.cursor = record.cursor
            planned[record.id] = schedule
            return try await perform(core.set(schedule))
        }
        guard problems[record.id] == nil else { return }
        do {
            let schedule = try PlannedSchedule(record, zones: zones)
            planned[record.id] = schedule
            try await perform(core.set(schedule))
        } catch let problem as PlannedSchedule.Problem { problems[record.id] = "\(problem)" }
    }

    /// Takes up what somebody has asked for beside the plan.
    func takeRequests() async throws {
        for occurrence in try await ledger.openOccurrences()
        where occurrence.state == .waiting && !core.knows(occurrence.key) {
            try await perform(core.restore(occurrence, isRunning: false))
        }
    }

    /// Looks from time to time whether the ledger tells what the core believes.
    func compare() async throws {
        let now = clock.now
        if let comparedAt, now - comparedAt < Self.comparison { return }
        comparedAt = now
        let looking = IdleSchedules(
            schedules: try await ledger.schedules(), open: try await ledger.openOccurrences(), planned: planned,
            problems: problems
        ).found(at: now)
        suspects = Dictionary(uniqueKeysWithValues: looking.map { ($0, suspects[$0] ?? now) })
        let found = looking.filter { now - (suspects[$0] ?? now) >= Self.comparison }
        let new = found.filter { !idle.contains($0) }
        if !new.isEmpty, let lease {
            let drafts =
                records.values.compactMap { record in
                    new.first { $0.schedule == record.definition.name }.map { .idle(record, $0.reason, at: now) }
                } as [NoticeDraft]
            _ = try await ledger.record([], notices: drafts, under: lease, at: now)
        }
        for one in new {
            told(DaemonEvent(at: now, schedule: one.schedule, kind: .idle(reason: one.reason)))
        }
        idle = found
    }

    private static let comparison = Duration.seconds(60)
}
