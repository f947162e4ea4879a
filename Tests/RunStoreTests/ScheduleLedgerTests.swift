import Clocks
import Foundation
import GRDB
import IwinvCatalog
import RunStore
import Synchronization
import Testing

@Suite struct ScheduleLedgerTests {
    private let scratch = Scratch()
    private let now = Instant(seconds: 1_800_000_000)

    private func definition(_ name: String) -> ScheduleDefinition {
        ScheduleDefinition(
            name: name, recurrence: "cron 0 4 * * SUN", zone: "Asia/Seoul", script: "/srv/reboot.lua", text: "f00",
            approval: "a123", policy: ["retries": 2], options: ["profile": "prod"])
    }

    private func key(_ schedule: ScheduleRecord, _ seconds: Int) -> OccurrenceKey {
        OccurrenceKey(schedule: schedule.id, instant: now + .seconds(seconds))
    }

    @Test func `a schedule is kept, paused, let go on and taken away`() async throws {
        let ledger = try await ScheduleLedger.open(folder: scratch.path)
        let added = try await ledger.add(definition("weekly"), at: now)
        #expect(try await ledger.schedule("weekly") == added && added.cursor == now && added.state == .active)
        let twice = await #expect(throws: StoreError.self) { try await ledger.add(definition("weekly"), at: now) }
        #expect(twice?.code == .scheduleExists)
        let before = try await ledger.revision()
        #expect(try await ledger.pause("weekly", reason: "by hand", at: now + .seconds(1)))
        #expect(try await !ledger.pause("weekly", reason: "again", at: now + .seconds(2)))
        #expect(try await ledger.schedule("weekly").state == .paused(reason: "by hand"))
        #expect(try await ledger.revision() > before)
        let passed = OccurrenceChange.skipped(key(added, 5), .paused, through: now + .seconds(7), count: 3)
        #expect(try await ledger.resume("weekly", skipping: [passed], at: now + .seconds(9)))
        #expect(try await ledger.schedule("weekly").cursor == now + .seconds(9))
        #expect(try await ledger.occurrences(of: added.id, limit: 5).map(\.count) == [3])
        let other = try await ledger.add(definition("weekly"), replacing: true, at: now + .seconds(10))
        #expect(try await ledger.schedules() == [other] && other.id != added.id)
        #expect(try await ledger.occurrences(of: added.id, limit: 5).map(\.count) == [3])
        try await ledger.remove("weekly", at: now)
        let gone = await #expect(throws: StoreError.self) { try await ledger.schedule("weekly") }
        #expect(gone?.code == .unknownSchedule)
        // The name is free again, for another schedule.
        #expect(try await ledger.add(definition("weekly"), at: now).id != added.id)
        #expect(try await ledger.schedules().count == 1)
    }

    @Test func `many schedules are read in pages, and the newest instants of some of them at once`() async throws {
        let ledger = try await ScheduleLedger.open(folder: scratch.path)
        let lease = try await ledger.lease(at: now, lasting: .seconds(30))
        var added: [ScheduleRecord] = []
        for name in ["d", "b", "a", "c"] { added.append(try await ledger.add(definition(name), at: now)) }
        for schedule in added {
            let changes = (1...5).map { seconds in
                OccurrenceChange.skipped(
                    key(schedule, seconds), .overlap, through: now + .seconds(seconds), count: 1)
            }
            _ = try await ledger.record(changes, under: lease, at: now + .seconds(15))
        }
        try await ledger.remove("c", at: now)
        #expect(try await ledger.count() == 3)
        #expect(try await ledger.schedules(limit: 2, offset: 0).map(\.definition.name) == ["a", "b"])
        #expect(try await ledger.schedules(limit: 2, offset: 2).map(\.definition.name) == ["d"])
        #expect(try await ledger.schedule(id: added[0].id)?.definition.name == "d")
        #expect(try await ledger.schedule(id: added[3].id) == nil)
        let newest = try await ledger.newestOccurrences(of: [added[0].id, added[1].id], each: 2)
        #expect(newest.count == 2)
        #expect(newest[added[1].id]?.map(\.key) == [key(added[1], 5), key(added[1], 4)])
        #expect(try await ledger.newestOccurrences(of: [], each: 2).isEmpty)
    }

    @Test func `an occurrence goes from its claim to its end`() async throws {
        let ledger = try await ScheduleLedger.open(folder: scratch.path)
        let schedule = try await ledger.add(definition("weekly"), at: now)
        let lease = try await ledger.lease(at: now, lasting: .seconds(30))
        let (ran, skipped) = (key(schedule, 10), key(schedule, 20))
        func record(_ changes: OccurrenceChange...) async throws -> Set<OccurrenceKey> {
            try await ledger.record(changes, under: lease, at: now + .seconds(15))
        }
        #expect(try await record(.claimed(ran, due: now + .seconds(12), isCaughtUp: false)).isEmpty)
        #expect(try await ledger.schedule("weekly").cursor == ran.instant)
        #expect(
            try await record(
                .claimed(ran, due: now, isCaughtUp: true),
                .skipped(skipped, .overlap, through: skipped.instant, count: 1)) == [ran])
        #expect(
            try await record(.begun(ran, run: "r1"), .retried(ran, due: now + .seconds(30), isTimeout: true)).isEmpty)
        // It was tried: it cannot be skipped any more.
        #expect(try await record(.skipped(ran, .paused, through: ran.instant, count: 1)) == [ran])
        #expect(try await record(.begun(ran, run: "r2")).isEmpty)
        let open = try await ledger.openOccurrences()
        #expect(open.map(\.key) == [ran] && open[0].attempts == 2 && open[0].timeouts == 1 && open[0].run == "r2")
        #expect(open[0].state == .running && !open[0].isCaughtUp && open[0].begun == now + .seconds(15))
        #expect(try await record(.ended(ran, word: "failed", verdict: .failure)).isEmpty)
        let record = try await ledger.schedule("weekly")
        // The newest instant's end, not the last that was written.
        #expect(record.failures == 1 && record.last?.word == "overlap" && record.last?.instant == skipped.instant)
        let all = try await ledger.occurrences(of: schedule.id, limit: 10)
        #expect(all.map(\.state) == [.skipped(.overlap), .run(word: "failed")])
    }

    @Test func `a clock that was set back keeps nobody waiting for a container that is gone`() async throws {
        let first = try await ScheduleLedger.open(folder: scratch.path)
        let second = try await ScheduleLedger.open(folder: scratch.path, holder: .make()) { _ in .outOfSight }
        _ = try await first.lease(at: now, lasting: .seconds(30))
        let held = await #expect(throws: StoreError.self) {
            try await second.lease(at: now + .seconds(10), lasting: .seconds(30))
        }
        #expect(held?.code == .leaseHeld && held?.detail == "in another container; if it is gone, try again in 21 s")
        _ = try await second.lease(at: now + .seconds(-86_400), lasting: .seconds(30))
    }

    @Test func `a daemon that was taken over from writes nothing more`() async throws {
        let holders = (BudgetHolder.make(), BudgetHolder.make())
        let lost = LostHolders()
        let first = try await ScheduleLedger.open(folder: scratch.path, holder: holders.0) { lost.fate(of: $0) }
        let second = try await ScheduleLedger.open(folder: scratch.path, holder: holders.1) { lost.fate(of: $0) }
        let schedule = try await first.add(definition("weekly"), at: now)
        var lease = try await first.lease(at: now, lasting: .seconds(30))
        lease = try await first.renew(lease, at: now + .seconds(20), lasting: .seconds(30))
        let held = await #expect(throws: StoreError.self) {
            try await second.lease(at: now + .seconds(40), lasting: .seconds(30))
        }
        #expect(held?.code == .leaseHeld)
        #expect(try await second.isServed(at: now + .seconds(40)))
        #expect(try await !second.isServed(at: now + .seconds(60)))
        // Its process has died.
        lost.bury(holders.0)
        let taken = try await second.lease(at: now + .seconds(41), lasting: .seconds(30))
        #expect(taken.epoch == lease.epoch + 1)
        let old = lease
        let late = await #expect(throws: StoreError.self) {
            try await first.record([.claimed(key(schedule, 1), due: now, isCaughtUp: false)], under: old, at: now)
        }
        #expect(late?.code == .leaseLost)
        #expect(
            try await second.record([.claimed(key(schedule, 1), due: now, isCaughtUp: false)], under: taken, at: now)
                .isEmpty)
        try await second.release(taken)
        #expect(try await first.lease(at: now + .seconds(42), lasting: .seconds(30)).epoch == taken.epoch + 1)
    }

    @Test func `of many who claim an instant at once one does`() async throws {
        let ledgers = [
            try await ScheduleLedger.open(folder: scratch.path), try await ScheduleLedger.open(folder: scratch.path),
        ]
        let schedule = try await ledgers[0].add(definition("weekly"), at: now)
        let lease = try await ledgers[0].lease(at: now, lasting: .seconds(30))
        let claims = try await withThrowingTaskGroup(of: Int.self) { group in
            for index in 0..<40 {
                group.addTask {
                    let key = key(schedule, index / 4)
                    let refused = try await ledgers[index % 2].record(
                        [.claimed(key, due: now, isCaughtUp: false)], under: lease, at: now)
                    return refused.isEmpty ? 1 : 0
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(claims == 10)
    }

    @Test func `a run is asked for beside the plan, and the plan stays what it was`() async throws {
        let ledger = try await ScheduleLedger.open(folder: scratch.path)
        let schedule = try await ledger.add(definition("weekly"), at: now)
        let revision = try await ledger.revision()
        let asked = now + .seconds(5)
        let first = try await ledger.request("weekly", at: asked)
        // At the same instant: it is another one.
        let second = try await ledger.request("weekly", at: asked)
        #expect(first.instant == asked && second.instant == asked + .nanoseconds(1))
        #expect(try await ledger.openOccurrences().map(\.key) == [first, second])
        #expect(try await ledger.schedule("weekly").cursor == schedule.cursor)
        #expect(try await ledger.revision() == revision + 2)
        try await ledger.pause("weekly", reason: "by hand", at: asked)
        let refused = await #expect(throws: StoreError.self) { try await ledger.request("weekly", at: asked) }
        #expect(refused?.code == .schedulePaused)
    }

    @Test func `what is old and over goes, but for the newest hundred and what is open`() async throws {
        let ledger = try await ScheduleLedger.open(folder: scratch.path)
        let schedule = try await ledger.add(definition("weekly"), at: now)
        let lease = try await ledger.lease(at: now, lasting: .seconds(30))
        let changes = (0..<150).map { index in
            OccurrenceChange.skipped(key(schedule, index), .missed, through: key(schedule, index).instant, count: 1)
        }
        _ = try await ledger.record(changes, under: lease, at: now)
        _ = try await ledger.record([.claimed(key(schedule, -1), due: now, isCaughtUp: true)], under: lease, at: now)
        try await ledger.prune(before: now + .seconds(20))
        #expect(try await ledger.occurrences(of: schedule.id, limit: 1000).count == 131)
        try await ledger.prune(before: now + .seconds(1000))
        #expect(try await ledger.occurrences(of: schedule.id, limit: 1000).count == 101)
        #expect(try await ledger.openOccurrences().count == 1)
    }

    @Test func `a file of the first version is read, and a newer one is refused`() async throws {
        let fixture = try #require(
            Bundle.module.url(forResource: "schedules-1", withExtension: "sql", subdirectory: "schemas"))
        try FileManager.default.createDirectory(atPath: scratch.path, withIntermediateDirectories: true)
        let file = try DatabaseQueue(path: scratch.path + "/schedules.sqlite")
        try await file.write { db in try db.execute(sql: String(contentsOf: fixture, encoding: .utf8)) }
        let ledger = try await ScheduleLedger.open(folder: scratch.path)
        let schedule = try await ledger.schedule("weekly")
        #expect(schedule.definition == definition("weekly") && schedule.last?.run == "r1")
        #expect(try await ledger.openOccurrences().map(\.state) == [.waiting])
        #expect(try await ledger.lease(at: now, lasting: .seconds(1)).epoch == 4)
        try await file.write { db in
            try db.execute(sql: "INSERT INTO grdb_migrations (identifier) VALUES ('from-the-future')")
        }
        let newer = await #expect(throws: StoreError.self) { try await ScheduleLedger.open(folder: scratch.path) }
        #expect(newer?.code == .newer)
    }
}

/// Who has died.
private final class LostHolders: Sendable {
    private let dead = Mutex<Set<BudgetHolder>>([])

    func bury(_ holder: BudgetHolder) { dead.withLock { _ = $0.insert(holder) } }
    func fate(of holder: BudgetHolder) -> BudgetHolder.Fate {
        dead.withLock { $0.contains(holder) } ? .dead : .alive
    }
}
