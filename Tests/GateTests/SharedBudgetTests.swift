import Clocks
import Foundation
@testable import Gate
import IwinvClient
import IwinvWire
import Synchronization
import Testing

/// On a virtual clock: time passes only when all wait, so that these tests take no time.
@Suite struct SharedBudgetTests {
    private let clock = VirtualClock(start: Instant(seconds: 0))
    private let scratch = BudgetScratch()

    private func budget(_ limit: Int) async throws -> SharedBudget {
        try await SharedBudget.open(
            folder: scratch.path, account: "a", quota: BudgetQuota(limit: limit, window: .seconds(60)), clock: clock)
    }

    @Test func `two clients of one key share one budget`() async throws {
        let budgets = [try await budget(6), try await budget(6)]
        let starts = Notes<Duration>()
        for _ in 0..<20 { clock.beginActivity() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<20 {
                group.addTask { [clock] in
                    defer { clock.endActivity() }
                    let budget = budgets[number % 2]
                    let slot = try await budget.acquire(for: BudgetClaimant(run: "\(number % 4)"))
                    starts.add(clock.elapsed)
                    await budget.release(slot, .answered)
                }
            }
            try await group.waitForAll()
        }
        let counts = Dictionary(starts.all.map { ($0.components.seconds / 60, 1) }, uniquingKeysWith: +)
        #expect(counts == [0: 6, 1: 6, 2: 6, 3: 2])
    }

    @Test func `a block is known to all processes, and lifted for all`() async throws {
        let (first, second) = (try await budget(2), try await budget(2))
        clock.beginActivity()
        let slot = try await first.acquire()
        await first.release(slot, .limited(retryAfter: .seconds(9000)))
        let block = RequestBlock(until: .seconds(300), wish: .seconds(9000))
        #expect(first.block == block && first.remaining == 0 && first.nextFree == .seconds(300))
        #expect(try await budget(2).block == block)
        clock.beginActivity()
        let waiting = Task { [clock] in
            defer { clock.endActivity() }
            _ = try await second.acquire()
            return clock.elapsed
        }
        while second.waiting == 0 { await Task.yield() }
        try await clock.sleep(for: .seconds(20))
        #expect(second.block == block && second.waiting == 1)
        try await first.liftBlock()
        #expect(first.block == nil)
        clock.endActivity()
        // It looks every fifteen seconds.
        #expect(try await waiting.value == .seconds(30) && second.block == nil)
    }

    @Test func `within a run those who came first go first`() async throws {
        let budget = try await budget(1)
        let order = Notes<Int>()
        clock.beginActivity()
        let held = try await budget.acquire()
        var tasks: [Task<Void, any Error>] = []
        for number in 0..<4 {
            clock.beginActivity()
            tasks.append(
                Task { [clock] in
                    defer { clock.endActivity() }
                    let slot = try await budget.acquire()
                    order.add(number)
                    await budget.release(slot, .answered)
                })
            while budget.waiting <= number { await Task.yield() }
        }
        tasks[1].cancel()
        await #expect(throws: CancellationError.self) { try await tasks[1].value }
        await budget.release(held, .answered)
        clock.endActivity()
        for index in [0, 2, 3] { try await tasks[index].value }
        #expect(order.all == [0, 2, 3])
    }

    @Test func `who gives up alone gives its place in the line back`() async throws {
        let (budget, other) = (try await budget(1), try await budget(1))
        clock.beginActivity()  // Holds the clock still.
        let held = try await budget.acquire()
        await budget.release(held, .answered)
        clock.beginActivity()
        let task = Task { [clock] in
            defer { clock.endActivity() }
            _ = try await budget.acquire(for: BudgetClaimant(run: "gone"))
        }
        while budget.nextFree != nil { await Task.yield() }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        while budget.nextFree == nil { await Task.yield() }
        #expect(budget.nextFree == .seconds(60) && budget.remaining == 0)
        _ = try await other.acquire()
        #expect(clock.elapsed == .seconds(60))
        clock.endActivity()
    }

    @Test func `what was not sent can be used at once, a 429 stops the other client too`() async throws {
        let (budget, other) = (try await budget(2), try await budget(2))
        clock.beginActivity()
        let slot = try await budget.acquire()
        await budget.release(slot, .notSent)
        #expect(budget.remaining == 2 && budget.nextFree == .zero)
        await budget.release(try await budget.acquire(), .limited(retryAfter: .seconds(7)))
        _ = try await other.acquire()
        #expect(clock.elapsed == .seconds(7))
        clock.endActivity()
    }

    @Test func `a schedule leaves slots for a person`() async throws {
        let budget = try await budget(20)
        clock.beginActivity()
        for _ in 0..<18 { _ = try await budget.acquire(for: BudgetClaimant(run: "night", priority: .schedule)) }
        #expect(budget.remaining == 2)
        clock.beginActivity()
        let late = Task { [clock] in
            defer { clock.endActivity() }
            return try await budget.acquire(for: BudgetClaimant(run: "night", priority: .schedule))
        }
        while budget.waiting == 0 { await Task.yield() }
        _ = try await budget.acquire()
        #expect(clock.elapsed == .zero)
        late.cancel()
        await #expect(throws: CancellationError.self) { try await late.value }
        clock.endActivity()
    }
}

/// A folder that goes away with its test.
final class BudgetScratch: Sendable {
    let path = NSTemporaryDirectory() + "iwlua-budget-\(UUID().uuidString)"
    deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// What several tasks write down.
private final class Notes<Value: Sendable>: Sendable {
    private let values = Mutex<[Value]>([])
    func add(_ value: Value) { values.withLock { $0.append(value) } }
    var all: [Value] { values.withLock { $0 } }
}
