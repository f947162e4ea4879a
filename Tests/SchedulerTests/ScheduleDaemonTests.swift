import Clocks
import Foundation
import IwinvCatalog
import RunStore
import Scheduler
import Synchronization
import Testing

/// The daemon over a ledger, with runs that only take their time.
@Suite struct ScheduleDaemonTests {
    /// What a journal would know of runs.
    private final class Journal: Sendable {
        struct State {
            var begun: [String: Int] = [:]
            var ended: Set<String> = []
            var count = 0
            var told: [DaemonEvent] = []
            /// How the next attempts end; done when there is none left.
            var ends: [AttemptEnd] = []
            var most = 0
            var underWay = 0
        }
        let state = Mutex(State())

        static func length(_ name: String) -> Duration { .seconds(name == "long" ? 4200 : 240) }

        func runs(
            _ clock: any HostClock, lost: Set<String> = [], length: @escaping @Sendable (String) -> Duration
        ) -> ScheduleRuns {
            let work: @Sendable (ScheduleRecord, String) async -> AttemptEnd = { record, run in
                self.state.withLock { state in
                    state.begun[run, default: 0] += 1
                    state.underWay += 1
                    state.most = max(state.most, state.underWay)
                }
                defer { self.state.withLock { $0.underWay -= 1 } }
                do { try await clock.sleep(for: length(record.definition.name)) } catch {
                    return AttemptEnd(word: "interrupted", verdict: .interrupted)
                }
                return self.state.withLock { state in
                    state.ended.insert(run)
                    return state.ends.isEmpty ? AttemptEnd(word: "done", verdict: .done) : state.ends.removeFirst()
                }
            }
            return ScheduleRuns(
                name: { _ in
                    self.state.withLock { state in
                        state.count += 1
                        return "r\(state.count)"
                    }
                },
                prepare: { record in
                    if lost.contains(record.definition.name) { return .lost("the script was changed") }
                    return .ready { await work(record, $0) }
                }, resume: work,
                left: { run in
                    self.state.withLock { state in
                        if state.ended.contains(run) { return .ended(AttemptEnd(word: "done", verdict: .done)) }
                        return state.begun[run] == nil ? .neverBegan : .cut
                    }
                })
        }
    }

    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("iwlua-daemon-\(UUID())").path
    private let clock = VirtualClock(start: Zone.utc.first(WallTime(2026, 1, 5)))
    private let journal = Journal()

    private func add(_ name: String, _ recurrence: String, _ policy: JSONValue, _ ledger: ScheduleLedger) async throws {
        try await ledger.add(
            ScheduleDefinition(
                name: name, recurrence: recurrence, zone: "UTC", script: "/srv/x.lua", text: "f00", approval: "a1",
                policy: policy), at: clock.now)
    }

    /// What somebody would be told.
    private func notices(_ ledger: ScheduleLedger) async throws -> [Notice] {
        try await ledger.newNotices(limit: .max).compactMap { Notice(json: $0.body) }
    }

    /// Serves for so long, on a clock that jumps.
    private func serve(
        _ ledger: ScheduleLedger, for time: Duration, lost: Set<String> = [], atOnce: Int = .max,
        length: @escaping @Sendable (String) -> Duration = Journal.length
    ) async throws {
        let daemon = ScheduleDaemon(
            ledger: ledger, runs: journal.runs(clock, lost: lost, length: length), clock: clock, look: .seconds(30),
            atOnce: atOnce
        ) { event in self.journal.state.withLock { $0.told.append(event) } }
        // Its time counts from when the daemon is there: a clock that jumps must not jump before.
        try await daemon.serve {
            clock.beginActivity()
            Task { [clock] in
                defer { clock.endActivity() }
                try await clock.sleep(for: time)
                daemon.stop()
            }
        }
    }

    @Test func `over a day of restarts each instant has one end, and no run is lost or doubled`() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let ledger = try await ScheduleLedger.open(folder: folder)
        let start = clock.now
        try await add("often", "cron */10 * * * *", [:], ledger)
        try await add("hourly", "cron 0 * * * *", ["catch_up": "all", "jitter": .integer(600_000_000_000)], ledger)
        try await add("long", "cron 30 * * * *", ["overlap": "queue"], ledger)
        var dice = RandomCron(seed: 5)
        while clock.now - start < .seconds(86_400) {
            try await serve(ledger, for: .seconds(.random(in: 1...7200, using: &dice)))
            // Nobody is there for a while.
            clock.advance(by: .seconds(.random(in: 0...1800, using: &dice)))
        }
        try await serve(ledger, for: .seconds(120))
        let end = clock.now
        for record in try await ledger.schedules() {
            let planned = try PlannedSchedule(record, zones: ZoneCatalog())
            let expected = planned.recurrence.instants(after: start, in: .utc).prefix { planned.start(of: $0) <= end }
            let rows = try await ledger.occurrences(of: record.id, limit: 1000)
            let known = rows.map(\.key.instant)
            #expect(known == known.sorted().reversed() && Set(known).count == known.count)
            #expect(Set(known).symmetricDifference(expected) == [], "\(record.definition.name), until \(end)")
            let ran = rows.filter { $0.state == .run(word: "done") }
            #expect(ran.count > 3 && ran.allSatisfy { $0.attempts == 1 })
            #expect(ran.allSatisfy { row in journal.state.withLock { $0.ended.contains(row.run ?? "") } })
            #expect(Set(ran.compactMap(\.run)).count == ran.count)
            // What is not over is the newest: it waits for the next daemon.
            #expect(rows.filter { $0.state == .waiting || $0.state == .running }.count <= 11)
            // Each that was missed is in one message, whoever noticed it.
            let missed = rows.filter { $0.state == .skipped(.daemonDown) || $0.state == .skipped(.missed) }
            let notices = try await notices(ledger).filter { $0.schedule == record.definition.name }
            #expect(notices.allSatisfy { $0.kind == .missed })
            #expect(notices.reduce(0) { $0 + $1.count } == missed.reduce(0) { $0 + $1.count })
            if record.definition.name == "hourly" { #expect(!rows.contains { $0.state == .skipped(.daemonDown) }) }
        }
        // Each run that ended is in the ledger.
        let ended = journal.state.withLock { $0.ended }
        var told: Set<String> = []
        for record in try await ledger.schedules() {
            told.formUnion(try await ledger.occurrences(of: record.id, limit: 1000).compactMap(\.run))
        }
        #expect(ended.isSubset(of: told))
    }

    @Test func `a changed script is skipped, pauses its schedule, and what another command says is seen`() async throws
    {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let ledger = try await ScheduleLedger.open(folder: folder)
        try await add("changed", "cron 0 * * * *", [:], ledger)
        try await serve(ledger, for: .seconds(3700), lost: ["changed"])
        let record = try await ledger.schedule("changed")
        #expect(record.state == .paused(reason: "the script was changed"))
        #expect(try await ledger.occurrences(of: record.id, limit: 5).map(\.state) == [.skipped(.approval)])
        #expect(journal.state.withLock { $0.begun.isEmpty })
        try await ledger.resume("changed", at: clock.now)
        try await serve(ledger, for: .seconds(4000))
        #expect(try await ledger.schedule("changed").last?.word == "done")
    }

    @Test(arguments: [Int.max, 2])
    func `a simulation tells what a daemon does`(_ atOnce: Int) async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let ledger = try await ScheduleLedger.open(folder: folder)
        let start = clock.now
        try await add("often", "cron */10 * * * *", ["blackouts": ["06:00-07:30"]], ledger)
        try await add("hourly", "cron 0 * * * *", ["overlap": "queue", "jitter": .integer(600_000_000_000)], ledger)
        try await add("steady", "every 7m from 2026-01-01T00:03Z", ["overlap": "replace"], ledger)
        try await add("long", "cron 30 * * * *", ["overlap": "replace"], ledger)
        // No two end at the same time: who is first then is nobody's promise.
        let length = { @Sendable (name: String) -> Duration in
            .seconds(["often": 251, "hourly": 263, "steady": 277][name] ?? 4211)
        }
        try await serve(ledger, for: .seconds(86_400), atOnce: atOnce, length: length)
        let records = try await ledger.schedules()
        let simulated = ScheduleSimulation(
            try records.map { try PlannedSchedule($0, zones: ZoneCatalog()) },
            length: { length($0.name) }, atOnce: atOnce
        ).run(from: start, to: clock.now)
        // What is not over by then is left out.
        let end = start + .seconds(80_000)
        for record in records {
            let done = try await ledger.occurrences(of: record.id, limit: 1000).filter { $0.key.instant < end }
                .reversed()
            let real = done.map { row in
                switch row.state {
                case .run(let word): "\(row.key.instant - start) \(word) \((row.begun ?? start) - start)"
                case .skipped(let reason): "\(row.key.instant - start) \(reason.rawValue)"
                default: "\(row)"
                }
            }
            let told = simulated.events.filter { $0.schedule == record.definition.name && $0.instant < end }
                .sorted { $0.instant < $1.instant }.map { event in
                    switch event.kind {
                    case .run(_, let wasStopped):
                        "\(event.instant - start) \(wasStopped ? "interrupted" : "done") \(event.at - start)"
                    case .skipped(let reason): "\(event.instant - start) \(reason.rawValue)"
                    }
                }
            let difference = zip(real, told).first { $0 != $1 }
            #expect(
                real.count > 20 && real.count == told.count && difference == nil,
                "\(record.definition.name): \(real.count), \(told.count), \(String(describing: difference))")
        }
    }

    @Test func `failures, retries, the pause after them and the recovery are told`() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let ledger = try await ScheduleLedger.open(folder: folder)
        let start = clock.now
        try await add("frail", "cron 0 * * * *", ["retries": 1, "pause_after": 2], ledger)
        let failed = AttemptEnd(word: "failed", verdict: .failed)
        journal.state.withLock { $0.ends = [failed, failed] }
        try await serve(ledger, for: .seconds(2 * 3600 + 1800))
        let kinds = journal.state.withLock { $0.told.map(\.kind) }
        let retry = start + .seconds(3600 + 240 + 60)
        let expected: [DaemonEvent.Kind] = [
            .begun, .retrying(word: "failed", due: retry, isTimeout: false), .begun,
            .ended(word: "failed", verdict: .failure), .begun, .ended(word: "done", verdict: .success),
            .recovered(failures: 1),
        ]
        #expect(kinds == expected)
        #expect(journal.state.withLock { $0.told.allSatisfy { $0.schedule == "frail" && $0.run != nil } })
        #expect(journal.state.withLock { $0.told[3].took } == .seconds(240))
        #expect(try await notices(ledger).map(\.kind) == [.failure, .recovery])
        journal.state.withLock { ($0.told, $0.ends) = ([], [failed, failed, failed, failed]) }
        try await serve(ledger, for: .seconds(4 * 3600))
        #expect(try await ledger.schedule("frail").state == .paused(reason: "2 failures in a row"))
        #expect(journal.state.withLock { $0.told.contains { $0.kind == .paused(reason: "2 failures in a row") } })
        let told = try await notices(ledger).dropFirst(2)
        #expect(told.map(\.kind) == [.failure, .failure] && told.map(\.paused) == [nil, "2 failures in a row"])
    }

    @Test func `a schedule that is armed and cannot be served is told, once`() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let ledger = try await ScheduleLedger.open(folder: folder)
        try await add("well", "cron 0 * * * *", [:], ledger)
        try await add("newer", "cron 0 * * * *", ["from_the_future": true], ledger)
        try await serve(ledger, for: .seconds(1800))
        let told = journal.state.withLock(\.told)
        #expect(told.map(\.schedule) == ["newer"])
        #expect(told.first?.kind == .idle(reason: "newer: its policies are those of another version"))
        #expect(try await notices(ledger).map(\.kind) == [.idle])
    }

    @Test func `what is asked for beside the plan runs, and so many at once as may be`() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let ledger = try await ScheduleLedger.open(folder: folder)
        for name in ["a", "b", "c", "d", "e"] {
            try await add(name, "cron 0 5 * * *", [:], ledger)
            try await ledger.request(name, at: clock.now)
        }
        try await serve(ledger, for: .seconds(3600), atOnce: 2)
        #expect(journal.state.withLock { $0.ended.count } == 5 && journal.state.withLock(\.most) == 2)
        for record in try await ledger.schedules() { #expect(record.last?.word == "done") }
        // The plan is what it was.
        try await serve(ledger, for: .seconds(5 * 3600), atOnce: 2)
        #expect(journal.state.withLock { $0.ended.count } == 10)
    }

    @Test func `what waits for a schedule that was paused before the daemon came is skipped`() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let ledger = try await ScheduleLedger.open(folder: folder)
        try await add("asked", "cron 0 5 * * *", [:], ledger)
        let key = try await ledger.request("asked", at: clock.now)
        try await ledger.pause("asked", reason: "by hand", at: clock.now)
        try await serve(ledger, for: .seconds(3600))
        #expect(try await ledger.occurrence(key)?.state == .skipped(.paused))
        #expect(journal.state.withLock { $0.begun.isEmpty })
    }

    @Test func `of two daemons one serves`() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let ledgers = [
            try await ScheduleLedger.open(folder: folder), try await ScheduleLedger.open(folder: folder),
        ]
        let lease = try await ledgers[0].lease(at: clock.now, lasting: .seconds(60))
        let error = await #expect(throws: StoreError.self) { try await serve(ledgers[1], for: .seconds(1)) }
        #expect(error?.code == .leaseHeld)
        try await ledgers[0].release(lease)
        try await serve(ledgers[1], for: .seconds(1))
    }
}
