import Clocks
import HTTPTypes
import HummingbirdCore
public import IwinvModel
import IwinvWire
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Synchronization
import UnixSignals

/// An iwinv cloud on loopback: real sockets, signatures, quota and states; its time is that of a ``Clocks/HostClock``.
///
/// ```swift
/// let clock = VirtualClock(start: Instant(seconds: 1_710_000_000))
/// let simulator = try await IwinvSimulator.start(
///     SimulatorConfiguration(cloud: .demo(seed: 1, at: clock.now), clock: clock))
/// print(simulator.endpoint)   // http://127.0.0.1:40123
/// try await simulator.stop()
/// ```
///
/// Requests are answered one after the other, under one lock, so equal requests in an equal order get equal answers.
public final class IwinvSimulator: Sendable {
    /// The port it listens on.
    public let port: Int
    /// The variables that point `iwlua` at this simulator. The secret key is among them: it is made up, and nothing prints
    /// it unasked.
    public let environment: SimulatorEnvironment
    private let host: String
    private let faultSeed: UInt64
    private let face: HTTPFace
    private let services: ServiceGroup
    private let running: Task<Void, any Error>

    private init(
        port: Int, _ configuration: SimulatorConfiguration, face: HTTPFace, services: ServiceGroup,
        running: Task<Void, any Error>
    ) {
        self.port = port
        host = configuration.host
        faultSeed = configuration.faultSeed
        environment = configuration.environment(port: port)
        self.face = face
        self.services = services
        self.running = running
    }

    /// Starts a simulator; returns when it listens.
    ///
    /// - Throws: ``SimulatorProblem``, or the system's error when the address is taken.
    public static func start(_ configuration: SimulatorConfiguration) async throws -> IwinvSimulator {
        let face = try HTTPFace(configuration)
        let (ports, listening) = AsyncStream<Int>.makeStream()
        let server = try HTTPServerBuilder.http1().buildServer(
            configuration: ServerConfiguration(
                address: .hostname(configuration.host, port: configuration.port), serverName: nil),
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
            logger: configuration.logger,
            responder: { request, writer, channel in try await face.respond(to: request, writer, on: channel) },
            onServerRunning: { channel in listening.yield(channel.localAddress?.port ?? configuration.port) })
        let services = ServiceGroup(configuration: .init(services: [server], logger: configuration.logger))
        // The server outlives this call; it ends with `stop()`.
        let running = Task {
            defer { listening.finish() }
            try await services.run()
        }
        guard let port = await ports.first(where: { _ in true }) else {
            try await running.value
            throw SimulatorProblem.stopped
        }
        return IwinvSimulator(
            port: port, configuration, face: face, services: services, running: running)
    }

    /// `http://127.0.0.1:PORT`
    public var endpoint: String { "http://\(host):\(port)" }

    /// The cloud as it is now.
    public var cloud: Cloud { face.cloud }

    /// The requests that came, answered or not, oldest first; at most the last ten thousand.
    public var requests: [RecordedRequest] { face.desk.withLock { $0.log.all } }

    /// What goes wrong from now on, in place of what went wrong before. Counts and dice begin anew.
    public func setFaults(_ rules: [FaultRule]) {
        face.desk.withLock { $0.faults = FaultPlan(rules, seed: faultSeed) }
    }

    /// The rules in force.
    public var faults: [FaultRule] { face.desk.withLock { $0.faults.rules } }

    /// Changes the cloud between two requests, as somebody in the web console would.
    public func mutate<Result: Sendable>(_ change: (inout Cloud) throws -> Result) rethrows -> Result {
        let result = try face.settled { try $0.mutate(change) }
        face.keep()
        return result
    }

    /// Stops: requests under way are answered, then the port is free. A second call does nothing.
    ///
    /// - Throws: what ended the server, if that was not this.
    public func stop() async throws {
        await services.triggerGracefulShutdown()
        try await running.value
    }

    /// Runs until the process gets SIGTERM or SIGINT or this task is cancelled, then stops.
    ///
    /// - Parameter ready: Called when the signals are taken: from then on they stop it, and do not end the process.
    public func runUntilCancelled(ready: @escaping @Sendable () -> Void = {}) async throws {
        struct Waiter: Service {
            let ready: @Sendable () -> Void

            func run() async {
                ready()
                // Cancellation is the other way to the same end.
                try? await gracefulShutdown()
            }
        }
        let group = ServiceGroup(
            configuration: .init(
                services: [.init(service: Waiter(ready: ready), successTerminationBehavior: .gracefullyShutdownGroup)],
                gracefulShutdownSignals: [.sigterm, .sigint], logger: face.logger))
        try await group.run()
        try await stop()
    }
}
