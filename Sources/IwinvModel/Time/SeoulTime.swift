package import Clocks

/// Dates as the cloud writes them: Asia/Seoul, without saying so (CONTRACT 1.13, U41).
///
/// Korea has had no summer time since 1988, so the zone is a fixed nine hours ahead.
package enum SeoulTime {
    private static let offset: Int64 = 9 * 3600

    /// `2024-11-18 17:09:35`
    static func dateAndTime(_ instant: Instant) -> String {
        let second = (instant.seconds + offset) - day(of: instant) * 86_400
        return date(instant) + " " + [second / 3600, second / 60 % 60, second % 60].map(pad).joined(separator: ":")
    }

    /// `2024-11-18`
    static func date(_ instant: Instant) -> String {
        let (year, month, day) = civil(day(of: instant))
        return "\(year)-\(pad(month))-\(pad(day))"
    }

    /// A calendar month.
    struct Month: Equatable {
        /// Months since the beginning of the year 0.
        private var index: Int64

        var year: Int64 { index / 12 }
        /// 1–12
        var month: Int64 { index % 12 + 1 }
        /// Its first day, `2024-11-01`.
        var first: String { "\(year)-\(pad(month))-01" }
        /// Its last day, `2024-11-30`.
        var last: String { "\(year)-\(pad(month))-\(pad(following.firstDay - firstDay))" }
        /// Midnight before its first day.
        var start: Instant { Instant(seconds: firstDay * 86_400 - offset) }
        private var firstDay: Int64 { days(year, month, 1) }

        var following: Month { moved(by: 1) }

        func moved(by months: Int64) -> Month {
            var copy = self
            copy.index += months
            return copy
        }

        /// The month of an instant.
        init(of instant: Instant) {
            let (year, month, _) = civil(day(of: instant))
            index = year * 12 + month - 1
        }

        /// Reads `2024-11`.
        init?(_ text: String) {
            let parts = text.split(separator: "-", omittingEmptySubsequences: false)
            guard parts.map(\.utf8.count) == [4, 2], let year = digits(parts[0]), let month = digits(parts[1]),
                year >= 1,
                (1...12).contains(month)
            else { return nil }
            index = year * 12 + month - 1
        }
    }

    /// Reads `2024-11-18 17:09:35`, as ``dateAndTime(_:)`` writes it.
    package static func instant(_ text: String) -> Instant? {
        let parts = text.split(maxSplits: 5, omittingEmptySubsequences: false) { "-: ".contains($0) }.map(digits)
        guard parts.count == 6, let year = parts[0], let month = parts[1], let day = parts[2], let hour = parts[3],
            let minute = parts[4], let second = parts[5], (1...12).contains(month)
        else { return nil }
        return Instant(seconds: days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - offset)
    }

    /// The number of at most four decimal digits.
    private static func digits(_ text: Substring) -> Int64? {
        guard (1...4).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        return Int64(text)
    }

    private static func day(of instant: Instant) -> Int64 {
        let local = instant.seconds + offset
        return local >= 0 ? local / 86_400 : (local - 86_399) / 86_400
    }

    private static func pad(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }

    // Days since 1970-01-01 and the civil calendar, in both directions: Howard Hinnant's algorithms, whose years begin in
    // March so that the leap day comes last.

    private static func civil(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
