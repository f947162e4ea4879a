import Synchronization

/// A clock that stands still while anybody works and jumps to the next waiter when everybody waits.
///
/// A rolling reboot that takes twenty minutes of its cloud's time takes a moment of yours, and always the same steps.
///
/// ```swift
/// let clock = VirtualClock(start: Instant(seconds: 1_710_000_000))
/// clock.beginActivity()
/// try await clock.sleep(for: .seconds(3600))   // returns at once; clock.now is an hour later
/// clock.endActivity()
/// ```
public final class VirtualClock: HostClock {
    private struct Sleeper {
        var wake: Int64
        var order: UInt64
        /// Its activity begins when it wakes, and nobody else waits for it.
        var isOwn: Bool
        var continuation: CheckedContinuation<Bool, any Error>
    }

    private typealias Wakening = () -> Void

    private struct State {
        var now: Int64
        var activities = 0
        var nextOrder: UInt64 = 0
        var sleepers: [UInt64: Sleeper] = [:]
        var cancelled: Set<UInt64> = []
    }

    private let start: Instant
    private let state: Mutex<State>

    /// A clock that shows `start` and has no activity.
    public init(start: Instant) {
        self.start = start
        self.state = Mutex(State(now: start.nanoseconds))
    }

    public var now: Instant {
        Instant(nanoseconds: state.withLock { $0.now })
    }

    public var elapsed: Duration {
        now - start
    }

    /// Sets the time ahead by hand, waking those whose time has come; for tests that hold no activity.
    public func advance(by duration: Duration) {
        let woken = state.withLock { state in
            state.now += duration.wholeNanoseconds
            return Self.takeDue(&state)
        }
        for wakening in woken { wakening() }
    }

    public func beginActivity() {
        state.withLock { $0.activities += 1 }
    }

    public func endActivity() {
        let woken = state.withLock { state in
            state.activities -= 1
            precondition(state.activities >= 0, "endActivity() without beginActivity()")
            return Self.jump(&state)
        }
        for wakening in woken { wakening() }
    }

    public func sleep(for duration: Duration) async throws {
        try await lieDown(for: duration, borrowing: false)
    }

    public func keepWaiting(for duration: Duration) async throws {
        if try await lieDown(for: duration, borrowing: true) { endActivity() }
    }

    /// - Parameter borrowing: the activity that is given up may be lacking; it then is the sleeper's own.
    /// - Returns: whether the activity that was given back on waking is the sleeper's own, and so its to end.
    @discardableResult
    private func lieDown(for duration: Duration, borrowing: Bool) async throws -> Bool {
        try Task.checkCancellation()
        let length = max(0, duration.wholeNanoseconds)
        let id = state.withLock { state in
            state.nextOrder += 1
            return state.nextOrder
        }
        let isOwn = try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Bool, any Error>) in
                let (woken, isCancelled) = state.withLock { state -> ([Wakening], Bool) in
                    if state.cancelled.remove(id) != nil { return ([], true) }
                    let (wake, overflow) = state.now.addingReportingOverflow(length)
                    let isOwn = borrowing && state.activities == 0
                    if !isOwn { state.activities -= 1 }
                    precondition(state.activities >= 0, "sleep(for:) without beginActivity()")
                    state.sleepers[id] = Sleeper(
                        wake: overflow ? .max : wake, order: id, isOwn: isOwn, continuation: continuation)
                    return (Self.jump(&state), false)
                }
                if isCancelled { continuation.resume(throwing: CancellationError()) }
                for wakening in woken { wakening() }
            }
        } onCancel: {
            let sleeper = state.withLock { state -> Sleeper? in
                guard let sleeper = state.sleepers.removeValue(forKey: id) else {
                    state.cancelled.insert(id)
                    return nil
                }
                // An activity that nobody gave up is nobody's to get back.
                if !sleeper.isOwn { state.activities += 1 }
                return sleeper
            }
            sleeper?.continuation.resume(throwing: CancellationError())
        }
        state.withLock { _ = $0.cancelled.remove(id) }
        return isOwn
    }

    /// When nobody works: moves to the earliest waking time and wakes those who wait for it, in the order they lay down.
    private static func jump(_ state: inout State) -> [Wakening] {
        guard state.activities == 0, let next = state.sleepers.values.map(\.wake).min() else { return [] }
        state.now = max(state.now, next)
        return takeDue(&state)
    }

    /// Their activity is theirs again before they run, so that time stands still until they have had their turn.
    private static func takeDue(_ state: inout State) -> [Wakening] {
        let now = state.now
        let due = state.sleepers.values.filter { $0.wake <= now }
            .sorted { ($0.wake, $0.order) < ($1.wake, $1.order) }
        for sleeper in due { state.sleepers[sleeper.order] = nil }
        state.activities += due.count
        return due.map { sleeper in { sleeper.continuation.resume(returning: sleeper.isOwn) } }
    }
}
