public import Clocks

/// How long a message is tried for.
public struct DeliveryPatience: Sendable, Hashable {
    /// Before the second try; each pause is twice the one before.
    public var first = Duration.seconds(10)
    public var longest = Duration.seconds(3600)
    public var tries = 32
    public var span = Duration.seconds(86_400)

    public init() {}

    /// When to try again, by the clock of `now`; nil to give up.
    ///
    /// - Parameters:
    ///   - tries: How often it was tried.
    ///   - created: When the message came up.
    ///   - wish: How long the receiver wants to be left alone; heard up to ``longest``.
    public func next(after tries: Int, created: Instant, now: Instant, wish: Duration? = nil) -> Instant? {
        guard tries < self.tries, now - created < span else { return nil }
        var pause = first
        for _ in 1..<max(2, tries) where pause < longest { pause += pause }
        if tries <= 1 { pause = first }
        return now + min(longest, max(pause, wish ?? .zero))
    }
}

/// What became of one try.
public enum DeliveryOutcome: Sendable, Hashable {
    case sent
    /// It may go better later: why, and when the receiver says so.
    case failed(reason: String, wish: Duration?)
    /// The receiver will never take this message.
    case refused(reason: String)

    /// What a receiver's HTTP status means for one message.
    ///
    /// - Parameter retryAfter: The header's text; seconds are understood.
    public init(status: Int, retryAfter: String?) {
        switch status {
        case 200..<300: self = .sent
        case 400, 413, 422: self = .refused(reason: "HTTP \(status)")
        default:
            let seconds = retryAfter.flatMap(Double.init).flatMap { (0..<1e6).contains($0) ? $0 : nil }
            self = .failed(reason: "HTTP \(status)", wish: seconds.map { .seconds($0) })
        }
    }
}
