import Clocks
import RunStore
import Testing

/// How long a request that an earlier process sent can still be under way, whatever the wall clock says.
@Suite struct SendingTimeTests {
    /// A machine's clock at some moment.
    private struct Moment: HostClock {
        var now: Instant
        var elapsed: Duration
        var origin: String?

        func sleep(for duration: Duration) async throws {}
        func beginActivity() {}
        func endActivity() {}
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        /// Of the sending process; nil for an entry of an earlier version.
        var timeout: Duration? = .seconds(60)
        var origin: String? = "boot-a"
        /// From the sending on, as the wall clock shows it, and as it was.
        var wall: Duration
        var elapsed: Duration
        var originThen: String? = "boot-a"
        var own: Duration = .seconds(60)
        var rest: Duration
    }

    static let cases: [Case] = [
        Case(testDescription: "clocks go together", wall: .seconds(10), elapsed: .seconds(10), rest: .seconds(50)),
        Case(testDescription: "over", wall: .seconds(61), elapsed: .seconds(61), rest: .zero),
        Case(
            testDescription: "a shorter time-out of this process", wall: .seconds(10), elapsed: .seconds(10),
            own: .seconds(1), rest: .seconds(50)),
        Case(
            testDescription: "a longer one", wall: .seconds(10), elapsed: .seconds(10), own: .seconds(90),
            rest: .seconds(80)),
        Case(testDescription: "set ahead", wall: .seconds(3600), elapsed: .seconds(10), rest: .seconds(50)),
        Case(testDescription: "set back", wall: .seconds(-3600), elapsed: .seconds(10), rest: .seconds(50)),
        Case(
            testDescription: "started anew since", wall: .seconds(300), elapsed: .seconds(200), originThen: "boot-b",
            rest: .zero),
        Case(
            testDescription: "started anew just now", wall: .seconds(300), elapsed: .seconds(20),
            originThen: "boot-b", rest: .seconds(40)),
        Case(
            testDescription: "an own clock, set back", origin: nil, wall: .seconds(-3600), elapsed: .zero,
            originThen: nil, rest: .seconds(60)),
        Case(
            testDescription: "an earlier version's entry", timeout: nil, origin: nil, wall: .seconds(10),
            elapsed: .seconds(10), rest: .seconds(50)),
    ]

    @Test(arguments: cases) func `the rest is between nothing and the time-out`(_ given: Case) throws {
        let then = Moment(
            now: Instant(seconds: 1_800_000_000), elapsed: given.originThen == given.origin ? .seconds(5000) : .zero,
            origin: given.origin)
        let event = JournalEvent.sending(
            call: 1, attempt: 1, time: given.timeout.map { SendingTime(timeout: $0, on: then) })
        let history = RunHistory([JournalEntry(sequence: 1, at: then.now, event: event)])
        let attempt = try #require(history.changes[1]?.attempts.last)
        let now = Moment(
            now: then.now + given.wall, elapsed: then.elapsed + given.elapsed, origin: given.originThen)
        #expect(attempt.rest(timeout: given.own, on: now) == given.rest)
    }

    @Test func `the machine's clock names its origin, and counts on from it`() {
        let clock = SystemClock()
        #expect(clock.origin?.isEmpty == false)
        let time = SendingTime(timeout: .seconds(60), on: clock)
        #expect(time.origin == clock.origin)
        #expect(time.elapsed.map { clock.elapsed >= $0 } == true)
    }
}
