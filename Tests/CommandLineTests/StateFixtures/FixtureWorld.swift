import Clocks
import Foundation
import IwinvCatalog
import IwinvModel
import IwinvSimulator
import IwinvWire
import RunStore
import TestSupport
import Testing

/// A cloud at a scene's port, and a program with a state folder.
struct FixtureWorld {
    let scene: StateScene
    let iwlua: Iwlua
    let simulator: IwinvSimulator
    let environment: [String: String]

    var state: String { environment["IWLUA_STATE"] ?? "" }

    /// A world in which nothing has happened yet.
    static func new<Result>(
        _ scene: StateScene, _ fleet: JSONValue, _ work: (FixtureWorld) async throws -> Result
    ) async throws -> Result {
        var cloud = try Cloud(FleetDescription(fleet), seed: 1, at: SystemClock().now)
        var timing = Timing()
        // What works is done before anybody looks again.
        (timing.building, timing.pending, timing.reboot, timing.shutdown, timing.deleting) = (1, 1, 1, 1, 1)
        (timing.volumeAttachment, timing.volumeDetachment) = (1, 1)
        cloud.timing = timing
        return try await within(scene, cloud, { _ in }, work)
    }

    /// A copy of a fixture, as if the program that left it had ended a moment ago, or years; with what it has to say.
    static func copy(
        _ fixture: StateFixture, _ work: (FixtureWorld, StateAnswers) async throws -> Void
    ) async throws {
        // Only where there is no file of the cloud would this one be taken.
        let none = Cloud(seed: 0, at: SystemClock().now)
        let fill = { (folder: URL) in
            let files = FileManager.default
            try files.copyItem(at: fixture.state, to: folder.appendingPathComponent("state"))
            try files.copyItem(at: fixture.cloud, to: folder.appendingPathComponent("cloud.json"))
            // Git keeps no modes but that of programs.
            let state = folder.appendingPathComponent("state").path
            try files.setAttributes([.posixPermissions: 0o700], ofItemAtPath: state)
            for name in try files.contentsOfDirectory(atPath: state) {
                try files.setAttributes([.posixPermissions: 0o600], ofItemAtPath: "\(state)/\(name)")
            }
            for name in (try? files.contentsOfDirectory(atPath: fixture.files.path)) ?? [] {
                try files.copyItem(
                    at: fixture.files.appendingPathComponent(name), to: folder.appendingPathComponent(name))
            }
        }
        try await within(fixture.scene, none, fill) { world in
            // Others write to them, too.
            let answers = try StateAnswers(fixture)
            try await work(world, answers)
            try answers.write()
        }
    }

    private static func within<Result>(
        _ scene: StateScene, _ cloud: Cloud, _ fill: (URL) throws -> Void,
        _ work: (FixtureWorld) async throws -> Result
    ) async throws -> Result {
        await FixedPorts.shared.enter(scene.port)
        let result: Swift.Result<Result, any Error>
        do { result = .success(try await alone(scene, cloud, fill, work)) } catch { result = .failure(error) }
        await FixedPorts.shared.leave(scene.port)
        return try result.get()
    }

    private static func alone<Result>(
        _ scene: StateScene, _ cloud: Cloud, _ fill: (URL) throws -> Void,
        _ work: (FixtureWorld) async throws -> Result
    ) async throws -> Result {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        try fill(iwlua.folder)
        var configuration = SimulatorConfiguration(cloud: cloud, clock: SystemClock())
        configuration.quota = nil
        configuration.port = scene.port
        configuration.stateFile = iwlua.folder.appendingPathComponent("cloud.json").path
        let simulator = try await listen(configuration)
        let environment = [
            "IWLUA_ENDPOINT": simulator.endpoint, "IWINV_ACCESS_KEY": "simulated-access-key",
            "IWINV_SECRET_KEY": "simulated-secret-key", "IWLUA_BUDGET": "none",
            // A fixture is older each day.
            "IWLUA_RETENTION": "none", "IWLUA_STATE": iwlua.folder.appendingPathComponent("state").path,
        ]
        let world = FixtureWorld(scene: scene, iwlua: iwlua, simulator: simulator, environment: environment)
        do {
            let result = try await work(world)
            try await simulator.stop()
            return result
        } catch {
            try await simulator.stop()
            throw error
        }
    }

    /// - Throws: ``FixedPortProblem``.
    static func listen(_ configuration: SimulatorConfiguration) async throws -> IwinvSimulator {
        do { return try await IwinvSimulator.start(configuration) } catch {
            throw FixedPortProblem(port: configuration.port, reason: error)
        }
    }

    // MARK: - The program

    func run(_ words: [String], with more: [String: String] = [:], input: String = "") async throws -> Iwlua.Result {
        try await iwlua.run(words, environment: environment.merging(more) { $1 }, input: input)
    }

    func terminal(_ words: [String], with more: [String: String] = [:]) throws -> TypedTerminal {
        try TypedTerminal(iwlua, words, environment: environment.merging(more) { $1 })
    }

    func journal() async throws -> Journal { try await Journal.open(folder: state) }

    func setFaults(_ faults: [String]) throws { simulator.setFaults(try faults.flatMap(FaultRule.rules(in:))) }

    /// What a run's environment has besides.
    static func more(_ family: String?) -> [String: String] { family.map { ["IWLUA_FIREWALL_API": $0] } ?? [:] }

    // MARK: - The cloud

    /// What the cloud has done since so many requests, by method and path.
    func effects(since count: Int) -> [String: Int] {
        let made = simulator.requests[count...].filter(\.hadEffect)
        return Dictionary(
            made.map { ("\($0.method) \($0.target.prefix { $0 != "?" })", 1) }, uniquingKeysWith: +)
    }

    /// The same by operation.
    func operations(since count: Int) -> [String: Int] {
        let made = simulator.requests[count...].filter(\.hadEffect)
        return Dictionary(made.map { ("\($0.operation?.description ?? "?")", 1) }, uniquingKeysWith: +)
    }

    /// Servers, volumes and firewalls whose names contain a text, as they are once everything has come to rest.
    func things(_ scope: String) -> [String] {
        let cloud = simulator.cloud
        let servers = cloud.servers.compactMap { server in
            server.timeline.settled.map { "server \(server.name) \($0)" }
        }
        let volumes = cloud.volumes.compactMap { volume in
            volume.timeline.settled.map { _ in
                "volume \(volume.name) at \(volume.instanceID.flatMap(cloud.server)?.name ?? "nothing")"
            }
        }
        let firewalls = cloud.firewalls.map { firewall in
            "firewall \(firewall.title): "
                + firewall.rules.map { "\($0.bound) \($0.protocolName) \($0.port) \($0.ip) \($0.title)" }
                .joined(separator: "; ")
        }
        return (servers + volumes + firewalls).filter { $0.contains(scope) }.sorted()
    }
}
