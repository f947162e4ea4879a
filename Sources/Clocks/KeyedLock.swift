import Synchronization

/// Work of which only so much may go on at once: callers of one key take turns, in the order of their coming.
///
/// The caller holds an activity of the clock, gives it up while it waits and holds it again when its turn comes.
///
/// ```swift
/// let rules = KeyedLock(clock: clock)
/// try await rules.withLock("FIREWALL-a") { try await replaceRules() }
/// ```
public final class KeyedLock: Sendable {
    private typealias Waiter = (id: UInt64, continuation: CheckedContinuation<Void, any Error>)

    private struct Line {
        var holders = 0
        var waiters: [Waiter] = []
    }

    private struct State {
        /// Keys that somebody holds.
        var lines: [String: Line] = [:]
        var nextID: UInt64 = 0
        var cancelled: Set<UInt64> = []

        /// Takes a place if there is one.
        mutating func take(_ key: String, of places: Int) -> Bool {
            guard lines[key]?.holders ?? 0 < places else { return false }
            lines[key, default: Line()].holders += 1
            return true
        }
    }

    private let state = Mutex(State())
    private let clock: any HostClock
    private let places: Int

    /// - Parameter places: How many callers of one key may work at once.
    public init(clock: any HostClock, places: Int = 1) {
        precondition(places > 0, "a lock without a place lets nobody in")
        self.clock = clock
        self.places = places
    }

    /// Waits for its turn, works, and lets the next one in.
    ///
    /// - Throws: `CancellationError` if cancelled while waiting, or what the work throws.
    public func withLock<Result>(
        _ key: String, isolation: isolated (any Actor)? = #isolation, _ work: () async throws -> Result
    ) async throws -> Result {
        try await enter(key)
        defer { leave(key) }
        return try await work()
    }

    /// Enters if nobody has to be waited for. Whoever entered must ``leave(_:)``.
    public func tryEnter(_ key: String) -> Bool {
        state.withLock { $0.take(key, of: places) }
    }

    /// Waits for its turn. Whoever entered must ``leave(_:)``.
    ///
    /// - Throws: `CancellationError`.
    public func enter(_ key: String) async throws {
        try Task.checkCancellation()
        let id = state.withLock { state -> UInt64? in
            if state.take(key, of: places) { return nil }
            state.nextID += 1
            return state.nextID
        }
        guard let id else { return }
        defer { state.withLock { _ = $0.cancelled.remove(id) } }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let answer = state.withLock { state -> Swift.Result<Void, any Error>? in
                    if state.cancelled.contains(id) { return .failure(CancellationError()) }
                    // A place may have become free since the first look.
                    if state.take(key, of: places) { return .success(()) }
                    state.lines[key]?.waiters.append((id, continuation))
                    return nil
                }
                if let answer { continuation.resume(with: answer) } else { clock.endActivity() }
            }
        } onCancel: {
            let waiter = state.withLock { state -> Waiter? in
                guard let index = state.lines[key]?.waiters.firstIndex(where: { $0.id == id }) else {
                    state.cancelled.insert(id)
                    return nil
                }
                return state.lines[key]?.waiters.remove(at: index)
            }
            guard let waiter else { return }
            clock.beginActivity()
            waiter.continuation.resume(throwing: CancellationError())
        }
    }

    /// Gives the place to the next one in the line.
    public func leave(_ key: String) {
        let next = state.withLock { state -> Waiter? in
            guard var line = state.lines[key] else { return nil }
            let next = line.waiters.isEmpty ? nil : line.waiters.removeFirst()
            if next == nil { line.holders -= 1 }
            state.lines[key] = line.holders == 0 ? nil : line
            return next
        }
        guard let next else { return }
        clock.beginActivity()
        next.continuation.resume()
    }
}
