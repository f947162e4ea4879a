public import Clocks

/// How a daemon stands, for whoever asks.
public struct DaemonStanding: Sendable, Hashable {
    /// An active schedule that should do something and does not.
    public struct Idle: Sendable, Hashable {
        public var schedule: String
        public var reason: String
    }

    /// When it came up, by its own clock.
    public var upSince: Instant
    /// When it last looked at the time and at the ledger.
    public var lookedAt: Instant
    /// Nil before it serves, and when it does no more.
    public var epoch: Int64?
    public var active: Int
    public var paused: Int
    /// Attempts under way, those that are about to begin included.
    public var running: Int
    /// Occurrences that are claimed and wait for their turn or for a retry.
    public var waiting: Int
    public var idle: [Idle]

    /// Whether it looks as often as it should.
    ///
    /// - Parameter now: By the daemon's clock.
    public func isLooking(at now: Instant) -> Bool { epoch != nil && now - lookedAt < Self.patience }

    /// Longer than a renewal of the lease takes on a busy machine.
    static let patience = Duration.seconds(90)
}
