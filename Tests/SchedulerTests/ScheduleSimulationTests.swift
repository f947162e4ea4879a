import Clocks
import RunStore
import Scheduler
import Testing

@Suite struct ScheduleSimulationTests {
    private func schedule(
        _ id: Int64, _ cron: String, zone: Zone = .utc, _ change: (inout SchedulePolicy) -> Void = { _ in }
    ) throws -> PlannedSchedule {
        var policy = SchedulePolicy()
        change(&policy)
        return PlannedSchedule(
            id: id, name: "s\(id)", recurrence: .cron(try CronExpression(cron)), zone: zone, policy: policy,
            cursor: Instant(seconds: 0))
    }

    private let start = Zone.utc.first(WallTime(2026, 3, 1))

    @Test func `runs, what is left out, and who meets whom are told`() throws {
        let simulation = ScheduleSimulation([
            try schedule(1, "0 * 1 * *"), try schedule(2, "30 0-3 1 * *"),
        ]) { _ in .seconds(5400) }
        let report = simulation.run(from: start, to: start + .seconds(4 * 3600))
        let told = report.events.map { event in
            switch event.kind {
            case .run(let until, _): "\(event.schedule) \((event.at - start).text) \((until - event.at).text)"
            case .skipped(let reason): "\(event.schedule) \((event.at - start).text) \(reason.rawValue)"
            }
        }
        #expect(
            told == [
                "s2 30m 1h30m", "s1 1h 1h30m", "s2 1h30m overlap", "s1 2h overlap", "s2 2h30m 1h30m", "s1 3h 1h30m",
                "s2 3h30m overlap", "s1 4h overlap",
            ])
        #expect(report.peak == 2 && report.peakAt == start + .seconds(3600) && report.encounters == 2)
    }

    @Test func `one that takes the place of another ends it`() throws {
        let simulation = ScheduleSimulation([try schedule(1, "0 1,2 1 3 *") { $0.overlap = .replace }]) { _ in
            .seconds(7200)
        }
        let report = simulation.run(from: start, to: start + .seconds(5 * 3600))
        #expect(
            report.events.map(\.kind) == [
                .run(until: start + .seconds(7200), wasStopped: true),
                .run(until: start + .seconds(4 * 3600), wasStopped: false),
            ])
    }

    @Test func `so many at once as the daemon runs, the others when it is their turn`() throws {
        let schedules = try (1...3).map { try schedule($0, "0 1 1 3 *") }
        let report = ScheduleSimulation(schedules, length: { _ in .seconds(600) }, atOnce: 2).run(
            from: start, to: start + .seconds(7200))
        #expect(report.peak == 2 && report.events.map { ($0.at - start).text } == ["1h", "1h", "1h10m"])
    }

    @Test func `requests are spread over a run, and the fullest minute is told`() throws {
        // From 1:00 for two minutes, and from 1:01 for one.
        let simulation = ScheduleSimulation(
            [try schedule(1, "0 1 1 3 *"), try schedule(2, "1 1 1 3 *")],
            length: { .seconds($0.id == 1 ? 120 : 60) }, requests: { $0.id == 1 ? 50 : 40 })
        let report = simulation.run(from: start, to: start + .seconds(7200))
        #expect(report.budgetPeak == 65 && report.budgetPeakAt == start + .seconds(3660))
    }

    @Test func `a month of twenty schedules, clock changes named`() throws {
        let berlin = try ZoneCatalog().zone("Europe/Berlin")
        let schedules = try (1...20).map {
            try schedule($0, $0 % 2 == 0 ? "*/10 * * * *" : "\($0) 2-4 * * MON-FRI", zone: berlin)
        }
        let simulation = ScheduleSimulation(schedules) { _ in .seconds(300) }
        let report = simulation.run(from: start, to: start + .seconds(31 * 86_400))
        // 4463 or so for each of ten: the hour that is left out has six less.
        #expect(report.events.count > 44_000)
        #expect(report.clockChanges.map { berlin.text($0.change.at) } == ["2026-03-29T03:00:00+02:00"])
        #expect(report.events.map(\.at) == report.events.map(\.at).sorted())
    }
}
