import Clocks

/// `cron 0 4 * * SUN`, `every 6h from 2026-11-24T00:00Z`, `at 2026-12-24T04:00`: as it is kept, and read back.
extension Recurrence: CustomStringConvertible {
    /// Why a text is none.
    public struct Problem: Error, Sendable, CustomStringConvertible {
        public var description: String
    }

    public var description: String {
        switch self {
        case .cron(let cron): "cron \(cron)"
        case .every(let interval): "every \(interval.length.text) from \(Moment.instant(interval.anchor))"
        case .at(let moment): "at \(moment)"
        }
    }

    /// - Throws: ``Problem``.
    public init(_ text: String) throws(Problem) {
        let words = text.split(separator: " ", maxSplits: 1).map(String.init)
        guard words.count == 2 else { throw Problem(description: "`\(text)` says no times") }
        switch words[0] {
        case "cron":
            do { self = .cron(try CronExpression(words[1])) } catch { throw Problem(description: "\(error)") }
        case "every":
            let parts = words[1].split(separator: " ")
            guard parts.count == 3, parts[1] == "from", case .instant(let anchor) = try Moment(String(parts[2])) else {
                throw Problem(description: "`\(text)` says no interval")
            }
            self = .every(Interval(try Self.length(String(parts[0])), from: anchor))
        case "at": self = .at(try Moment(words[1]))
        default: throw Problem(description: "`\(text)` says no times")
        }
    }

    /// The length of an interval.
    ///
    /// - Throws: ``Problem``.
    public static func length(_ text: String) throws(Problem) -> Duration {
        guard let length = Duration(parsing: text), length >= .seconds(1), length <= .seconds(366 * 86_400) else {
            throw Problem(description: "`\(text)` is no interval; write it like 30m, 6h or 7d: from 1s to 366d")
        }
        return length
    }
}

extension Recurrence.Moment: CustomStringConvertible {
    public var description: String {
        switch self {
        case .wall(let wall): wall.description
        case .instant(let instant): Zone.utc.wall(at: instant).description + "Z"
        }
    }

    /// Reads `2026-12-24T04:00`, and instants: `2026-12-24T04:00+09:00`, `2026-12-23T19:00Z`.
    ///
    /// - Throws: ``Recurrence/Problem``.
    public init(_ text: String) throws(Recurrence.Problem) {
        let (wall, offset) = Self.split(text)
        guard let read = WallTime(String(wall)), (1970...2261).contains(read.date.year) else {
            throw Recurrence.Problem(
                description: "`\(text)` is no time; write it like 2026-12-24T04:00, or 2026-12-24T04:00+09:00")
        }
        self = offset.map { .instant(Instant(seconds: Int64(read.seconds - $0))) } ?? .wall(read)
    }

    /// The time, and its offset from UTC if it says one.
    private static func split(_ text: String) -> (wall: Substring, offset: Int?) {
        if let last = text.last, "Zz".contains(last) { return (text.dropLast(), 0) }
        let tail = Array(text.suffix(6))
        guard text.count > 6, tail[0] == "+" || tail[0] == "-", tail[3] == ":", let hours = Int(String(tail[1...2])),
            let minutes = Int(String(tail[4...5])), hours < 24, minutes < 60
        else { return (text[...], nil) }
        return (text.dropLast(6), (tail[0] == "-" ? -1 : 1) * (hours * 3600 + minutes * 60))
    }
}
