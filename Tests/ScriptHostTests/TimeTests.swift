import Clocks
import Foundation
import ScriptHost
import Testing

@Suite struct TimeTests {
    @Test(arguments: [
        ("30s", 30_000), ("5m", 300_000), ("1h30m", 5_400_000), ("250ms", 250), ("2d", 172_800_000),
        ("1.5h", 5_400_000),
        ("0s", 0),
    ])
    func `durations are read and written back`(text: String, milliseconds: Int64) throws {
        let duration = try #require(Duration(parsing: text))
        #expect(duration == .milliseconds(milliseconds))
        #expect(Duration(parsing: duration.text) == duration)
    }

    @Test(arguments: ["", "30", "s", "-5s", "1h30", "5 m", "1e9s", "1..5s", "999999999999d"])
    func `what is no duration is none`(text: String) {
        #expect(Duration(parsing: text) == nil)
    }

    private func state(_ window: String, _ instant: String, zone: String = "Asia/Seoul") throws -> TimeWindow.State {
        let date = try Date(instant, strategy: .iso8601)
        let zone = try #require(TimeZone(identifier: zone))
        return try TimeWindow(window, timeZone: zone).state(at: Instant(seconds: Int64(date.timeIntervalSince1970)))
    }

    @Test func `windows open and close at their hours`() throws {
        let open = try state("SUN 04:00-06:00", "2026-03-01T04:00:00+09:00")
        #expect(open.isOpen && open.changesIn == .seconds(7200))
        #expect(try state("SUN 04:00-06:00", "2026-03-01T06:00:00+09:00").isOpen == false)
        let closed = try state("SUN 04:00-06:00", "2026-03-01T03:59:59+09:00")
        #expect(!closed.isOpen && closed.changesIn == .seconds(1))
        #expect(
            try state("MON-FRI 22:00-02:00", "2026-02-28T01:00:00+09:00").isOpen,
            "Friday's window goes on into Saturday")
        #expect(try state("FRI-MON 00:00-24:00", "2026-03-01T12:00:00+09:00").isOpen, "days may wrap around the week")
        #expect(
            try state("daily 04:00-05:00; SUN 05:00-06:00", "2026-03-01T04:30:00+09:00").changesIn == .seconds(5400))
        let always = try state("always", "2026-03-01T04:00:00+09:00")
        #expect(always.isOpen && always.changesIn == nil)
    }

    @Test func `clock changes fall where the zone puts them`() throws {
        // New York, 2026-03-08: 02:00 becomes 03:00, so a window from 01:00 to 04:00 has two hours.
        let state = try state("SUN 01:00-04:00", "2026-03-08T01:00:00-05:00", zone: "America/New_York")
        #expect(state.isOpen)
    }

    @Test(arguments: [
        "", "SUN", "SUN 4:00-6:00", "SUN 25:00-26:00", "XYZ 04:00-05:00", "SUN 04:00", "SUN 04:00-05:00 x",
    ])
    func `what is no window is an error`(text: String) {
        #expect(throws: TimeWindow.Problem.self) { try TimeWindow(text, timeZone: .gmt) }
    }
}
