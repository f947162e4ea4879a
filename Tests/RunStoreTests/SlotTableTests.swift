import Clocks
import IwinvWire
@testable import RunStore
import TestSupport
import Testing

func terms(_ limit: Int, open: Int? = nil) -> BudgetTerms {
    BudgetTerms(limit: limit, openToSchedules: open ?? limit, window: .seconds(60), longestAttempt: .seconds(90))
}

func holder(_ number: Int, namespace: UInt64 = 1) -> BudgetHolder {
    BudgetHolder(namespace: namespace, pid: Int32(number), started: 1, instance: 1)
}

@Suite struct SlotTableTests {
    private func demand(_ wanted: Int, run: String = "a", isSchedule: Bool = false) -> BudgetDemand {
        BudgetDemand(run: run, isSchedule: isSchedule, wanted: wanted)
    }

    private func sent(_ grants: [Int64], _ second: Int) -> [BudgetReturn] {
        grants.map { BudgetReturn(grant: $0, outcome: .sent, at: .seconds(second)) }
    }

    @Test func `sixty leave at once, the next a minute after the first reply`() {
        var table = SlotTable(terms: terms(60))
        let burst = table.serve(demand(61), of: holder(1), at: .seconds(100))
        #expect(burst.grants.count == 60 && burst.lookAgain == .seconds(160))
        #expect(table.remaining(at: .seconds(101)) == 0 && table.nextFree(at: .seconds(101)) == nil)
        table.give(back: sent(Array(burst.grants.prefix(1)), 103), from: holder(1))
        #expect(table.nextFree(at: .seconds(110)) == nil)  // That one is for the ticket that waits.
        let early = table.serve(demand(1), of: holder(1), at: .seconds(160))
        #expect(early.grants.isEmpty && early.lookAgain == .seconds(163))
        let next = table.serve(demand(1), of: holder(1), at: .seconds(163))
        #expect(next.grants.count == 1 && next.lookAgain == nil && table.tickets.isEmpty)
    }

    @Test func `runs that wait share what comes free, however many each wants`() {
        var table = SlotTable(terms: terms(6))
        let first = table.serve(demand(6, run: "first"), of: holder(9), at: .seconds(0))
        table.give(back: sent(first.grants, 0), from: holder(9))
        for number in 1...3 {
            _ = table.serve(demand(number == 1 ? 200 : 2), of: holder(number), at: .seconds(number))
        }
        let shares = (1...3).map {
            table.serve(demand($0 == 1 ? 200 : 2), of: holder($0), at: .seconds(60)).grants.count
        }
        #expect(shares == [2, 2, 2])
    }

    @Test func `who is stopped when its turn comes is passed over after a moment`() {
        var table = SlotTable(terms: terms(2))
        let first = table.serve(demand(2), of: holder(9), at: .zero)
        table.give(back: sent(first.grants, 0), from: holder(9))
        _ = table.serve(demand(2), of: holder(1), at: .seconds(1))
        _ = table.serve(demand(2), of: holder(2), at: .seconds(1))
        let second = table.serve(demand(2), of: holder(2), at: .seconds(60))
        #expect(second.grants.count == 1 && second.lookAgain == .seconds(61) + .nanoseconds(1))
        #expect(table.serve(demand(1), of: holder(2), at: .seconds(61) + .nanoseconds(1)).grants.count == 1)
    }

    @Test func `a slot that comes free before a sleeper wakes is there for who is awake`() {
        var table = SlotTable(terms: terms(2))
        let first = table.serve(demand(2), of: holder(9), at: .zero)
        let wait = table.serve(demand(1), of: holder(1), at: .zero)
        #expect(wait.lookAgain == .seconds(60))
        table.give(back: [BudgetReturn(grant: first.grants[0], outcome: .notSent, at: .seconds(1))], from: holder(9))
        #expect(table.serve(demand(1), of: holder(2), at: .seconds(2)).grants.count == 1)
    }

    @Test func `schedules leave six slots, and a person does not take those first`() {
        var table = SlotTable(terms: terms(60, open: 54))
        #expect(table.serve(demand(10), of: holder(1), at: .zero).grants.count == 10)
        #expect(table.serve(demand(99, isSchedule: true), of: holder(2), at: .zero).grants.count == 44)
        #expect(table.remaining(at: .zero) == 6)
        #expect(table.serve(demand(7, run: "b"), of: holder(1), at: .zero).grants.count == 6)
    }

    @Test func `a 429 stops everybody, for five minutes at most`() {
        var table = SlotTable(terms: terms(3))
        let grants = table.serve(demand(2), of: holder(1), at: .zero).grants
        let limited = { BudgetReturn(grant: grants[$0], outcome: .limited(retryAfter: $1), at: .seconds(10)) }
        table.give(back: [limited(0, .seconds(90))], from: holder(1))
        #expect(table.remaining(at: .seconds(99)) == 0 && table.nextFree(at: .seconds(50)) == .seconds(50))
        let other = table.serve(demand(1), of: holder(2), at: .seconds(20))
        #expect(other.grants.isEmpty && other.lookAgain == .seconds(100))
        table.give(back: [limited(1, .seconds(1 << 31))], from: holder(1))
        #expect(table.block == RequestBlock(until: .seconds(310), wish: .seconds(1 << 31)))
        table.liftBlock()
        #expect(table.nextFree(at: .seconds(50)) == .zero)
    }

    @Test func `the dead leave the line at once, and their slots a minute after it was noticed`() {
        var table = SlotTable(terms: terms(2))
        let both = table.serve(demand(3), of: holder(1), at: .zero).grants
        #expect(both.count == 2 && table.tickets.count == 1)
        table.bury(at: .seconds(5)) { $0 == holder(1) ? .dead : .alive }
        #expect(table.tickets.isEmpty && table.nextFree(at: .seconds(5)) == .seconds(60))
        // A reply that comes after all changes nothing.
        table.give(back: sent(both, 6), from: holder(1))
        #expect(table.nextFree(at: .seconds(6)) == .seconds(59))
    }

    @Test func `who is out of sight keeps its slot as long as its request can take`() {
        var table = SlotTable(terms: terms(1))
        _ = table.serve(demand(1), of: holder(1, namespace: 2), at: .zero)
        table.bury(at: .seconds(89)) { _ in .outOfSight }
        #expect(table.nextFree(at: .seconds(89)) == nil)
        table.bury(at: .seconds(95)) { _ in .outOfSight }
        #expect(table.nextFree(at: .seconds(95)) == .seconds(55))
    }

    @Test func `after a restart of the machine all is free a minute from its start`() {
        var table = SlotTable(terms: terms(2))
        _ = table.serve(demand(3), of: holder(1), at: .seconds(100_000))
        table.restart()
        #expect(table.tickets.isEmpty && table.remaining(at: .seconds(59)) == 0)
        #expect(table.nextFree(at: .seconds(20)) == .seconds(40) && table.remaining(at: .seconds(60)) == 2)
    }

    @Test func `a process with a lower limit counts the slots of one with a higher`() {
        var table = SlotTable(terms: terms(6))
        let grants = table.serve(demand(6), of: holder(1), at: .zero).grants
        table.give(back: sent(grants, 1), from: holder(1))
        table.terms = terms(4)
        #expect(table.remaining(at: .seconds(60)) == 0 && table.remaining(at: .seconds(61)) == 4)
        table.slots[0]?.readyAt = .seconds(200)
        table.slots[5]?.readyAt = .seconds(100)
        #expect(table.remaining(at: .seconds(99)) == 2 && table.remaining(at: .seconds(100)) == 3)
    }

    /// Processes come, wait, die, move out of sight and are told 429, and the server counts each request at a random instant
    /// between its sending and its reply, or its sender's death.
    @Test(arguments: 0..<30) func `no window holds more than the limit, as the server counts`(_ seed: UInt64) throws {
        var dice = Dice(state: seed)
        let limit = Int.random(in: 1...9, using: &dice)
        var table = SlotTable(terms: terms(limit, open: Int.random(in: 1...limit, using: &dice)))
        var now = Duration.seconds(Int64.random(in: 0...1000, using: &dice))
        struct Request { var grant: Int64, holder: BudgetHolder, start: Duration }
        var open: [Request] = []
        var dead: Set<BudgetHolder> = []
        var counted: [Duration] = []
        var processes = (1...4).map { holder($0) }
        for step in 0..<700 {
            now += .milliseconds(Int64.random(in: 0...6000, using: &dice))
            let who = Int.random(in: processes.indices, using: &dice)
            table.bury(at: now) { dead.contains($0) ? .dead : .alive }
            if dice.next() % 60 == 0 {  // One is killed; some of what it sent arrives all the same.
                for request in open where request.holder == processes[who] {
                    let span = (now - request.start).wholeNanoseconds
                    counted.append(request.start + .nanoseconds(Int64.random(in: 0...span, using: &dice)))
                }
                open.removeAll { $0.holder == processes[who] }
                dead.insert(processes[who])
                processes[who] = holder(100 + step)
            }
            if !open.isEmpty, dice.next() % 3 != 0 {
                let done = open.remove(at: Int.random(in: open.indices, using: &dice))
                let outcome: BudgetReturn.Outcome =
                    switch dice.next() % 30 {
                    case 0: .notSent
                    case 1: .limited(retryAfter: .seconds(7))
                    default: .sent
                    }
                table.give(back: [BudgetReturn(grant: done.grant, outcome: outcome, at: now)], from: done.holder)
                if outcome != .notSent {
                    let span = (now - done.start).wholeNanoseconds
                    counted.append(done.start + .nanoseconds(Int64.random(in: 0...span, using: &dice)))
                }
            }
            let wish = demand(
                Int.random(in: 0...5, using: &dice), run: "\(dice.next() % 2)", isSchedule: dice.next() % 3 == 0)
            let wasBlocked = table.block.until > now
            let promised = table.nextFree(at: now)
            let isAlone = table.tickets.isEmpty
            let (grants, lookAgain) = table.serve(wish, of: processes[who], at: now)
            if wasBlocked, !grants.isEmpty { Issue.record("granted while blocked") }
            if let lookAgain, lookAgain <= now { Issue.record("nothing to sleep for") }
            if grants.count < wish.wanted, lookAgain == nil { Issue.record("nobody says when") }
            if isAlone, promised == .zero, wish.wanted > 0, !wish.isSchedule, grants.isEmpty {
                Issue.record("a free slot was not granted")
            }
            open += grants.map { Request(grant: $0, holder: processes[who], start: now) }
        }
        counted.sort()
        for (index, instant) in counted.enumerated() where index >= limit {
            #expect(instant - counted[index - limit] >= .seconds(60))
        }
        #expect(counted.count > 5 * limit)
    }
}
