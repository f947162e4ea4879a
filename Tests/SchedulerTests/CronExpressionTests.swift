import Clocks
import Scheduler
import Testing

@Suite struct CronExpressionTests {
    /// The first instants in UTC, without the seconds.
    private func instants(_ text: String, after start: WallTime = WallTime(2026, 1, 1), _ count: Int = 4) throws
        -> [String]
    {
        let recurrence = Recurrence.cron(try CronExpression(text))
        return recurrence.instants(after: Zone.utc.first(start), in: .utc).prefix(count).map {
            Zone.utc.wall(at: $0).description
        }
    }

    private func problem(_ text: String) -> String {
        do {
            _ = try CronExpression(text)
            return "none"
        } catch { return "\(error)" }
    }

    @Test(arguments: [
        ("0 4 * * SUN", ["2026-01-04T04:00", "2026-01-11T04:00", "2026-01-18T04:00", "2026-01-25T04:00"]),
        ("*/20 22-23 1 JAN,JUL ?", ["2026-01-01T22:00", "2026-01-01T22:20", "2026-01-01T22:40", "2026-01-01T23:00"]),
        ("5/25 0 1 1 *", ["2026-01-01T00:05", "2026-01-01T00:30", "2026-01-01T00:55", "2027-01-01T00:05"]),
        ("0 0 L * *", ["2026-01-31T00:00", "2026-02-28T00:00", "2026-03-31T00:00", "2026-04-30T00:00"]),
        ("0 0 L-30 * ?", ["2026-03-01T00:00", "2026-05-01T00:00", "2026-07-01T00:00", "2026-08-01T00:00"]),
        ("0 0 LW * *", ["2026-01-30T00:00", "2026-02-27T00:00", "2026-03-31T00:00", "2026-04-30T00:00"]),
        // The 1st was a Sunday in February and March, a Friday in May.
        ("0 0 1W * *", ["2026-02-02T00:00", "2026-03-02T00:00", "2026-04-01T00:00", "2026-05-01T00:00"]),
        ("0 0 * * FRI#2", ["2026-01-09T00:00", "2026-02-13T00:00", "2026-03-13T00:00", "2026-04-10T00:00"]),
        ("0 0 * * 5L", ["2026-01-30T00:00", "2026-02-27T00:00", "2026-03-27T00:00", "2026-04-24T00:00"]),
        ("0 0 * * sat-sun", ["2026-01-03T00:00", "2026-01-04T00:00", "2026-01-10T00:00", "2026-01-11T00:00"]),
        ("0 0 * * 6-7", ["2026-01-03T00:00", "2026-01-04T00:00", "2026-01-10T00:00", "2026-01-11T00:00"]),
        ("0 0 29 2 *", ["2028-02-29T00:00", "2032-02-29T00:00", "2036-02-29T00:00", "2040-02-29T00:00"]),
        ("@weekly", ["2026-01-04T00:00", "2026-01-11T00:00", "2026-01-18T00:00", "2026-01-25T00:00"]),
        // Either day, unless one begins with `*`: then both.
        ("0 0 13 * FRI", ["2026-01-02T00:00", "2026-01-09T00:00", "2026-01-13T00:00", "2026-01-16T00:00"]),
        ("0 0 */2 * FRI", ["2026-01-09T00:00", "2026-01-23T00:00", "2026-02-13T00:00", "2026-02-27T00:00"]),
    ])
    func `an expression has the instants that its fields say`(_ text: String, _ expected: [String]) throws {
        #expect(try instants(text) == expected)
    }

    @Test(arguments: [
        ("", "column 1: it is empty; write it like `0 4 * * SUN`"),
        ("0 4 * * SUNDY", "column 9: `SUNDY` is no day of the week; did you mean `SUN`?"),
        ("0 4 * JNA *", "column 7: `JNA` is no month; did you mean `JAN`?"),
        ("0 24 * * *", "column 3: an hour is from 0 to 23, not 24"),
        ("0 22-4 * * *", "column 3: the range runs backwards; did you mean `22-23,0-4` or `4-22`?"),
        ("0,,5 4 * * *", "column 3: a minute is missing"),
        ("*/0 4 * * *", "column 3: `/` takes a step from 1, not `0`"),
        ("0 0 4 * * *", "column 11: there are five fields, minute hour day-of-month month day-of-week, not 6"),
        ("0 4 * *", "column 8: there are five fields"),
        ("0 0 30 2 *", "column 5: there is no such day in any year"),
        ("0 0 * * L", "column 9: which day's last one? Write `FRIL`, or `L` as the day of the month"),
        ("0 0 * * FRI#6", "column 9: `#` takes the first to the fifth of a month: `FRI#2`"),
        ("@dayly", "column 1: there is no `@dayly`; did you mean `@daily`?"),
        ("@reboot", "column 1: a schedule knows no reboots"), ("@daily 3", "column 1: nothing may follow `@daily`"),
        ("0 0 15W-20W * *", "column 5: `15W` is no day of the month"), ("- 0 * * *", "column 1: a minute is missing"),
        ("0 0 W * *", "column 5: a day of the month is missing"), ("0 0 *-3 * *", "column 5: `*` stands alone"),
        ("99999999999999999999 0 * * *", "column 1: `99999999999999999999` is no minute"),
    ])
    func `a slip is told by its place, with what was meant`(_ text: String, _ message: String) {
        #expect(problem(text).hasPrefix("`\(text)`, \(message)"), "\(problem(text))")
    }

    @Test func `an hour that is skipped is due once, where the gap ends`() throws {
        let zone = try ZoneCatalog().zone("America/New_York")
        let start = zone.first(WallTime(2026, 3, 8))
        func found(_ text: String, _ count: Int) throws -> [String] {
            Recurrence.cron(try CronExpression(text)).instants(after: start, in: zone).prefix(count).map(zone.text)
        }
        #expect(try found("30 2 * * *", 2) == ["2026-03-08T03:00:00-04:00", "2026-03-09T02:30:00-04:00"])
        #expect(
            try found("*/30 1-3 * * *", 4) == [
                "2026-03-08T01:00:00-05:00", "2026-03-08T01:30:00-05:00", "2026-03-08T03:00:00-04:00",
                "2026-03-08T03:30:00-04:00",
            ])
    }

    @Test func `an hour that comes twice is due the first time`() throws {
        let zone = try ZoneCatalog().zone("America/New_York")
        let start = zone.first(WallTime(2026, 11, 1))
        let found = Recurrence.cron(try CronExpression("30 1,2 * * *")).instants(after: start, in: zone).prefix(3)
        #expect(
            found.map(zone.text) == [
                "2026-11-01T01:30:00-04:00", "2026-11-01T02:30:00-05:00", "2026-11-02T01:30:00-05:00",
            ])
        // Also for one who looks between the two.
        let between = zone.first(WallTime(2026, 11, 1, 1, 45)) + .seconds(3600)
        let next = Recurrence.cron(try CronExpression("30 1 * * *")).next(after: between, in: zone)
        #expect(next.map(zone.text) == "2026-11-02T01:30:00-05:00")
        // What is to keep its pace has an interval.
        let steady = Recurrence.every(.init(.seconds(1800), from: start)).instants(after: start, in: zone).prefix(5)
        #expect(
            steady.map { zone.wall(at: $0).description.suffix(5) } == ["00:30", "01:00", "01:30", "01:00", "01:30"])
    }
}
