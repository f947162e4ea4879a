import Clocks
@testable import IwinvClient
import IwinvWire
import Synchronization
import TestSupport
import Testing

@Suite struct SlidingWindowTests {
    /// Requests come at random, take at random long, and the server counts each at a random instant in between.
    @Test(arguments: 0..<20) func `no window holds more than the limit, as the server counts`(_ seed: UInt64) throws {
        var dice = Dice(state: seed)
        let limit = Int.random(in: 1...8, using: &dice)
        var window = SlidingWindow(BudgetQuota(limit: limit, window: .seconds(60)))
        var now = Duration.seconds(Int64.random(in: 0...100_000, using: &dice))
        var open: [(slot: BudgetSlot, end: Duration)] = []
        var counted: [Duration] = []
        var starts: [Duration] = []
        for _ in 0..<400 {
            now += .milliseconds(Int64.random(in: 0...8000, using: &dice))
            while window.nextFree(at: now) == nil {
                let next = try #require(open.indices.min { open[$0].end < open[$1].end })
                let done = open.remove(at: next)
                now = max(now, done.end)
                window.release(done.slot, dice.next() % 10 == 0 ? .failed : .answered, at: done.end)
            }
            let promised = try #require(window.nextFree(at: now))
            let wanted = window.reserve(at: now)
            let reservation = try #require(wanted)
            let start = max(now, window.start(of: reservation))
            #expect(start == now + promised)
            if dice.next() % 20 == 0 {
                window.cancel(reservation)
                continue
            }
            let end = start + .milliseconds(Int64.random(in: 0...90_000, using: &dice))
            starts.append(start)
            counted.append(
                start + .milliseconds(Int64.random(in: 0...((end - start).wholeNanoseconds / 1_000_000), using: &dice)))
            open.append((reservation.slot, end))
            open.sort { $0.end < $1.end }
            while let first = open.first, first.end <= now {
                window.release(first.slot, .answered, at: first.end)
                open.removeFirst()
            }
        }
        counted.sort()
        for (index, instant) in counted.enumerated() where index >= limit {
            #expect(instant - counted[index - limit] >= .seconds(60))
        }
    }

    @Test func `sixty at once, the next when a slot's minute after its reply is over`() throws {
        var window = SlidingWindow(BudgetQuota(limit: 60, window: .seconds(60)))
        let now = Duration.seconds(100)
        let burst = (0..<60).compactMap { _ in window.reserve(at: now) }
        #expect(burst.count == 60 && burst.allSatisfy { window.start(of: $0) <= now })
        #expect(window.reserve(at: now) == nil && window.remaining(at: now) == 0 && window.nextFree(at: now) == nil)
        window.release(burst[7].slot, .answered, at: .seconds(103))
        #expect(window.nextFree(at: .seconds(110)) == .seconds(53))
        window.release(burst[8].slot, .notSent, at: .seconds(104))
        #expect(window.remaining(at: .seconds(104)) == 1)
    }

    @Test func `those who come first are served first`() throws {
        var window = SlidingWindow(BudgetQuota(limit: 3, window: .seconds(60)))
        let first = (0..<3).compactMap { _ in window.reserve(at: .zero) }
        for (index, each) in first.enumerated() { window.release(each.slot, .answered, at: .seconds(10 - index)) }
        let starts = (0..<3).compactMap { _ in window.reserve(at: .zero) }.map { window.start(of: $0) }
        #expect(starts == [.seconds(68), .seconds(69), .seconds(70)])
    }

    @Test func `a 429 stops everybody, also those with a promise`() throws {
        var window = SlidingWindow(BudgetQuota(limit: 2, window: .seconds(60)))
        let both = [window.reserve(at: .zero), window.reserve(at: .zero)].compactMap { $0 }
        try #require(both.count == 2)
        let (first, promised) = (both[0], both[1])
        window.release(first.slot, .limited(retryAfter: .seconds(90)), at: .seconds(10))
        #expect(window.start(of: promised) == .seconds(100))
        #expect(window.remaining(at: .seconds(50)) == 0 && window.nextFree(at: .seconds(50)) == .seconds(50))
        window.release(promised.slot, .limited(retryAfter: nil), at: .seconds(20))
        #expect(window.block.until == .seconds(100))
        let last = window.reserve(at: .zero)
        let third = try #require(last)
        window.release(third.slot, .limited(retryAfter: .seconds(1 << 31)), at: .seconds(100))
        #expect(window.block.until == .seconds(400))
    }
}

@Suite struct SlidingWindowBudgetTests {
    /// Counts sleeps on the way to a virtual clock.
    private final class CountingClock: HostClock {
        let clock = VirtualClock(start: Instant(seconds: 1000))
        let sleeps = Mutex(0)
        var now: Instant { clock.now }
        var elapsed: Duration { clock.elapsed }
        func beginActivity() { clock.beginActivity() }
        func endActivity() { clock.endActivity() }
        func sleep(for duration: Duration) async throws {
            sleeps.withLock { $0 += 1 }
            try await clock.sleep(for: duration)
        }
    }

    @Test func `a crowd goes sixty a minute, and each waiter sleeps once`() async throws {
        let clock = CountingClock()
        let budget = SlidingWindowBudget(clock: clock)
        let starts = Box<[Duration]>([])
        for _ in 0..<130 { clock.beginActivity() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<130 {
                group.addTask {
                    defer { clock.endActivity() }
                    let slot = try await budget.acquire()
                    let start = clock.elapsed
                    starts.change { $0.append(start) }
                    await budget.release(slot, .answered)
                }
            }
            try await group.waitForAll()
        }
        let counts = Dictionary(starts.value.map { ($0, 1) }, uniquingKeysWith: +)
        #expect(counts == [.zero: 60, .seconds(60): 60, .seconds(120): 10])
        #expect(clock.sleeps.withLock { $0 } == 70)
    }

    @Test func `while all slots are under way the next that comes back goes to the first in line`() async throws {
        let clock = VirtualClock(start: Instant(seconds: 1000))
        let budget = SlidingWindowBudget(limit: 1, clock: clock)
        let order = Box<[Int]>([])
        let held = try await budget.acquire()
        var tasks: [Task<Void, any Error>] = []
        for number in 0..<4 {
            clock.beginActivity()
            tasks.append(
                Task {
                    defer { clock.endActivity() }
                    let slot = try await budget.acquire()
                    order.change { $0.append(number) }
                    await budget.release(slot, .answered)
                })
            while budget.waiting <= number { await Task.yield() }
        }
        tasks[1].cancel()
        await #expect(throws: CancellationError.self) { try await tasks[1].value }
        await budget.release(held, .answered)
        for index in [0, 2, 3] { try await tasks[index].value }
        #expect(order.value == [0, 2, 3])
        #expect(clock.elapsed == .seconds(180))
    }

    @Test func `a waiter that is cancelled in its sleep gives its slot back`() async throws {
        let clock = VirtualClock(start: Instant(seconds: 1000))
        let budget = SlidingWindowBudget(limit: 1, clock: clock)
        let first = try await budget.acquire()
        await budget.release(first, .answered)
        clock.beginActivity()
        clock.beginActivity()  // Holds the clock still.
        let task = Task { try await budget.acquire() }
        while budget.nextFree != nil { await Task.yield() }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(budget.nextFree == .seconds(60))
        clock.endActivity()
        _ = try await budget.acquire()
        #expect(clock.elapsed == .seconds(60))
    }

    @Test func `runs take turns on a virtual clock`() async throws {
        let clock = VirtualClock(start: Instant(seconds: 1000))
        let budget = SlidingWindowBudget(limit: 4, clock: clock)
        let starts = Box<[String: [Duration]]>([:])
        clock.beginActivity()  // Holds the clock still until all have come.
        var tasks: [Task<Void, any Error>] = []
        for number in 0..<16 {
            clock.beginActivity()
            let run = number < 12 ? "long" : "short"
            tasks.append(
                Task {
                    defer { clock.endActivity() }
                    let slot = try await budget.acquire(for: BudgetClaimant(run: run))
                    let start = clock.elapsed
                    starts.change { $0[run, default: []].append(start) }
                    await budget.release(slot, .answered)
                })
            if number == 11 { while budget.inLine < 8 { await Task.yield() } }
        }
        while budget.inLine < 12 { await Task.yield() }
        clock.endActivity()
        for task in tasks { try await task.value }
        #expect(starts.value["short"] == [60, 60, 120, 120].map { .seconds($0) })
        #expect(starts.value["long"]?.last == .seconds(180))
    }

    @Test func `what was not sent costs nothing`() async throws {
        let budget = SlidingWindowBudget(limit: 2, clock: VirtualClock(start: Instant(seconds: 0)))
        let slot = try await budget.acquire()
        #expect(budget.remaining == 1)
        await budget.release(slot, .notSent)
        #expect(budget.remaining == 2 && budget.nextFree == .zero)
    }
}
