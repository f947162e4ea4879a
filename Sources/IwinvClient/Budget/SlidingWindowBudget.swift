public import Clocks
import Synchronization

/// The budget of one process: a ``SlidingWindow`` whose waiters sleep on a clock.
///
/// Waiters are served in order. Each knows its instant when it begins to wait and sleeps once until then; only a 429 in
/// the meantime makes it sleep again. When all slots are under way, the next waiter gets the first that comes back.
public final class SlidingWindowBudget: RequestBudget {
    private typealias Continuation = CheckedContinuation<SlidingWindow.Reservation, any Error>

    private struct State {
        var window: SlidingWindow
        /// Those that wait for any slot to come back, in order.
        var queue: [(id: UInt64, continuation: Continuation)] = []
        var nextID: UInt64 = 0
        var cancelled: Set<UInt64> = []
    }

    private let state: Mutex<State>
    private let clock: any HostClock

    /// A budget with nothing used yet.
    ///
    /// - Parameters:
    ///   - limit: Requests in any `window`; 60 for iwinv (CONTRACT 1.5).
    ///   - clock: Time passes and is waited for on it.
    public init(limit: Int = 60, window: Duration = .seconds(60), clock: any HostClock = SystemClock()) {
        self.clock = clock
        state = Mutex(State(window: SlidingWindow(limit: limit, window: window)))
    }

    public var remaining: Int {
        state.withLock { $0.window.remaining(at: clock.elapsed) }
    }

    public var nextFree: Duration? {
        state.withLock { $0.window.nextFree(at: clock.elapsed) }
    }

    /// How many wait for any slot to come back; for tests.
    var waiting: Int {
        state.withLock { $0.queue.count }
    }

    public func acquire() async throws -> BudgetSlot {
        try Task.checkCancellation()
        let reservation = try await reserve()
        do {
            while true {
                let wait = state.withLock { $0.window.start(of: reservation) - clock.elapsed }
                if wait <= .zero { break }
                try await clock.sleep(for: wait)
            }
            return reservation.slot
        } catch {
            giveBack { $0.cancel(reservation) }
            throw error
        }
    }

    public func release(_ slot: BudgetSlot, _ outcome: BudgetOutcome) async {
        let now = clock.elapsed
        giveBack { $0.release(slot, outcome, at: now) }
    }

    /// A slot comes back, and goes on to the first who waits for one.
    private func giveBack(_ change: (inout SlidingWindow) -> Void) {
        let next = state.withLock { state -> (Continuation, SlidingWindow.Reservation)? in
            change(&state.window)
            guard !state.queue.isEmpty, let reservation = state.window.reserve() else { return nil }
            return (state.queue.removeFirst().continuation, reservation)
        }
        guard let (waiter, reservation) = next else { return }
        clock.beginActivity()
        waiter.resume(returning: reservation)
    }

    private func reserve() async throws -> SlidingWindow.Reservation {
        let (id, reservation) = state.withLock { state -> (UInt64, SlidingWindow.Reservation?) in
            state.nextID += 1
            return (state.nextID, state.queue.isEmpty ? state.window.reserve() : nil)
        }
        if let reservation { return reservation }
        defer { state.withLock { _ = $0.cancelled.remove(id) } }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                enqueue(id, continuation)
            }
        } onCancel: {
            let waiter = state.withLock { state -> Continuation? in
                guard let index = state.queue.firstIndex(where: { $0.id == id }) else {
                    state.cancelled.insert(id)
                    return nil
                }
                return state.queue.remove(at: index).continuation
            }
            guard let waiter else { return }
            clock.beginActivity()
            waiter.resume(throwing: CancellationError())
        }
    }

    /// Lies down until a slot comes back, and gives the activity up meanwhile: slots are also held by waiters that sleep, for
    /// whom a virtual clock must be free to jump. Who wakes this one takes up an activity for it first.
    private func enqueue(_ id: UInt64, _ continuation: Continuation) {
        let answer = state.withLock { state -> Result<SlidingWindow.Reservation, any Error>? in
            if state.cancelled.remove(id) != nil { return .failure(CancellationError()) }
            // A slot may have come back since the first look.
            if state.queue.isEmpty, let reservation = state.window.reserve() { return .success(reservation) }
            state.queue.append((id, continuation))
            return nil
        }
        if let answer {
            continuation.resume(with: answer)
        } else {
            clock.endActivity()
        }
    }
}
