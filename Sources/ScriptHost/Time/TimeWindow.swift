public import Clocks
public import Foundation

/// Hours of the week in a time zone: `SUN 04:00-06:00; MON-FRI 22:00-02:00`.
///
/// A window that ends at or before its beginning goes on into the next day; its day is the one it begins on. `always`
/// never closes.
public struct TimeWindow: Sendable {
    private struct Span {
        /// 1 is Sunday, as in the calendar.
        var days: Set<Int>
        var start: Int
        var length: Int
    }

    /// Whether the window is open, and how long until that changes; nil if it never does.
    public struct State: Sendable, Hashable {
        public var isOpen: Bool
        public var changesIn: Duration?
    }

    private let spans: [Span]
    private let isAlways: Bool
    private var calendar: Calendar

    /// Why a text is not a window.
    public struct Problem: Error, Sendable, CustomStringConvertible {
        public var description: String
    }

    /// Reads a window.
    ///
    /// - Throws: ``Problem`` that says which part is wrong and shows a right one.
    public init(_ text: String, timeZone: TimeZone) throws(Problem) {
        calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = timeZone
        isAlways = text.trimmingCharacters(in: .whitespaces).lowercased() == "always"
        guard !isAlways else {
            spans = []
            return
        }
        var spans: [Span] = []
        for part in text.split(separator: ";") {
            spans.append(try Self.span(part.trimmed))
        }
        guard !spans.isEmpty else { throw Self.problem(text[...]) }
        self.spans = spans
    }

    private static let dayNames = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]

    private static func problem(_ text: Substring) -> Problem {
        Problem(description: "`\(text)` is not a time window; write it like `SUN 04:00-06:00` or `MON-FRI 22:00-02:00`")
    }

    private static func span(_ text: Substring) throws(Problem) -> Span {
        let words = text.split(whereSeparator: \.isWhitespace)
        guard let hours = words.last, words.count <= 2 else { throw problem(text) }
        let ends = hours.split(separator: "-")
        guard ends.count == 2, let start = minute(ends[0]), let end = minute(ends[1]), start < 1440 else {
            throw problem(text)
        }
        let days = words.count == 2 ? try days(words[0], in: text) : Set(1...7)
        return Span(days: days, start: start, length: end > start ? end - start : end + 1440 - start)
    }

    private static func minute(_ text: Substring) -> Int? {
        let parts = text.split(separator: ":")
        guard parts.count == 2, parts.allSatisfy({ $0.count == 2 }), let hour = Int(parts[0]),
            let minute = Int(parts[1]),
            (0...23).contains(hour) && (0...59).contains(minute) || hour == 24 && minute == 0
        else { return nil }
        return hour * 60 + minute
    }

    private static func days(_ text: Substring, in whole: Substring) throws(Problem) -> Set<Int> {
        if text.lowercased() == "daily" { return Set(1...7) }
        var days: Set<Int> = []
        for part in text.uppercased().split(separator: ",") {
            let ends = part.split(separator: "-").map { name in dayNames.firstIndex(of: String(name)) }
            guard (1...2).contains(ends.count), let first = ends[0], let last = ends[ends.count - 1] else {
                throw problem(whole)
            }
            for day in first...(last >= first ? last : last + 7) { days.insert(day % 7 + 1) }
        }
        return days
    }

    /// How the window stands at an instant.
    public func state(at instant: Instant) -> State {
        guard !isAlways else { return State(isOpen: true, changesIn: nil) }
        let now = Date(timeIntervalSince1970: Double(instant.nanoseconds) / 1e9)
        let intervals = openings(around: now)
        if let open = intervals.first(where: { $0.start <= now && now < $0.end }) {
            // Windows that touch or overlap are one opening.
            var end = open.end
            while let next = intervals.first(where: { $0.start <= end && $0.end > end }) { end = next.end }
            return State(isOpen: true, changesIn: .seconds(end.timeIntervalSince(now)))
        }
        let next = intervals.map(\.start).filter { $0 > now }.min()
        return State(isOpen: false, changesIn: next.map { .seconds($0.timeIntervalSince(now)) })
    }

    /// The openings that begin from two days before to eight days after; clock changes fall where the zone puts them.
    private func openings(around now: Date) -> [DateInterval] {
        let today = calendar.startOfDay(for: now)
        return (-2...8).flatMap { offset -> [DateInterval] in
            guard let day = calendar.date(byAdding: .day, value: offset, to: today) else { return [] }
            let weekday = calendar.component(.weekday, from: day)
            return spans.filter { $0.days.contains(weekday) }.compactMap { span in
                guard
                    let start = calendar.date(
                        bySettingHour: span.start / 60, minute: span.start % 60, second: 0, of: day),
                    let end = calendar.date(byAdding: .minute, value: span.length, to: start)
                else { return nil }
                return DateInterval(start: start, end: end)
            }
        }.sorted { $0.start < $1.start }
    }
}
