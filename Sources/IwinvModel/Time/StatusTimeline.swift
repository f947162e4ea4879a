public import Clocks

/// A server's status as answers show it (CONTRACT 3.6).
public enum ServerStatus: String, Sendable, Hashable, Codable, CaseIterable {
    case building, pending, active, error, work, off, deleting
}

/// What a server's status is, now and later: some phases, then a state that lasts.
///
/// Nothing has to happen for a server to come up: its status is a function of the instant at which one looks.
public struct StatusTimeline: Sendable, Hashable, Codable {
    /// A status that ends by itself.
    public struct Phase: Sendable, Hashable, Codable {
        /// What answers show meanwhile.
        public var status: ServerStatus
        private var untilNanoseconds: Int64

        /// The first instant at which the status has ended.
        public var until: Instant { Instant(nanoseconds: untilNanoseconds) }

        /// A status up to, and not including, an instant.
        public init(_ status: ServerStatus, until: Instant) {
            self.status = status
            self.untilNanoseconds = until.nanoseconds
        }
    }

    /// In the order of time.
    public var phases: [Phase]
    /// What follows the last phase; nil when the server is gone then.
    public var settled: ServerStatus?

    /// A status that lasts.
    public static func steady(_ status: ServerStatus) -> StatusTimeline {
        StatusTimeline(phases: [], settled: status)
    }

    /// Phases in the order of time, then what lasts.
    public init(phases: [Phase], settled: ServerStatus?) {
        self.phases = phases
        self.settled = settled
    }

    /// The status at an instant; nil when the server is gone.
    public func status(at instant: Instant) -> ServerStatus? {
        phases.first { instant < $0.until }?.status ?? settled
    }
}
