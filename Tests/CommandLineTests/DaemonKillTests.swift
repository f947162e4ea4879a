import Clocks
import Foundation
import IwinvCatalog
import RunStore
import Scheduler
import TestSupport
import Testing

/// Kills the daemon at random instants and starts it again: whatever happens, each planned instant ends once, as a run or
/// skipped with a reason, and the cloud has seen each run's change once. `IWLUA_KILLS` says how often (7 if unset).
@Suite(.debugProgram) struct DaemonKillTests {
    /// A simulated day has 200 of them.
    private static let rate = 240
    private static let pause = 86_400.0 / Double(rate) / 200

    @Test(.timeLimit(.minutes(30)))
    func `killed at any instant, a daemon loses no occurrence and doubles none`() async throws {
        let world = try await DaemonWorld(schedules: 20, rate: Self.rate)
        let times = ["*/10 * * * *", "*/15 * * * *", "5,35 * * * *", "0 * * * *", "@hourly"]
        let rules = [
            ["--catch-up", "all"], ["--catch-up", "latest", "--jitter", "3m"], ["--overlap", "queue"],
            ["--overlap", "replace", "--catch-up", "all"],
        ]
        for (index, server) in world.servers.enumerated() {
            try await world.add(
                "s\(index)", server: server, ["--cron", times[index % times.count]] + rules[index / times.count])
        }
        var dice = Dice(state: .random(in: 0 ... .max))
        for _ in 0..<KillWorld.kills {
            let daemon = try world.daemon()
            // The instant is what is tested.
            try await Task.sleep(for: .seconds(.random(in: 0..<Self.pause * 2, using: &dice)))
            daemon.signal(SIGKILL)
            let result = try await daemon.end()
            #expect(result.status == SIGKILL, "\(result.errors)")
        }
        try await world.settle()
        try await world.expectEachOnce()
        try await world.world.end()
    }
}

extension DaemonWorld {
    /// Lets a daemon bring everything to its end, while nothing new begins.
    func settle() async throws {
        let daemon = try daemon()
        try await daemon.errors(contain: "serving the schedules")
        try await settle(daemon)
    }

    /// The same with one that serves.
    func settle(_ daemon: Iwlua.Running) async throws {
        let now = SystemClock().now
        for record in try await ledger.schedules() {
            try await ledger.pause(record.definition.name, reason: "test", at: now)
        }
        try await until { try await ledger.openOccurrences().isEmpty }
        daemon.signal(SIGTERM)
        let result = try await daemon.end()
        #expect(result.status == 0, "\(result.errors)")
        // It may have claimed one more before it saw the pause; the next one knows.
        if try await !ledger.openOccurrences().isEmpty { try await settle() }
    }

    /// Each instant that has come has one end, and each run one change.
    func expectEachOnce() async throws {
        let journal = try await world.journal()
        #expect(try await journal.verify().faults.isEmpty)
        let effects = world.effects("instances.edit")
        var runs = 0
        for record in try await ledger.schedules() {
            let name = record.definition.name
            let planned = try PlannedSchedule(record, zones: ZoneCatalog())
            let rows = try await ledger.occurrences(of: record.id, limit: 10_000).reversed()
            let last = try #require(rows.last)
            let expected = planned.recurrence.instants(after: record.added, in: planned.zone)
                .prefix { $0 <= last.through }
            // A row may stand for several that were skipped together.
            #expect(rows.reduce(0) { $0 + $1.count } == Array(expected).count, "\(name)")
            #expect(Set(rows.map(\.key.instant)).isSubset(of: expected), "\(name)")
            let ran = rows.filter { $0.state == .run(word: "done") }
            for row in rows where !ran.contains(row) {
                switch row.state {
                case .skipped: #expect(row.attempts == 0, "\(name) \(row)")
                // In favour of the next one, or because its schedule was paused.
                case .run("interrupted"): break
                default:
                    let shown = try await world.run(["runs", "show", row.run ?? "none"])
                    Issue.record("\(name): \(row) \(shown.output)")
                }
            }
            #expect(Set(ran.compactMap(\.run)).count == ran.count)
            // An interrupted run may have made its change.
            let interrupted = rows.count { $0.state == .run(word: "interrupted") }
            let approval = try await journal.approvals().first { $0.id == record.definition.approval }
            let id = approval?.body["parameters"]?["id"]?.stringValue
            let count = effects[id ?? ""] ?? 0
            #expect(
                (ran.count...ran.count + interrupted).contains(count), "\(name): \(ran.count) runs, \(count) changes")
            for row in ran { #expect(try await journal.find(row.run ?? "").changes == 1) }
            runs += ran.count
        }
        #expect(runs > 0)
    }
}
