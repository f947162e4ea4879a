/// What a clock on the wall shows, wherever that is: seconds since 1970-01-01T00:00 as if there were no zones.
public struct WallTime: Sendable, Hashable, Comparable {
    public var seconds: Int

    public init(seconds: Int) { self.seconds = seconds }

    /// - Parameters:
    ///   - month: From 1.
    ///   - day: From 1.
    public init(_ year: Int, _ month: Int, _ day: Int, _ hour: Int = 0, _ minute: Int = 0, _ second: Int = 0) {
        let number = CivilDate(year: year, month: month, day: day).number
        seconds = number * 86_400 + hour * 3600 + minute * 60 + second
    }

    var dayNumber: Int { floorDivide(seconds, 86_400) }
    var date: CivilDate { CivilDate(number: dayNumber) }
    var secondOfDay: Int { seconds - dayNumber * 86_400 }
    /// From midnight between Saturday and Sunday.
    var secondOfWeek: Int { CivilDate.weekday(of: dayNumber) * 86_400 + secondOfDay }

    public static func < (a: WallTime, b: WallTime) -> Bool { a.seconds < b.seconds }
}

extension WallTime: LosslessStringConvertible {
    /// `2026-12-24T04:00`, or with seconds if there are any.
    public var description: String {
        let second = secondOfDay
        return "\(date.text)T\(digits(second / 3600, 2)):\(digits(second / 60 % 60, 2))"
            + (second % 60 == 0 ? "" : ":\(digits(second % 60, 2))")
    }

    /// Reads `2026-12-24T04:00`, `2026-12-24 04:00:30` and `2026-12-24`, which is its first minute.
    public init?(_ description: String) {
        let parts = description.split(whereSeparator: { $0 == "T" || $0 == "t" || $0 == " " })
        guard let first = parts.first, parts.count <= 2, let date = Self.numbers(first, "-", widths: [4, 2, 2]),
            (1...12).contains(date[1]), (1...CivilDate.length(of: date[1], date[0])).contains(date[2])
        else { return nil }
        var time = [0, 0, 0]
        if parts.count == 2 {
            guard
                let read = Self.numbers(parts[1], ":", widths: [2, 2])
                    ?? Self.numbers(parts[1], ":", widths: [2, 2, 2]),
                read[0] < 24, read[1] < 60, read.count < 3 || read[2] < 60
            else { return nil }
            time = read + [0]
        }
        self.init(date[0], date[1], date[2], time[0], time[1], time[2])
    }

    private static func numbers(_ text: Substring, _ separator: Character, widths: [Int]) -> [Int]? {
        let parts = text.split(separator: separator, omittingEmptySubsequences: false)
        guard parts.map(\.count) == widths, parts.allSatisfy({ $0.allSatisfy { $0.isASCII && $0.isNumber } }) else {
            return nil
        }
        return parts.compactMap { Int($0) }
    }
}
