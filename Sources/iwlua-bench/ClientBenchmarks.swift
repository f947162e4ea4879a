import AsyncHTTPClient
import Clocks
import IwinvCatalog
import IwinvClient
import IwinvModel
import IwinvSimulator
import IwinvWire
import NIOCore
import NIOHTTP1

/// The client beside plain async-http-client: what signature, envelope and rows cost.
struct ClientBenchmarks {
    static func comparisons() async throws -> [Comparison] {
        let clock = SystemClock()
        var configuration = SimulatorConfiguration(cloud: .demo(seed: 1, at: clock.now), clock: clock)
        configuration.quota = .init(limit: .max, window: .seconds(60))
        let simulator = try await IwinvSimulator.start(configuration)
        let credential = try Credential(
            accessKey: SimulatedKeys.demoAccessKey, secretKey: SimulatedKeys.demoSecretKey)
        let client = IwinvClient(
            ClientConfiguration(credential: credential, endpoint: try Endpoint(validating: simulator.endpoint)),
            budget: UnlimitedBudget(), clock: clock)
        let count = 300
        let (own, peer) = try await alternating(rounds: 7) {
            try await seconds {
                for _ in 0..<count { _ = try await client.zones.list() }
            } / Double(count)
        } _: {
            try await plain(count, simulator.endpoint, credential, clock) / Double(count)
        }
        let parallel = try await seconds {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<16 {
                    group.addTask { for _ in 0..<100 { _ = try await client.zones.list() } }
                }
                try await group.waitForAll()
            }
        }
        print(
            "client against the simulator, both in this process: \(Int(1 / own)) requests a second one after the other, "
                + "\(Int(1600 / parallel)) sixteen at a time")
        try await client.shutdown()
        try await simulator.stop()
        return [
            Comparison(
                name: "one signed request", peer: "plain async-http-client", seconds: own, peerSeconds: peer)
        ]
    }

    private static func plain(
        _ count: Int, _ endpoint: String, _ credential: Credential, _ clock: SystemClock
    ) async throws -> Double {
        var request = HTTPClientRequest(url: endpoint + "/v1/zones")
        for (name, value) in WireHeaders.signed(credential, at: clock.now, path: "/v1/zones") {
            request.headers.add(name: name, value: value)
        }
        let signed = request
        return try await seconds {
            for _ in 0..<count {
                let response = try await HTTPClient.shared.execute(signed, timeout: .seconds(10))
                _ = try await response.body.collect(upTo: 1 << 20)
            }
        }
    }
}
