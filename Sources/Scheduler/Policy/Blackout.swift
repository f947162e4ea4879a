/// Hours of the week, or days of a year, in which nothing starts, on the wall clock of the schedule's zone.
///
/// `SUN 04:00-06:00`, `MON-FRI 22:00-02:00` (into the next day), `09:00-18:00` (daily), `2026-12-24..2027-01-02` (both
/// included).
public struct Blackout: Sendable, Hashable {
    /// Why a text is none.
    public struct Problem: Error, Sendable, CustomStringConvertible {
        public var description: String
    }

    private enum Span: Hashable {
        /// From midnight between Saturday and Sunday; may reach into the next week.
        case weekly(start: Int, length: Int)
        case days(ClosedRange<Int>)
    }

    public let text: String
    private let spans: [Span]

    private static let day = 86_400
    private static let week = 7 * 86_400

    /// - Throws: ``Problem`` that shows a right one.
    public init(_ text: String) throws(Problem) {
        self.text = text
        let words = text.split(whereSeparator: \.isWhitespace)
        let problem = Problem(
            description:
                "`\(text)` is no blackout; write it like `SUN 04:00-06:00`, `MON-FRI 22:00-02:00` or `2026-12-24..2027-01-02`"
        )
        if words.count == 1, let dots = text.firstRange(of: "..") {
            guard let first = WallTime(String(text[..<dots.lowerBound])),
                let last = WallTime(String(text[dots.upperBound...])), first <= last, first.secondOfDay == 0,
                last.secondOfDay == 0
            else { throw problem }
            spans = [.days(first.dayNumber...last.dayNumber)]
            return
        }
        guard let hours = words.last, words.count <= 2, let (start, end) = Self.hours(hours) else { throw problem }
        guard start != end else {
            throw Problem(description: "`\(text)` begins when it ends; a whole day is 00:00-24:00")
        }
        var days: UInt64 = 0b111_1111
        if words.count == 2, words[0].lowercased() != "daily" {
            let parser = CronParser(String(words[0]))
            guard let listed = try? parser.values(.weekDay, CronParser.Part(text: words[0], column: 1)) else {
                throw problem
            }
            days = listed
        }
        let length = end > start ? end - start : end + Self.day - start
        spans = (0..<7).filter { days >> UInt64($0) & 1 == 1 }.map {
            .weekly(start: $0 * Self.day + start, length: length)
        }
    }

    /// Two times of the day, in seconds.
    private static func hours(_ text: Substring) -> (Int, Int)? {
        let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { end -> Int? in
            end == "24:00" ? day : WallTime("1970-01-01T" + end).flatMap { end.count == 5 ? $0.seconds : nil }
        }
        guard ends.count == 2, let start = ends[0], let end = ends[1], start < day else { return nil }
        return (start, end)
    }

    /// Whether nothing may start then.
    public func contains(_ wall: WallTime) -> Bool {
        spans.contains { span in
            switch span {
            case .weekly(let start, let length):
                let passed = wall.secondOfWeek - start
                return (passed < 0 ? passed + Self.week : passed) < length
            case .days(let days): return days.contains(wall.dayNumber)
            }
        }
    }
}
