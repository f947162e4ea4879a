public import Clocks
public import IwinvWire
import Synchronization

/// The budget of one process: a ``BudgetLine`` whose waiters sleep on a clock.
///
/// A waiter knows its instant when it begins to wait and sleeps once until then; only a 429, or the coming of another run
/// whose turn is earlier, makes it sleep again. When all slots are under way, the first in the line gets the first that
/// comes back.
public final class SlidingWindowBudget: RequestBudget {
    private typealias Continuation = CheckedContinuation<Void, any Error>

    private struct State {
        var line: BudgetLine
        /// Those that wait to be told.
        var waiting: [UInt64: Continuation] = [:]
        var cancelled: Set<UInt64> = []
    }

    private let state: Mutex<State>
    private let clock: any HostClock

    /// A budget with nothing used yet.
    ///
    /// - Parameter clock: Time passes and is waited for on it.
    public init(_ quota: BudgetQuota = .iwinv, clock: any HostClock = SystemClock()) {
        self.clock = clock
        state = Mutex(State(line: BudgetLine(quota)))
    }

    /// A budget with nothing used yet.
    ///
    /// - Parameters:
    ///   - limit: Requests in any `window`; 60 for iwinv (CONTRACT 1.5).
    ///   - clock: Time passes and is waited for on it.
    public convenience init(
        limit: Int, window: Duration = .seconds(60), clock: any HostClock = SystemClock()
    ) {
        self.init(BudgetQuota(limit: limit, window: window), clock: clock)
    }

    public var remaining: Int {
        state.withLock { $0.line.window.remaining(at: clock.elapsed) }
    }

    public var nextFree: Duration? {
        state.withLock { $0.line.window.nextFree(at: clock.elapsed) }
    }

    public var block: RequestBlock? {
        let block = state.withLock { $0.line.window.block }
        return block.until > clock.elapsed ? block : nil
    }

    /// Waiters that sleep until the end of the block sleep on.
    public func liftBlock() async { state.withLock { $0.line.lift() } }

    /// How many wait for any slot to come back; for tests.
    var waiting: Int {
        state.withLock { $0.waiting.count }
    }

    /// How many are in the line, told or not; for tests.
    var inLine: Int {
        state.withLock { $0.line.count }
    }

    public func acquire(for claimant: BudgetClaimant) async throws -> BudgetSlot {
        try Task.checkCancellation()
        let id = state.withLock { $0.line.enter(claimant, at: clock.elapsed) }
        do {
            while true {
                let (standing, now) = state.withLock { state in
                    let now = clock.elapsed
                    return (state.line.look(id, at: now), now)
                }
                switch standing {
                case .goes(let slot): return slot
                case .sleeps(let instant): try await clock.sleep(for: instant - now)
                case .waits: try await wait(id)
                }
            }
        } catch {
            tell { $0.leave(id, at: clock.elapsed) }
            throw error
        }
    }

    public func release(_ slot: BudgetSlot, _ outcome: BudgetOutcome) async {
        tell { $0.release(slot, outcome, at: clock.elapsed) }
    }

    /// Changes the line and wakes those who have a promise now.
    private func tell(_ change: (inout BudgetLine) -> [UInt64]) {
        let woken = state.withLock { state in
            change(&state.line).compactMap { state.waiting.removeValue(forKey: $0) }
        }
        for waiter in woken {
            clock.beginActivity()
            waiter.resume()
        }
    }

    /// Waits to be told of a promise.
    private func wait(_ id: UInt64) async throws {
        defer { state.withLock { _ = $0.cancelled.remove(id) } }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                lieDown(id, continuation)
            }
        } onCancel: {
            let waiter = state.withLock { state -> Continuation? in
                let waiter = state.waiting.removeValue(forKey: id)
                if waiter == nil { state.cancelled.insert(id) }
                return waiter
            }
            guard let waiter else { return }
            clock.beginActivity()
            waiter.resume(throwing: CancellationError())
        }
    }

    /// Lies down until told, and gives the activity up meanwhile: slots are also held by waiters that sleep, for whom a
    /// virtual clock must be free to jump. Who wakes this one takes up an activity for it first.
    private func lieDown(_ id: UInt64, _ continuation: Continuation) {
        let answer = state.withLock { state -> Result<Void, any Error>? in
            if state.cancelled.remove(id) != nil { return .failure(CancellationError()) }
            // A slot may have come back since the last look.
            if state.line.isPromised(id) { return .success(()) }
            state.waiting[id] = continuation
            return nil
        }
        if let answer {
            continuation.resume(with: answer)
        } else {
            clock.endActivity()
        }
    }
}
