public import IwinvCatalog

/// When and how often a failed read is sent again. A change never is (CONTRACT 1.7).
public struct RetryPolicy: Sendable, Hashable {
    /// How often a call may be sent in all.
    public var attempts: Int
    /// The pause after the first failure; it doubles with each further one.
    public var base: Duration
    /// The longest pause of the policy's own.
    public var cap: Duration
    /// Which part of a pause is left to chance: 0 none, 1 all.
    public var jitter: Double
    /// If the server asks for a longer pause than this, the call fails instead.
    public var longestRetryAfter: Duration

    public init(
        attempts: Int = 4, base: Duration = .milliseconds(500), cap: Duration = .seconds(20), jitter: Double = 0.5,
        longestRetryAfter: Duration = .seconds(300)
    ) {
        self.attempts = attempts
        self.base = base
        self.cap = cap
        self.jitter = jitter
        self.longestRetryAfter = longestRetryAfter
    }

    /// Every call is sent once.
    public static let never = RetryPolicy(attempts: 1)

    /// How long to wait before the next attempt; nil if there shall be none.
    ///
    /// - Parameters:
    ///   - attempt: How many were made, from 1.
    ///   - random: A number in 0..<1.
    public func pause(
        after attempt: Int, _ error: CloudError, retry: RetryClass, random: Double
    ) -> Duration? {
        guard retry == .read, attempt < attempts, error.isRetryable, !error.isBusy else { return nil }
        let factor = Double(1 << min(attempt - 1, 30)) * (1 - jitter * random)
        let pause = min(base * factor, cap)
        guard let wish = error.retryAfter else { return pause }
        return wish > longestRetryAfter ? nil : max(wish, pause)
    }
}
