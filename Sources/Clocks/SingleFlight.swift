import Synchronization

/// Work that several activities want at once and one of them does for all.
///
/// The first caller does the work; the others wait for its result, with their activity given up meanwhile (the worker
/// may have to sleep on the clock) and held again before the worker goes on, so that a virtual clock sees no gap.
public final class SingleFlight<Value: Sendable>: Sendable {
    private typealias Outcome = Result<Value, any Error>

    private struct State {
        var isFlying = false
        var waiters: [CheckedContinuation<Outcome?, Never>] = []
    }

    private let clock: any HostClock
    private let state = Mutex(State())

    public init(clock: any HostClock) {
        self.clock = clock
    }

    /// The result of `work`, or of the same work that is already under way.
    ///
    /// - Throws: what the work throws. If its worker was cancelled, a waiter does the work itself.
    public func run(_ work: @Sendable () async throws -> Value) async throws -> Value {
        while true {
            let isWorker = state.withLock { state in
                defer { state.isFlying = true }
                return !state.isFlying
            }
            if isWorker { return try await fly(work).get() }
            switch await wait() {
            case .success(let value): return value
            case .failure(let error) where !(error is CancellationError): throw error
            case .failure, nil: try Task.checkCancellation()
            }
        }
    }

    private func fly(_ work: @Sendable () async throws -> Value) async -> Outcome {
        let outcome: Outcome
        do { outcome = .success(try await work()) } catch { outcome = .failure(error) }
        let waiters = state.withLock { state in
            defer { state = State() }
            return state.waiters
        }
        for waiter in waiters {
            clock.beginActivity()
            waiter.resume(returning: outcome)
        }
        return outcome
    }

    /// Nil if the work ended before this caller could line up for it.
    private func wait() async -> Outcome? {
        await withCheckedContinuation { continuation in
            let isInLine = state.withLock { state in
                if state.isFlying { state.waiters.append(continuation) }
                return state.isFlying
            }
            if isInLine { clock.endActivity() } else { continuation.resume(returning: nil) }
        }
    }
}
