extension SimulatorConfiguration {
    /// How many requests a key may send (CONTRACT 1.5, U1).
    public struct Quota: Sendable, Hashable {
        /// Requests in a window.
        public var limit: Int
        /// Counted from a key's first request; then it counts anew.
        public var window: Duration

        /// The documented 60 a minute unless told otherwise.
        public init(limit: Int = 60, window: Duration = .seconds(60)) {
            self.limit = limit
            self.window = window
        }

        /// Reads `60`, which is a minute's, or `60/60`: requests and seconds.
        ///
        /// - Throws: ``SimulatorProblem/quota(_:)``.
        public init(_ text: String) throws(SimulatorProblem) {
            let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
            guard parts.count <= 2, let limit = parts[0], (1...1_000_000).contains(limit),
                let seconds = parts.count == 2 ? parts[1] : 60, (1...86_400).contains(seconds)
            else { throw .quota(text) }
            self.init(limit: limit, window: .seconds(seconds))
        }

        /// `60/60`, which ``init(_:)`` reads; a part of a second counts as a whole one.
        var text: String {
            let (seconds, attoseconds) = window.components
            return "\(limit)/\(max(1, attoseconds > 0 ? seconds + 1 : seconds))"
        }
    }
}
