/// The rule that a zone follows after its last listed change, as POSIX writes it in `TZ`:
/// `KST-9`, `EST5EDT,M3.2.0,M11.1.0`, `<-02>2<-01>,M3.5.0/-1,M10.5.0/0`.
struct ZoneRule {
    /// Seconds ahead of UTC.
    var standard: Int
    private var summer: (offset: Int, start: Day, end: Day)?

    /// A moment of each year.
    private struct Day {
        enum Kind {
            /// From 1; the leap day is never counted.
            case julian(Int)
            /// From 0.
            case ordinal(Int)
            /// The weekday of a week; week 5 is the last.
            case weekday(month: Int, week: Int, day: Int)
        }
        var kind: Kind
        /// Seconds from midnight; may lie on another day.
        var time: Int

        /// In what clocks show.
        func wall(in year: Int) -> Int {
            let first = CivilDate(year: year, month: 1, day: 1).number
            let number: Int
            switch kind {
            case .julian(let day): number = first + day - 1 + (day >= 60 && CivilDate.isLeap(year) ? 1 : 0)
            case .ordinal(let day): number = first + day
            case .weekday(let month, let week, let day):
                let start = CivilDate(year: year, month: month, day: 1).number
                let offset = (day - CivilDate.weekday(of: start) + 7) % 7
                let length = CivilDate.length(of: month, year)
                let candidate = offset + (week - 1) * 7
                number = start + (candidate < length ? candidate : candidate - 7)
            }
            return number * 86_400 + time
        }
    }

    /// Nil for what is no rule.
    init?(_ text: String) {
        var scanner = Scanner(rest: text[...])
        guard scanner.name(), let west = scanner.time() else { return nil }
        standard = -west
        guard !scanner.rest.isEmpty else { return }
        guard scanner.name() else { return nil }
        let offset: Int
        if scanner.rest.first == "," {
            offset = standard + 3600
        } else {
            guard let west = scanner.time() else { return nil }
            offset = -west
        }
        guard let start = scanner.day(), let end = scanner.day(), scanner.rest.isEmpty else { return nil }
        summer = (offset, start, end)
    }

    /// By time.
    func changes(years: ClosedRange<Int>) -> [(at: Int, offset: Int)] {
        guard let summer else { return [] }
        return years.flatMap { year in
            [
                (at: summer.start.wall(in: year) - standard, offset: summer.offset),
                (at: summer.end.wall(in: year) - summer.offset, offset: standard),
            ].sorted { $0.at < $1.at }
        }
    }

    private struct Scanner {
        var rest: Substring

        mutating func name() -> Bool {
            if take("<") {
                guard let end = rest.firstIndex(of: ">") else { return false }
                rest = rest[rest.index(after: end)...]
                return true
            }
            let letters = rest.prefix(while: \.isLetter)
            rest = rest.dropFirst(letters.count)
            return letters.count >= 3
        }

        mutating func take(_ character: Character) -> Bool {
            guard rest.first == character else { return false }
            rest.removeFirst()
            return true
        }

        mutating func number() -> Int? {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            rest = rest.dropFirst(digits.count)
            return Int(digits)
        }

        /// `[+-]hh[:mm[:ss]]` in seconds.
        mutating func time() -> Int? {
            let sign = take("-") ? -1 : 1
            if sign == 1 { _ = take("+") }
            guard var total = number().map({ $0 * 3600 }) else { return nil }
            for unit in [60, 1] where take(":") {
                guard let part = number() else { return nil }
                total += part * unit
            }
            return sign * total
        }

        mutating func day() -> Day? {
            guard take(",") else { return nil }
            let kind: Day.Kind
            if take("M") {
                guard let month = number(), take("."), let week = number(), take("."), let day = number(),
                    (1...12).contains(month), (1...5).contains(week), (0...6).contains(day)
                else { return nil }
                kind = .weekday(month: month, week: week, day: day)
            } else if take("J") {
                guard let day = number() else { return nil }
                kind = .julian(day)
            } else {
                guard let day = number() else { return nil }
                kind = .ordinal(day)
            }
            guard take("/") else { return Day(kind: kind, time: 7200) }
            guard let time = time() else { return nil }
            return Day(kind: kind, time: time)
        }
    }
}
