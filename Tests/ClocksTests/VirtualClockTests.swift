import Clocks
import Synchronization
import Testing

/// What tasks have done, in order.
private final class Record: Sendable {
    private let values = Mutex<[Int]>([])

    var all: [Int] { values.withLock { $0 } }

    func add(_ value: Int) {
        values.withLock { $0.append(value) }
    }
}

@Suite struct VirtualClockTests {
    let clock = VirtualClock(start: Instant(seconds: 1_710_000_000))

    @Test func `jumps when everybody sleeps`() async throws {
        clock.beginActivity()
        try await clock.sleep(for: .seconds(3600))
        #expect(clock.now == Instant(seconds: 1_710_003_600))
        #expect(clock.elapsed == .seconds(3600))
        clock.endActivity()
    }

    @Test func `stands still while one works, and wakes sleepers in the order of their times`() async throws {
        let order = Record()
        clock.beginActivity()
        await withTaskGroup(of: Void.self) { group in
            for seconds in [30, 10, 20] {
                clock.beginActivity()
                group.addTask { [clock] in
                    try? await clock.sleep(for: .seconds(seconds))
                    order.add(seconds)
                    clock.endActivity()
                }
            }
            #expect(clock.elapsed == .zero)
            clock.endActivity()
        }
        #expect(order.all == [10, 20, 30])
        #expect(clock.elapsed == .seconds(30))
    }

    @Test func `a cancelled sleep gives its activity back`() async throws {
        clock.beginActivity()
        clock.beginActivity()
        let sleeper = Task { [clock] in
            do {
                try await clock.sleep(for: .seconds(60))
                return false
            } catch {
                return true
            }
        }
        sleeper.cancel()
        #expect(await sleeper.value)
        #expect(clock.elapsed == .zero)
        clock.endActivity()
        clock.endActivity()
    }

    @Test func `one does the work of many, and time does not slip through`() async throws {
        let flight = SingleFlight<Int>(clock: clock)
        let works = Record()
        clock.beginActivity()
        let values = await withTaskGroup(of: Int?.self) { group in
            for _ in 0..<20 {
                clock.beginActivity()
                group.addTask { [clock] in
                    defer { clock.endActivity() }
                    return try? await flight.run {
                        works.add(1)
                        try await clock.sleep(for: .seconds(1))
                        return 7
                    }
                }
            }
            clock.endActivity()
            return await group.reduce(into: [Int?]()) { $0.append($1) }
        }
        #expect(values == Array(repeating: 7, count: 20))
        let count = works.all.count
        #expect(clock.elapsed == .seconds(count), "each work sleeps one second and no two overlap")
    }

    @Test func `who keeps somebody waiting gives up that one's activity, and gives it back`() async throws {
        clock.beginActivity()
        try await clock.keepWaiting(for: .seconds(60))
        #expect(clock.elapsed == .seconds(60))
        // It is held again: time stands still.
        let sleeper = Task { [clock] in try await clock.keepWaiting(for: .seconds(5)) }
        try await sleeper.value
        #expect(clock.elapsed == .seconds(65))
        clock.endActivity()
    }

    @Test func `where nobody holds an activity, whoever keeps waiting leaves none behind`() async throws {
        try await clock.keepWaiting(for: .seconds(60))
        #expect(clock.elapsed == .seconds(60))
        // With one left over this would wait for ever.
        clock.beginActivity()
        try await clock.sleep(for: .seconds(1))
        clock.endActivity()
        #expect(clock.elapsed == .seconds(61))
    }

    @Test func `a cancelled wait leaves the activities as they were`() async throws {
        clock.beginActivity()
        clock.beginActivity()
        let waiting = Task { [clock] in try await clock.keepWaiting(for: .seconds(60)) }
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
        clock.endActivity()
        clock.endActivity()
        #expect(clock.elapsed == .zero)
    }

    @Test func `instants keep their nanoseconds and round towards the past`() {
        #expect(Instant(nanoseconds: -1).seconds == -1)
        #expect((Instant(seconds: 1) + .nanoseconds(1)).nanoseconds == 1_000_000_001)
        #expect(Instant(seconds: 5) - Instant(seconds: 3) == .seconds(2))
        #expect(Duration.seconds(Int64.max).wholeNanoseconds == .max)
    }
}
