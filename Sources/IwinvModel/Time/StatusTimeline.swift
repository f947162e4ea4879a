public import Clocks

/// What the status of a server or a volume is, now and later: some phases, then a state that lasts.
///
/// Nothing has to happen for a server to come up: its status is a function of the instant at which one looks.
public struct StatusTimeline<Status: Sendable & Hashable & Codable>: Sendable, Hashable, Codable {
    /// A status that ends by itself.
    public struct Phase: Sendable, Hashable, Codable {
        /// What answers show meanwhile.
        public var status: Status
        private var untilNanoseconds: Int64

        /// The first instant at which the status has ended.
        public var until: Instant { Instant(nanoseconds: untilNanoseconds) }

        /// A status up to, and not including, an instant.
        public init(_ status: Status, until: Instant) {
            self.status = status
            self.untilNanoseconds = until.nanoseconds
        }
    }

    /// In the order of time.
    public var phases: [Phase]
    /// What follows the last phase; nil when the resource is gone then.
    public var settled: Status?

    /// A status that lasts.
    public static func steady(_ status: Status) -> StatusTimeline {
        StatusTimeline(phases: [], settled: status)
    }

    /// Phases in the order of time, then what lasts.
    public init(phases: [Phase], settled: Status?) {
        self.phases = phases
        self.settled = settled
    }

    /// The status at an instant; nil when the resource is gone.
    public func status(at instant: Instant) -> Status? {
        phases.first { instant < $0.until }?.status ?? settled
    }
}
