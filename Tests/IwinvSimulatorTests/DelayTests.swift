import Clocks
import IwinvCatalog
import IwinvModel
import IwinvSimulator
import IwinvTesting
import IwinvWire
import Testing

@Suite("Delays")
struct DelayTests {
    @Test("on a virtual clock a client that holds an activity waits through it in a moment")
    func held() async throws {
        let rule = try FaultRule("instances.reboot: delay(30m)")
        try await withCloud(configure: { $0.faults = [rule] }) { cloud in
            let id = JSONValue.string(try #require(cloud.simulator.cloud.servers.first?.id))
            cloud.clock.beginActivity()
            let reply = try await cloud.call("instances.reboot", ["instance_id": id])
            #expect(reply.status == 202 && cloud.clock.elapsed == .seconds(1800))
            // The effect came at once: a server that takes a few seconds to reboot is long done.
            #expect(cloud.simulator.requests.last?.at == SimulatedCloud.start)
            #expect(cloud.simulator.cloud.servers.first?.status(at: SimulatedCloud.start) == .work)
            #expect(cloud.simulator.cloud.servers.first?.status(at: cloud.clock.now) == .active)
            cloud.clock.endActivity()
        }
    }

    @Test("who works beside it holds the time")
    func besides() async throws {
        let rule = try FaultRule("zones.list: delay(10s)")
        try await withCloud(configure: { $0.faults = [rule] }) { cloud in
            cloud.clock.beginActivity()
            cloud.clock.beginActivity()
            let reading = Task { try await cloud.send("GET", "/v1/zones").status }
            while cloud.simulator.requests.isEmpty { await Task.yield() }
            #expect(cloud.clock.elapsed == .zero)
            cloud.clock.endActivity()
            let status = try await reading.value
            #expect(status == 200 && cloud.clock.elapsed == .seconds(10))
            cloud.clock.endActivity()
        }
    }

    @Test("a client without an activity is waited for too, and nothing is left over")
    func unheld() async throws {
        let rule = try FaultRule("zones.list: delay(10s)")
        try await withCloud(configure: { $0.faults = [rule] }) { cloud in
            let status = try await cloud.send("GET", "/v1/zones").status
            #expect(status == 200 && cloud.clock.elapsed == .seconds(10))
            cloud.clock.beginActivity()
            try await cloud.clock.sleep(for: .seconds(1))
            #expect(cloud.clock.elapsed == .seconds(11))
            cloud.clock.endActivity()
        }
    }

    @Test("on the machine's clock it takes as long as it says")
    func real() async throws {
        let clock = SystemClock()
        var configuration = SimulatorConfiguration(cloud: .demo(seed: 1, at: clock.now), clock: clock)
        configuration.faults = [try FaultRule("*: delay(150ms)")]
        let simulator = try await IwinvSimulator.start(configuration)
        let start = clock.elapsed
        let reply = try await signed(simulator, clock)
        #expect(reply.status == 200 && clock.elapsed - start >= .milliseconds(150))
        try await simulator.stop()
    }

    @Test("stopping cuts a delay short: the request is answered")
    func stopping() async throws {
        let clock = SystemClock()
        var configuration = SimulatorConfiguration(cloud: .demo(seed: 1, at: clock.now), clock: clock)
        configuration.faults = [try FaultRule("*: delay(1h)")]
        let simulator = try await IwinvSimulator.start(configuration)
        let reading = Task { try await signed(simulator, clock).status }
        while simulator.requests.isEmpty { await Task.yield() }
        try await simulator.stop()
        #expect(try await reading.value == 200)
    }

    private func signed(_ simulator: IwinvSimulator, _ clock: SystemClock) async throws -> RawReply {
        let credential = try Credential(
            accessKey: SimulatedKeys.demoAccessKey, secretKey: SimulatedKeys.demoSecretKey)
        return try await RawClient.send(
            "GET", "/v1/zones", headers: WireHeaders.signed(credential, at: clock.now, path: "/v1/zones"),
            port: simulator.port)
    }
}
