import Synchronization

/// Work on one thing at a time: callers of one key take turns, in the order of their coming.
///
/// The caller holds an activity of the clock, gives it up while it waits and holds it again when its turn comes.
///
/// ```swift
/// let rules = KeyedLock(clock: clock)
/// try await rules.withLock("FIREWALL-a") { try await replaceRules() }
/// ```
public final class KeyedLock: Sendable {
    private typealias Waiter = (id: UInt64, continuation: CheckedContinuation<Void, any Error>)

    private struct State {
        /// Keys that somebody holds, with those that wait for them.
        var waiters: [String: [Waiter]] = [:]
        var nextID: UInt64 = 0
        var cancelled: Set<UInt64> = []
    }

    private let state = Mutex(State())
    private let clock: any HostClock

    public init(clock: any HostClock) {
        self.clock = clock
    }

    /// Waits for its turn, works, and lets the next one in.
    ///
    /// - Throws: `CancellationError` if cancelled while waiting, or what the work throws.
    public func withLock<Result>(
        _ key: String, isolation: isolated (any Actor)? = #isolation, _ work: () async throws -> Result
    ) async throws -> Result {
        try await acquire(key)
        defer { release(key) }
        return try await work()
    }

    private func acquire(_ key: String) async throws {
        try Task.checkCancellation()
        let id = state.withLock { state -> UInt64? in
            guard state.waiters[key] != nil else {
                state.waiters[key] = []
                return nil
            }
            state.nextID += 1
            return state.nextID
        }
        guard let id else { return }
        defer { state.withLock { _ = $0.cancelled.remove(id) } }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let answer = state.withLock { state -> Swift.Result<Void, any Error>? in
                    if state.cancelled.contains(id) { return .failure(CancellationError()) }
                    // It may have become free since the first look.
                    guard state.waiters[key] != nil else {
                        state.waiters[key] = []
                        return .success(())
                    }
                    state.waiters[key]?.append((id, continuation))
                    return nil
                }
                if let answer { continuation.resume(with: answer) } else { clock.endActivity() }
            }
        } onCancel: {
            let waiter = state.withLock { state -> Waiter? in
                guard let index = state.waiters[key]?.firstIndex(where: { $0.id == id }) else {
                    state.cancelled.insert(id)
                    return nil
                }
                return state.waiters[key]?.remove(at: index)
            }
            guard let waiter else { return }
            clock.beginActivity()
            waiter.continuation.resume(throwing: CancellationError())
        }
    }

    private func release(_ key: String) {
        let next = state.withLock { state -> Waiter? in
            guard let waiters = state.waiters[key], !waiters.isEmpty else {
                state.waiters[key] = nil
                return nil
            }
            return state.waiters[key]?.removeFirst()
        }
        guard let next else { return }
        clock.beginActivity()
        next.continuation.resume()
    }
}
