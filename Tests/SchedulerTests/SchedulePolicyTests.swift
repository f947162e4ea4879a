import Clocks
import IwinvCatalog
import Scheduler
import Testing

@Suite struct SchedulePolicyTests {
    @Test func `a policy is read back as it was kept`() throws {
        #expect(SchedulePolicy().json == [:] && SchedulePolicy(json: [:]) == SchedulePolicy())
        var policy = SchedulePolicy()
        policy.overlap = .replace
        policy.catchUp = .latest
        policy.catchUpWindow = .seconds(5)
        policy.jitter = .seconds(60)
        policy.retries = 2
        policy.timeoutRetries = 1
        policy.backoff = .seconds(9)
        policy.timeLimit = .seconds(600)
        policy.pauseAfter = 3
        policy.blackouts = [try Blackout("FRI-MON 22:00-02:00"), try Blackout("2026-12-24..2027-01-02")]
        #expect(SchedulePolicy(json: policy.json) == policy)
        #expect(SchedulePolicy(json: ["from_the_future": 1]) == nil && SchedulePolicy(json: ["overlap": "x"]) == nil)
    }

    @Test(arguments: [
        (
            "SUN 04:00-06:00", [WallTime(2026, 1, 4, 4), WallTime(2026, 1, 4, 5, 59)],
            [WallTime(2026, 1, 4, 6), WallTime(2026, 1, 5, 4)]
        ),
        // Over midnight, from Saturday into the next week.
        (
            "SAT 22:00-02:00", [WallTime(2026, 1, 3, 22), WallTime(2026, 1, 4, 1, 59)],
            [WallTime(2026, 1, 3, 21), WallTime(2026, 1, 3, 1)]
        ),
        ("09:00-18:00", [WallTime(2026, 1, 4, 9), WallTime(2026, 1, 7, 17)], [WallTime(2026, 1, 4, 18)]),
        (
            "2026-12-24..2027-01-02", [WallTime(2026, 12, 24), WallTime(2027, 1, 2, 23, 59)],
            [WallTime(2027, 1, 3), WallTime(2026, 12, 23, 23, 59)]
        ),
        ("daily 00:00-24:00", [WallTime(2026, 1, 4), WallTime(2026, 1, 4, 23, 59)], []),
    ])
    func `a blackout is the hours that it says`(_ text: String, _ inside: [WallTime], _ outside: [WallTime]) throws {
        let blackout = try Blackout(text)
        #expect(inside.allSatisfy(blackout.contains) && !outside.contains(where: blackout.contains))
    }

    @Test(arguments: [
        "", "SUN", "SUN 4-6", "SNU 04:00-06:00", "04:00-25:00", "2026-12-24..", "2027-01-02..2026-12-24", "a b c",
        "MON 22:00-22:00",
    ])
    func `others are none`(_ text: String) {
        #expect(throws: Blackout.Problem.self) { try Blackout(text) }
    }

    @Test func `jitter is the same each time and spreads names over its range`() {
        let delays = (0..<1000).map { Jitter.delay(of: "web-\($0)", within: .seconds(600)).components.seconds }
        #expect(delays == (0..<1000).map { Jitter.delay(of: "web-\($0)", within: .seconds(600)).components.seconds })
        #expect(delays.allSatisfy { (0..<600).contains($0) })
        // Each tenth of the range has its share.
        let tenths = Dictionary(grouping: delays) { $0 / 60 }.mapValues(\.count)
        #expect(tenths.count == 10 && tenths.values.allSatisfy { $0 > 60 && $0 < 140 }, "\(tenths)")
        #expect(Jitter.delay(of: "x", within: .zero) == .zero)
    }

    @Test(arguments: [
        "cron 0 4 * * SUN", "every 6h from 2026-11-23T15:00Z", "at 2026-12-24T04:00", "at 2026-12-23T19:00Z",
    ])
    func `a recurrence is read back as it was kept`(_ text: String) throws {
        #expect(try Recurrence(text).description == text)
    }

    @Test(arguments: [
        "", "cron", "cron 0 4 * *", "every 6h", "every 0s from 2026-01-01T00:00Z", "at 2026-13-01", "at tomorrow",
        "on SUN",
        "every 6h from 2026-01-01T00:00", "at 2026-02-29T00:00",
    ])
    func `others are no recurrence`(_ text: String) {
        #expect(throws: Recurrence.Problem.self) { try Recurrence(text) }
    }

    @Test func `a moment with an offset is an instant, one without is the zone's`() throws {
        let seoul = try ZoneCatalog().zone("Asia/Seoul")
        let start = Instant(seconds: 0)
        let (here, there) = (try Recurrence("at 2026-12-24T04:00"), try Recurrence("at 2026-12-24T04:00+01:00"))
        #expect(here.next(after: start, in: seoul).map(seoul.text) == "2026-12-24T04:00:00+09:00")
        #expect(there.next(after: start, in: seoul).map(seoul.text) == "2026-12-24T12:00:00+09:00")
        #expect(Array(here.instants(after: start, in: seoul)).count == 1)
    }
}
