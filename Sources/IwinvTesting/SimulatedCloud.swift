public import Clocks
public import IwinvClient
public import IwinvModel
public import IwinvSimulator
import IwinvWire

/// A simulator with a virtual clock, for tests of programs that embed iwlua.
///
/// ```swift
/// let cloud = try await SimulatedCloud.start(fleet: FleetDescription(servers: [.init("web-%02d", count: 3)]))
/// let client = try cloud.client()
/// try await cloud.stop()
/// ```
public struct SimulatedCloud: Sendable {
    public let simulator: IwinvSimulator
    /// The simulator's clock; give it to the client too, so that both live in one time.
    public let clock: VirtualClock
    public let accessKey = SimulatedKeys.demoAccessKey
    public let secretKey = SimulatedKeys.demoSecretKey

    /// When the clock begins unless told otherwise: 2024-03-09T16:00:00Z.
    public static let start = Instant(seconds: 1_710_000_000)

    /// `http://127.0.0.1:PORT`
    public var endpoint: String { simulator.endpoint }

    /// Starts a simulator on a free port.
    ///
    /// - Parameters:
    ///   - fleet: what the account has; nil for the demo fleet.
    ///   - seed: what identifiers and passwords are drawn from.
    ///   - configure: a last look at the configuration: quota, keys, port.
    /// - Throws: ``FleetProblem`` for a fleet that cannot be, and what `IwinvSimulator.start` throws.
    public static func start(
        fleet: FleetDescription? = nil, seed: UInt64 = 1, clock: VirtualClock = VirtualClock(start: start),
        configure: (inout SimulatorConfiguration) -> Void = { _ in }
    ) async throws -> SimulatedCloud {
        let cloud = try fleet.map { fleet in try Cloud(fleet, seed: seed, at: clock.now) }
        var configuration = SimulatorConfiguration(cloud: cloud ?? .demo(seed: seed, at: clock.now), clock: clock)
        configure(&configuration)
        return SimulatedCloud(simulator: try await IwinvSimulator.start(configuration), clock: clock)
    }

    private init(simulator: IwinvSimulator, clock: VirtualClock) {
        self.simulator = simulator
        self.clock = clock
    }

    /// A client of this cloud, in its time and with a budget of its own.
    ///
    /// - Parameter configure: a last look at the configuration: time-outs, the firewall family.
    public func client(configure: (inout ClientConfiguration) -> Void = { _ in }) throws -> IwinvClient {
        let credential = try Credential(accessKey: accessKey, secretKey: secretKey)
        var configuration = ClientConfiguration(credential: credential, endpoint: try Endpoint(validating: endpoint))
        configure(&configuration)
        return IwinvClient(configuration, budget: SlidingWindowBudget(clock: clock), clock: clock)
    }

    /// Stops the simulator.
    public func stop() async throws { try await simulator.stop() }
}
