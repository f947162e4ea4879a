import Clocks

/// So many requests in each window of a key; a window begins with the first request after the last one ended
/// (CONTRACT 1.5, U1).
struct FixedWindowQuota: Sendable {
    private struct Window {
        var end: Instant
        var used: Int
    }

    var limit: Int
    var window: Duration
    private var windows: [String: Window] = [:]

    init(limit: Int, window: Duration) {
        self.limit = limit
        self.window = window
    }

    /// Takes one request of a key's window.
    ///
    /// - Returns: nil if there was one left, else how long until the next window.
    mutating func take(_ key: String, at instant: Instant) -> Duration? {
        if let current = windows[key], instant < current.end {
            guard current.used < limit else { return current.end - instant }
            windows[key]?.used += 1
            return nil
        }
        windows[key] = Window(end: instant + window, used: 1)
        return limit < 1 ? window : nil
    }
}
