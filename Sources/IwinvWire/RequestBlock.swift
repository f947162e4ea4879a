/// How long replies with HTTP 429 keep a key from sending (CONTRACT 1.5).
///
/// One reply stops everybody for ``longest`` at most, whatever it asks for: it may be a slip. If the next reply after that
/// pause asks for a long one again, it is believed, up to ``longestRepeated``. Times are durations since the origin of a
/// clock.
public struct RequestBlock: Sendable, Hashable {
    /// Nobody sends before.
    public private(set) var until: Duration
    /// What the last 429 asked for, where that was more than ``longest``.
    public private(set) var wish: Duration?

    public static let longest: Duration = .seconds(300)
    public static let longestRepeated: Duration = .seconds(3600)

    /// None, or one that is known.
    public init(until: Duration = .zero, wish: Duration? = nil) {
        self.until = until
        self.wish = wish
    }

    /// Takes a 429 up.
    ///
    /// - Parameters:
    ///   - retryAfter: What it asks for.
    ///   - usual: What holds if it asks for nothing.
    public mutating func extend(retryAfter: Duration?, usual: Duration, at now: Duration) {
        let asked = max(retryAfter ?? usual, .zero)
        // Requests that were under way when the block began say nothing new.
        let isRepeated = wish != nil && now >= until && now - until < Self.longestRepeated
        until = max(until, now + min(asked, isRepeated ? Self.longestRepeated : Self.longest))
        wish = asked > Self.longest ? asked : nil
    }
}
