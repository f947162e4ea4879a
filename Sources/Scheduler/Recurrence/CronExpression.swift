/// Times in the five fields of cron: minute, hour, day of the month, month, day of the week.
///
/// ```swift
/// let weekly = try CronExpression("0 4 * * SUN")
/// ```
///
/// | field | values | beside `*`, `a`, `a-b`, `a,b`, `*/n`, `a-b/n`, `a/n` |
/// | --- | --- | --- |
/// | minute | 0–59 | |
/// | hour | 0–23 | |
/// | day of the month | 1–31 | `?`; `L` the last, `L-3` three days before it; `15W` the weekday (Monday to Friday) nearest to the 15th in its month; `LW` the last weekday |
/// | month | 1–12, `JAN`–`DEC` | |
/// | day of the week | 0–7 (0 and 7 are Sunday), `SUN`–`SAT` | `?`; `FRIL` or `5L` the last Friday of the month; `FRI#2` or `5#2` the second one; a range may go over Saturday (`FRI-MON`) |
///
/// `@yearly`, `@annually`, `@monthly`, `@weekly`, `@daily`, `@midnight` and `@hourly` stand for five fields.
///
/// **Both days restricted.** As in Vixie's cron, a day matches if either of its fields does, unless one of them begins with
/// `*` (or is `?`): then both must. `0 0 13 * FRI` is each 13th and each Friday; `0 0 */2 * FRI` is the Fridays with an odd
/// date.
public struct CronExpression: Sendable, Hashable {
    /// As it was written.
    public let text: String
    /// A bit each.
    let minutes: UInt64
    let hours: UInt64
    let months: UInt64
    let monthDays: MonthDays
    let weekDays: WeekDays

    /// Which days of a month.
    struct MonthDays: Sendable, Hashable {
        var listed: UInt64 = 0
        /// So many days before the last.
        var beforeLast: UInt64 = 0
        /// The weekday nearest to each of them.
        var nearest: UInt64 = 0
        var isLastWeekday = false
        /// Begins with `*`.
        var isOpen = false
    }

    /// Which days of a week, 0 for Sunday.
    struct WeekDays: Sendable, Hashable {
        var listed: UInt64 = 0
        /// The last of a month.
        var last: UInt64 = 0
        /// Bit `7 * n + day` for the n-th of a month.
        var numbered: UInt64 = 0
        var isOpen = false
    }

    /// - Throws: ``CronProblem`` that says where and why.
    public init(_ text: String) throws(CronProblem) {
        let parser = CronParser(text)
        let fields = try parser.fields()
        self.text = text
        minutes = try parser.values(.minute, fields[0])
        hours = try parser.values(.hour, fields[1])
        monthDays = try parser.monthDays(fields[2])
        months = try parser.values(.month, fields[3])
        weekDays = try parser.weekDays(fields[4])
        guard first(from: WallTime(1999, 1, 1)) != nil else {
            throw CronProblem(text: text, column: fields[2].column, reason: "there is no such day in any year")
        }
    }

    /// The first matching time at `start` or later; nil if there is none until the year 2400.
    func first(from start: WallTime) -> WallTime? {
        let minute = floorDivide(start.seconds + 59, 60)
        let today = floorDivide(minute, 1440)
        var date = CivilDate(number: today)
        if let time = firstTime(from: minute - today * 1440), days(date.month, date.year) >> UInt64(date.day) & 1 == 1 {
            return WallTime(seconds: (today * 1440 + time) * 60)
        }
        guard let time = firstTime(from: 0) else { return nil }
        // Days after today.
        var after = UInt64.max << UInt64(date.day + 1)
        while date.year < 2400 {
            if months >> UInt64(date.month) & 1 == 1 {
                let days = days(date.month, date.year) & after
                if days != 0 {
                    date.day = days.trailingZeroBitCount
                    return WallTime(seconds: (date.number * 1440 + time) * 60)
                }
            }
            after = .max
            date.month = date.month == 12 ? 1 : date.month + 1
            if date.month == 1 { date.year += 1 }
        }
        return nil
    }

    /// The first minute of the day at `start` or later.
    private func firstTime(from start: Int) -> Int? {
        let (hour, minute) = (start / 60, start % 60)
        if hours >> UInt64(hour) & 1 == 1 {
            let left = minutes & UInt64.max << UInt64(minute)
            if left != 0 { return hour * 60 + left.trailingZeroBitCount }
        }
        let later = hours & (UInt64.max << UInt64(hour + 1))
        return later == 0 ? nil : later.trailingZeroBitCount * 60 + minutes.trailingZeroBitCount
    }

    /// A bit for each matching day; none in a month that does not match.
    private func days(_ month: Int, _ year: Int) -> UInt64 {
        guard months >> UInt64(month) & 1 == 1 else { return 0 }
        let length = CivilDate.length(of: month, year)
        let firstWeekday = CivilDate.weekday(of: CivilDate(year: year, month: month, day: 1).number)
        let byMonth = monthDays.days(length, firstWeekday)
        let byWeek = weekDays.days(length, firstWeekday)
        return monthDays.isOpen || weekDays.isOpen ? byMonth & byWeek : byMonth | byWeek
    }
}

extension CronExpression: CustomStringConvertible {
    public var description: String { text }
}

extension CronExpression.MonthDays {
    /// - Parameter firstWeekday: Of the month's first day.
    func days(_ length: Int, _ firstWeekday: Int) -> UInt64 {
        let month = (UInt64(1) << UInt64(length + 1)) - 2
        var days = listed & month
        for day in 1...length where beforeLast >> UInt64(length - day) & 1 == 1 { days |= 1 << UInt64(day) }
        for day in 1...length where nearest >> UInt64(day) & 1 == 1 {
            days |= 1 << UInt64(Self.nearestWeekday(to: day, length, firstWeekday))
        }
        if isLastWeekday { days |= 1 << UInt64(Self.nearestWeekday(to: length, length, firstWeekday)) }
        return days
    }

    /// Saturdays give way to the Friday before, Sundays to the Monday after, but none leaves the month.
    private static func nearestWeekday(to day: Int, _ length: Int, _ firstWeekday: Int) -> Int {
        switch (firstWeekday + day - 1) % 7 {
        case 6: day == 1 ? 3 : day - 1
        case 0: day == length ? day - 2 : day + 1
        default: day
        }
    }
}

extension CronExpression.WeekDays {
    func days(_ length: Int, _ firstWeekday: Int) -> UInt64 {
        var days: UInt64 = 0
        for day in 1...length {
            let weekday = UInt64((firstWeekday + day - 1) % 7)
            let isLast = day + 7 > length
            let number = UInt64((day - 1) / 7 + 1)
            if listed >> weekday & 1 == 1 || isLast && last >> weekday & 1 == 1
                || numbered >> (7 * number + weekday) & 1 == 1
            {
                days |= 1 << UInt64(day)
            }
        }
        return days
    }
}
