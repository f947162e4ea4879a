import Clocks

/// Dates of HTTP headers.
enum HTTPDate {
    /// Reads `Mon, 23 Nov 2026 13:47:50 GMT`; nil for anything else.
    static func parse(_ text: String) -> Instant? {
        let parts = text.split(separator: " ")
        guard parts.count == 6, parts[0].hasSuffix(","), parts[5] == "GMT",
            let day = Int64(parts[1]), (1...31).contains(day), let year = Int64(parts[3]), (1970...2200).contains(year),
            let month = months.firstIndex(of: parts[2]).map({ Int64($0) + 1 })
        else { return nil }
        let time = parts[4].split(separator: ":").compactMap { Int64($0) }
        guard time.count == 3, time.allSatisfy({ (0...60).contains($0) }) else { return nil }
        let days = daysSince1970(year, month, day)
        return Instant(seconds: days * 86400 + time[0] * 3600 + time[1] * 60 + time[2])
    }

    private static let months: [Substring] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// Counts years from March, so that the leap day is a year's last.
    private static func daysSince1970(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let shifted = month > 2 ? year : year - 1
        let monthFromMarch = (month + 9) % 12
        let dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1
        return shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear - 719_468
    }
}
