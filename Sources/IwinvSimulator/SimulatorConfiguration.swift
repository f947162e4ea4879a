public import Clocks
public import IwinvModel
public import Logging

/// How a simulator runs.
public struct SimulatorConfiguration: Sendable {
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
    }

    /// The address to listen on.
    public var host = "127.0.0.1"
    /// The port to listen on; 0 for one that is free.
    public var port = 0
    /// The keys that may sign.
    public var keys = SimulatedKeys.demo
    /// Decides whether a signature is too old, when a window of the quota ends, and what status a server has.
    public var clock: any HostClock
    /// How many requests each of them may send.
    public var quota = Quota()
    /// What the simulator serves at first, unless the state file exists.
    public var cloud: Cloud
    /// Where the cloud is kept from one start to the next; written after every change. Nil to keep nothing.
    public var stateFile: String?
    /// Silent if not given. Nothing of a request but method, target and status is ever logged.
    public var logger = Logger(label: "iwlua.simulator") { _ in SwiftLogNoOpLogHandler() }

    /// A simulator of this cloud on a free port of 127.0.0.1.
    public init(cloud: Cloud, clock: any HostClock) {
        self.cloud = cloud
        self.clock = clock
    }
}
