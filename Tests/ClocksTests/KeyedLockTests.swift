import Clocks
import Synchronization
import Testing

/// How many were inside at once.
private final class Crowd: Sendable {
    private let state = Mutex((now: 0, most: 0, done: 0))
    var most: Int { state.withLock { $0.most } }
    var done: Int { state.withLock { $0.done } }

    func enter() {
        state.withLock { state in
            state.now += 1
            state.most = max(state.most, state.now)
        }
    }

    func leave() {
        state.withLock { state in
            state.now -= 1
            state.done += 1
        }
    }
}

@Suite struct KeyedLockTests {
    private let clock = VirtualClock(start: Instant(seconds: 1_710_000_000))

    @Test func `work on one key takes turns, and sleeping on the clock does not stop it`() async throws {
        let lock = KeyedLock(clock: clock)
        let inside = Crowd()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<20 {
                clock.beginActivity()
                group.addTask { [clock] in
                    defer { clock.endActivity() }
                    try await lock.withLock("a") {
                        inside.enter()
                        try await clock.sleep(for: .seconds(1))
                        inside.leave()
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(inside.most == 1)
        #expect(inside.done == 20)
        #expect(clock.elapsed == .seconds(20))
    }

    @Test func `other keys do not wait`() async throws {
        let lock = KeyedLock(clock: clock)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for key in ["a", "b", "c"] {
                clock.beginActivity()
                group.addTask { [clock] in
                    defer { clock.endActivity() }
                    try await lock.withLock(key) { try await clock.sleep(for: .seconds(5)) }
                }
            }
            try await group.waitForAll()
        }
        #expect(clock.elapsed == .seconds(5))
    }

    @Test func `an error lets the next one in, and so does a cancellation while waiting`() async throws {
        struct Failure: Error {}
        let lock = KeyedLock(clock: clock)
        await #expect(throws: Failure.self) { try await lock.withLock("a") { throw Failure() } }
        clock.beginActivity()
        clock.beginActivity()
        clock.beginActivity()
        let (entered, enter) = AsyncStream<Void>.makeStream()
        let (leaving, leave) = AsyncStream<Void>.makeStream()
        let holder = Task { [clock] in
            defer { clock.endActivity() }
            try await lock.withLock("a") {
                enter.yield()
                for await _ in leaving { break }
            }
        }
        for await _ in entered { break }
        let waiter = Task { [clock] in
            defer { clock.endActivity() }
            try await lock.withLock("a") {}
        }
        waiter.cancel()
        await #expect(throws: CancellationError.self) { try await waiter.value }
        leave.yield()
        try await holder.value
        try await lock.withLock("a") {}
        clock.endActivity()
    }
}
