import Clocks
import IwinvClient
import TestSupport
import Testing

@Suite struct BudgetQuotaTests {
    @Test func `a quota is written as requests, or requests in seconds`() {
        #expect(BudgetQuota("60/60") == .iwinv && BudgetQuota("60") == .iwinv)
        #expect(BudgetQuota("20/0.5") == BudgetQuota(limit: 20, window: .milliseconds(500)))
        #expect("\(BudgetQuota.iwinv)" == "60/60" && BudgetQuota("20/0.5").map { "\($0)" } == "20/0.5")
    }

    @Test(arguments: [
        "", "/", "60/", "/60", "0", "-1", "60/0", "60/-1", "1e3", "60/60/60", "٣", "99999", "5/nan", " 60",
    ])
    func `anything else is no quota`(_ text: String) {
        #expect(BudgetQuota(text) == nil)
    }

    @Test func `schedules leave six slots, a tenth of fewer, and have at least one`() {
        let open = [1, 2, 5, 10, 11, 59, 60, 100].map { BudgetQuota(limit: $0, window: .seconds(1)).openToSchedules }
        #expect(open == [1, 1, 4, 9, 9, 53, 54, 94])
    }
}

@Suite struct BudgetLineTests {
    /// The slots that are granted to whom, when everybody who may go goes at once.
    private struct Desk {
        var line: BudgetLine
        var now = Duration.seconds(1000)
        var names: [UInt64: String] = [:]
        var open: [BudgetSlot] = []
        var served: [String] = []

        init(limit: Int) {
            line = BudgetLine(BudgetQuota(limit: limit, window: .seconds(60)))
        }

        mutating func enter(_ run: String, _ priority: BudgetClaimant.Priority = .person) {
            names[line.enter(BudgetClaimant(run: run, priority: priority), at: now)] = run
        }

        mutating func serve() {
            for id in names.keys.sorted() {
                guard case .goes(let slot) = line.look(id, at: now) else { continue }
                open.append(slot)
                served.append(names.removeValue(forKey: id) ?? "")
            }
        }

        mutating func answer() {
            for slot in open { _ = line.release(slot, .answered, at: now) }
            open = []
        }
    }

    @Test func `a newcomer waits for one request of a crowd, not for the crowd`() {
        var desk = Desk(limit: 2)
        for _ in 0..<10 { desk.enter("crowd") }
        desk.serve()
        desk.answer()
        desk.enter("late")
        desk.now += .seconds(60)
        desk.serve()
        #expect(desk.served.sorted() == ["crowd", "crowd", "crowd", "late"])
    }

    @Test func `a run that comes again and again takes turns with a crowd`() {
        var desk = Desk(limit: 1)
        for _ in 0..<4 { desk.enter("crowd") }
        desk.serve()
        desk.answer()
        for _ in 0..<4 {
            if !desk.names.values.contains("again") { desk.enter("again") }
            desk.now += .seconds(60)
            desk.serve()
            desk.answer()
        }
        #expect(desk.served == ["crowd", "again", "crowd", "again", "crowd"])
    }

    @Test func `schedules fill all but six slots, and a person finds those six`() {
        var desk = Desk(limit: 60)
        for _ in 0..<70 { desk.enter("night", .schedule) }
        desk.serve()
        #expect(desk.served.count == 54 && desk.line.window.remaining(at: desk.now) == 6)
        for _ in 0..<7 { desk.enter("person") }
        desk.serve()
        #expect(desk.served.count { $0 == "person" } == 6)
        desk.answer()
        desk.now += .seconds(60)
        desk.serve()
        #expect(desk.served.count { $0 == "person" } == 7 && desk.served.count { $0 == "night" } == 70)
    }

    @Test func `a person takes the slots that are open to all first`() {
        var desk = Desk(limit: 60)
        for _ in 0..<10 { desk.enter("person") }
        desk.serve()
        for _ in 0..<60 { desk.enter("night", .schedule) }
        desk.serve()
        #expect(desk.served.count { $0 == "night" } == 44 && desk.line.window.remaining(at: desk.now) == 6)
    }

    @Test func `who gives up hands its promise on`() throws {
        var line = BudgetLine(BudgetQuota(limit: 1, window: .seconds(60)))
        let first = line.enter(.person, at: .zero)
        guard case .goes(let slot) = line.look(first, at: .zero) else { throw CancellationError() }
        let (second, third) = (line.enter(.person, at: .zero), line.enter(.person, at: .zero))
        #expect(line.look(second, at: .zero) == .waits)
        #expect(line.release(slot, .answered, at: .seconds(1)) == [second])
        #expect(line.look(second, at: .seconds(2)) == .sleeps(until: .seconds(61)))
        #expect(line.leave(second, at: .seconds(2)) == [third])
        #expect(line.look(third, at: .seconds(61)) == .goes(slot))
    }

    /// Whatever happens: a promise is only ever put off, no slot lies idle while somebody waits who may use it, and no window
    /// holds more than the limit, as the server counts.
    @Test(arguments: 0..<30) func `a random crowd keeps the rules`(_ seed: UInt64) throws {
        var dice = Dice(state: seed)
        let quota = BudgetQuota(limit: Int.random(in: 1...12, using: &dice), window: .seconds(60))
        var line = BudgetLine(quota)
        var now = Duration.seconds(Int64.random(in: 0...1000, using: &dice))
        var waiting: [UInt64: (claimant: BudgetClaimant, promise: Duration?)] = [:]
        var open: [(slot: BudgetSlot, start: Duration, isSchedule: Bool)] = []
        var counted: [Duration] = []
        var busySchedules: [Duration] = []
        for _ in 0..<600 {
            switch dice.next() % 8 {
            case 0...2 where waiting.count < 40:
                let claimant = BudgetClaimant(
                    run: "run\(dice.next() % 4)", priority: dice.next() % 3 == 0 ? .schedule : .person)
                waiting[line.enter(claimant, at: now)] = (claimant, nil)
            case 3 where !open.isEmpty:
                let done = open.remove(at: Int.random(in: open.indices, using: &dice))
                let span = (now - done.start).wholeNanoseconds
                let outcome: BudgetOutcome =
                    switch dice.next() % 20 {
                    case 0: .notSent
                    case 1: .limited(retryAfter: .seconds(5))
                    case 2: .failed
                    default: .answered
                    }
                if outcome != .notSent {
                    counted.append(done.start + .nanoseconds(Int64.random(in: 0...span, using: &dice)))
                    if done.isSchedule { busySchedules.append(now + quota.window) }
                }
                for id in line.release(done.slot, outcome, at: now) {
                    #expect(waiting[id] != nil)
                    waiting[id]?.promise = nil
                }
            case 4 where !waiting.isEmpty && dice.next() % 4 == 0:
                let id = try #require(waiting.keys.sorted().randomElement(using: &dice))
                waiting[id] = nil
                for id in line.leave(id, at: now) { waiting[id]?.promise = nil }
            default:
                now += .milliseconds(Int64.random(in: 0...9000, using: &dice))
            }
            for id in waiting.keys.sorted() {
                let before = waiting[id]?.promise
                switch line.look(id, at: now) {
                case .goes(let slot):
                    if let before, before > now { Issue.record("left before its promise") }
                    open.append((slot, now, waiting[id]?.claimant.priority == .schedule))
                    waiting[id] = nil
                case .sleeps(let instant):
                    if instant <= now || instant < before ?? now { Issue.record("a promise was drawn forward") }
                    waiting[id]?.promise = instant
                case .waits:
                    waiting[id]?.promise = nil
                    if waiting[id]?.claimant.priority == .person, line.window.nextFree(at: now) != nil {
                        Issue.record("a slot lies idle")
                    }
                }
            }
            let schedules = open.count { $0.isSchedule } + busySchedules.count { $0 > now }
            #expect(schedules <= quota.openToSchedules)
        }
        counted.sort()
        for (index, instant) in counted.enumerated() where index >= quota.limit {
            #expect(instant - counted[index - quota.limit] >= quota.window)
        }
    }
}
