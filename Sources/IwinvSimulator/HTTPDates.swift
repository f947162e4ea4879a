import Clocks
import Foundation
import Synchronization

/// Instants as `Date` headers write them: `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, 5.6.7).
///
/// Formatting one costs as much as a small answer does, so the last text is kept for the rest of its second.
final class HTTPDates: Sendable {
    private let last = Mutex((second: Int64.min, text: ""))

    func text(_ instant: Instant) -> String {
        let second = instant.seconds
        return last.withLock { last in
            if last.second != second {
                last = (second, Date(timeIntervalSince1970: Double(second)).formatted(Self.style))
            }
            return last.text
        }
    }

    private static let style = Date.VerbatimFormatStyle(
        format: """
            \(weekday: .abbreviated), \(day: .twoDigits) \(month: .abbreviated) \(year: .padded(4)) \
            \(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased)):\(minute: .twoDigits):\(second: .twoDigits) GMT
            """, locale: Locale(identifier: "en_US_POSIX"), timeZone: .gmt, calendar: Calendar(identifier: .gregorian))
}
