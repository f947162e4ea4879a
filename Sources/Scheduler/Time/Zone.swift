public import Clocks

/// A time zone: which offset from UTC its clocks have, and when that changes.
///
/// **Clock changes.** ``first(_:)`` is the rule that schedules follow: a time of the wall clock stands for the first
/// instant at which the zone's clock shows it or a later one. So a time in a gap, which no clock shows, is the first
/// instant after the gap; a time that clocks show twice is the first of both; and a later time is never an earlier instant.
public struct Zone: Sendable {
    /// From an instant on, clocks are this far ahead of UTC.
    public struct Change: Sendable, Hashable {
        public var at: Instant
        /// Seconds ahead of UTC, until the change.
        public var before: Int
        /// Seconds ahead of UTC, from it on.
        public var after: Int
    }

    /// `Asia/Seoul`
    public let name: String
    /// The seconds at which `offsets[i + 1]` begins.
    private let changes: [Int]
    /// One more than there are changes.
    private let offsets: [Int]

    /// Clocks are at most this far from UTC, and so much apart from each other: half more than ever were.
    private static let reach = 40 * 3600

    /// - Parameter changes: By time; those that change nothing are left out.
    init(name: String, first: Int, changes: [(at: Int, offset: Int)] = []) {
        var times: [Int] = []
        var offsets = [first]
        for change in changes {
            // Of two at once the later one holds.
            if times.last == change.at {
                times.removeLast()
                offsets.removeLast()
            }
            guard offsets.last != change.offset else { continue }
            times.append(change.at)
            offsets.append(change.offset)
        }
        self.name = name
        self.changes = times
        self.offsets = offsets
    }

    /// Universal time, which every system knows.
    public static let utc = Zone(name: "UTC", first: 0)

    /// How far clocks are ahead of UTC, in seconds.
    public func offset(at instant: Instant) -> Int { offsets[period(at: Int(instant.seconds))] }

    /// What clocks show.
    public func wall(at instant: Instant) -> WallTime {
        WallTime(seconds: Int(instant.seconds) + offset(at: instant))
    }

    /// The first instant at which clocks show this time or a later one.
    public func first(_ wall: WallTime) -> Instant {
        var index = period(at: wall.seconds - Self.reach)
        while true {
            let inPeriod = wall.seconds - offsets[index]
            let start = index == 0 ? Int.min : changes[index - 1]
            let candidate = max(start, inPeriod)
            guard index < changes.count, candidate >= changes[index] else {
                return Instant(seconds: Int64(candidate))
            }
            index += 1
        }
    }

    /// The earliest time, in whole seconds, whose ``first(_:)`` comes after an instant: no clock has shown it until then.
    func unseen(after instant: Instant) -> WallTime {
        let second = Int(instant.seconds)
        var index = period(at: second)
        var earliest = second + offsets[index] + 1
        // A clock that was set back has shown later times than it does now.
        while index > 0, changes[index - 1] > second - Self.reach {
            index -= 1
            earliest = max(earliest, changes[index] + offsets[index])
        }
        return WallTime(seconds: earliest)
    }

    /// The changes of the offset after `start`, until `end`.
    public func changes(after start: Instant, until end: Instant) -> [Change] {
        var index = period(at: Int(start.seconds))
        var found: [Change] = []
        while index < changes.count, changes[index] <= Int(end.seconds) {
            let at = Instant(seconds: Int64(changes[index]))
            if at > start { found.append(Change(at: at, before: offsets[index], after: offsets[index + 1])) }
            index += 1
        }
        return found
    }

    /// The number of changes at or before a second.
    private func period(at second: Int) -> Int {
        var (low, high) = (0, changes.count)
        while low < high {
            let middle = (low + high) / 2
            if changes[middle] <= second { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension Zone {
    /// `2026-12-24T04:00:00+09:00`
    public func text(_ instant: Instant) -> String {
        let (wall, offset) = (wall(at: instant), offset(at: instant))
        return wall.description + (wall.seconds % 60 == 0 ? ":00" : "") + Self.text(ofOffset: offset)
    }

    /// `+09:00`
    public static func text(ofOffset seconds: Int) -> String {
        let size = abs(seconds)
        return (seconds < 0 ? "-" : "+") + "\(digits(size / 3600, 2)):\(digits(size / 60 % 60, 2))"
            + (size % 60 == 0 ? "" : ":\(digits(size % 60, 2))")
    }
}
