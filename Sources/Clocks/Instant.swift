/// A point in time: whole nanoseconds since 1970-01-01T00:00:00Z.
///
/// An integer, so that arithmetic on a virtual clock is exact and two runs from one seed agree to the last digit.
public struct Instant: Sendable, Hashable, Comparable {
    /// Nanoseconds since 1970-01-01T00:00:00Z; good until the year 2262.
    public var nanoseconds: Int64

    public init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    /// The instant `seconds` after 1970-01-01T00:00:00Z, or the last there is.
    public init(seconds: Int64) {
        self.nanoseconds = Duration.seconds(seconds).wholeNanoseconds
    }

    /// Whole seconds since 1970-01-01T00:00:00Z, rounded towards the past.
    public var seconds: Int64 {
        nanoseconds >= 0 ? nanoseconds / 1_000_000_000 : (nanoseconds - 999_999_999) / 1_000_000_000
    }

    public static func < (a: Instant, b: Instant) -> Bool {
        a.nanoseconds < b.nanoseconds
    }

    /// Beyond the first and the last instant there is none: a script that sleeps for centuries shall not end the process.
    public static func + (instant: Instant, duration: Duration) -> Instant {
        let length = duration.wholeNanoseconds
        let (sum, overflow) = instant.nanoseconds.addingReportingOverflow(length)
        return Instant(nanoseconds: overflow ? (length < 0 ? .min : .max) : sum)
    }

    public static func - (a: Instant, b: Instant) -> Duration {
        let (difference, overflow) = a.nanoseconds.subtractingReportingOverflow(b.nanoseconds)
        return .nanoseconds(overflow ? (a < b ? .min : .max) : difference)
    }
}

extension Duration {
    /// This duration in nanoseconds; what is finer is cut off, what does not fit is clamped.
    public var wholeNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        guard !overflow else { return seconds < 0 ? .min : .max }
        let (sum, overflowed) = product.addingReportingOverflow(attoseconds / 1_000_000_000)
        return overflowed ? (seconds < 0 ? .min : .max) : sum
    }
}
