import Clocks
import IwinvCatalog
import RunStore
import Testing

@Suite struct NoticeLedgerTests {
    private let scratch = Scratch()
    private let now = Instant(seconds: 1_800_000_000)

    private func open() async throws -> (ScheduleLedger, ScheduleRecord, ScheduleLease) {
        let ledger = try await ScheduleLedger.open(folder: scratch.path)
        let schedule = try await ledger.add(
            ScheduleDefinition(
                name: "weekly", recurrence: "cron 0 4 * * SUN", zone: "UTC", script: "/srv/x.lua", text: "f00",
                approval: "a1"), at: now)
        return (ledger, schedule, try await ledger.lease(at: now, lasting: .seconds(30)))
    }

    private func draft(_ name: String, _ schedule: ScheduleRecord, _ seconds: Int) -> NoticeDraft {
        NoticeDraft(
            key: name, schedule: schedule.id,
            occurrence: OccurrenceKey(schedule: schedule.id, instant: now + .seconds(seconds)),
            body: ["name": .string(name)])
    }

    @Test func `a notice is kept with its occurrence, once, and not if somebody else has seen to that`() async throws {
        let (ledger, schedule, lease) = try await open()
        func skip(_ seconds: Int) -> OccurrenceChange {
            let instant = now + .seconds(seconds)
            return .skipped(
                OccurrenceKey(schedule: schedule.id, instant: instant), .missed, through: instant, count: 1)
        }
        for _ in 0..<2 {
            _ = try await ledger.record([skip(1)], notices: [draft("one", schedule, 1)], under: lease, at: now)
        }
        // Seen to before, without a notice.
        _ = try await ledger.record([skip(2)], under: lease, at: now)
        let refused = try await ledger.record([skip(2)], notices: [draft("two", schedule, 2)], under: lease, at: now)
        #expect(refused.count == 1)
        #expect(try await ledger.newNotices().map(\.body) == [["name": "one"]])
        // All or nothing: a daemon that was taken over from keeps no notice either.
        let late = ScheduleLease(epoch: lease.epoch - 1, expires: lease.expires)
        await #expect(throws: StoreError.self) {
            _ = try await ledger.record([], notices: [draft("late", schedule, 3)], under: late, at: now)
        }
        #expect(try await ledger.newNotices().count == 1)
    }

    @Test func `each receiver is told in order, until it has it or it is given up`() async throws {
        let (ledger, schedule, lease) = try await open()
        let drafts = ["one", "two", "three"].enumerated().map { draft($1, schedule, $0) }
        _ = try await ledger.record([], notices: drafts, under: lease, at: now)
        let new = try await ledger.newNotices()
        try await ledger.address([new[0].number: ["a", "b"], new[1].number: ["a"], new[2].number: []], at: now)
        // Said twice, it is done once.
        try await ledger.address([new[0].number: ["a", "b", "c"]], at: now)
        #expect(try await ledger.newNotices().isEmpty)
        func waiting() async throws -> [String] {
            try await ledger.deliveries().map { "\($0.target) \($0.body["name"]?.stringValue ?? "") \($0.tries)" }
        }
        #expect(try await waiting() == ["a one 0", "b one 0"])
        let first = try await ledger.deliveries()
        #expect(Set(first.map(\.key)).count == 1 && first[0].key.hasSuffix("-one") && first[0].instant == now)
        try await ledger.postponed(first[0], until: now + .seconds(10))
        #expect(try await waiting() == ["a one 1", "b one 0"])
        #expect(try await ledger.deliveries()[0].due == now + .seconds(10))
        // Another process sees the same.
        let other = try await ScheduleLedger.open(folder: scratch.path)
        #expect(try await other.deliveries().map(\.key) == first.map(\.key))
        try await ledger.givenUp(first[0], at: now)
        try await ledger.sent(first[1], at: now)
        #expect(try await waiting() == ["a two 0"])
        // What is on its way is not taken away, whatever its age; the rest is.
        try await ledger.prune(before: now + .seconds(1))
        #expect(try await waiting() == ["a two 0"])
        try await ledger.sent(try await ledger.deliveries()[0], at: now)
        try await ledger.prune(before: now + .seconds(1))
        _ = try await ledger.record([], notices: [drafts[0]], under: lease, at: now)
        #expect(try await ledger.newNotices().count == 1)
    }
}
