public import Clocks
public import IwinvModel
public import Logging

/// How a simulator runs.
public struct SimulatorConfiguration: Sendable {
    /// The address to listen on.
    public var host = "127.0.0.1"
    /// The port to listen on; 0 for one that is free.
    public var port = 0
    /// The keys that may sign.
    public var keys = SimulatedKeys.demo
    /// Decides whether a signature is too old, when a window of the quota ends, and what status a server has.
    public var clock: any HostClock
    /// How many requests each of them may send; nil for as many as it likes.
    public var quota: Quota? = Quota()
    /// The addresses that requests may come from (CONTRACT 1.6); nil for all.
    public var allowedAddresses: [CIDR]?
    /// What the simulator serves at first, unless the state file exists.
    public var cloud: Cloud
    /// Documented or live; sets the switches of the cloud, also of one from the state file. Nil to leave them as they
    /// are.
    public var profile: CloudProfile?
    /// What goes wrong, and how often; ``IwinvSimulator/setFaults(_:)`` changes it later.
    public var faults: [FaultRule] = []
    /// What the dice of the faults are drawn from.
    public var faultSeed: UInt64 = 1
    /// Where the cloud is kept from one start to the next; written after every change. Nil to keep nothing.
    public var stateFile: String?
    /// Silent if not given. Nothing of a request but method, path, status and fault is ever logged.
    public var logger = Logger(label: "iwlua.simulator") { _ in SwiftLogNoOpLogHandler() }

    /// A simulator of this cloud on a free port of 127.0.0.1.
    public init(cloud: Cloud, clock: any HostClock) {
        self.cloud = cloud
        self.clock = clock
    }
}
