import CCurl
import Clocks
import Foundation
import IwinvCatalog
import IwinvClient
import IwinvModel
import IwinvSimulator
import IwinvWire

/// The client beside libcurl alone: what signature, envelope and rows cost.
struct ClientBenchmarks {
    static func comparisons() async throws -> [Comparison] {
        let clock = SystemClock()
        var configuration = SimulatorConfiguration(cloud: .demo(seed: 1, at: clock.now), clock: clock)
        configuration.quota = nil
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
        let connections = client.configuration.connections
        let (sustained, raw) = try await alternating(rounds: 5) {
            try await seconds {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<connections {
                        group.addTask { for _ in 0..<200 { _ = try await client.zones.list() } }
                    }
                    try await group.waitForAll()
                }
            } / Double(connections * 200)
        } _: {
            try await RawLoad(
                port: UInt16(simulator.port), request: request(simulator, credential, clock),
                connections: connections, requestsEach: 200
            ).run() / Double(connections * 200)
        }
        print(
            "client against the simulator, both in this process: \(Int(1 / own)) requests a second one after the other, "
                + "\(Int(1 / sustained)) on \(connections) connections; raw sockets: \(Int(1 / raw))")
        try await client.shutdown()
        try await simulator.stop()
        return [
            Comparison(
                name: "one signed request", peer: "plain libcurl", seconds: own, peerSeconds: peer),
            Comparison(
                name: "requests on \(connections) connections, each", peer: "raw sockets", seconds: sustained,
                peerSeconds: raw),
            try await decoding(),
        ]
    }

    /// The bytes of a signed request; its signature is good for five minutes.
    private static func request(
        _ simulator: IwinvSimulator, _ credential: Credential, _ clock: SystemClock
    ) -> [UInt8] {
        let headers = WireHeaders.signed(credential, at: clock.now, path: "/v1/zones").map { "\($0.0): \($0.1)\r\n" }
        return Array("GET /v1/zones HTTP/1.1\r\nHost: 127.0.0.1:\(simulator.port)\r\n\(headers.joined())\r\n".utf8)
    }

    /// A list of a thousand servers, from bytes to rows.
    private static func decoding() async throws -> Comparison {
        let clock = SystemClock()
        let fleet = FleetDescription(servers: [.init("web-%04d", count: 1000)])
        var cloud = try Cloud(fleet, seed: 1, at: clock.now)
        guard let list = Catalog.iwinv["instances.list"] else { throw CancellationError() }
        let arguments = try Arguments(["fields": .integer(list.defaultFields ?? 1)], for: list)
        let rows = cloud.apply(list, arguments, page: .everything, at: clock.now).rows ?? []
        let bytes = JSONCodec.encode(Envelope.success(rows: rows))
        let data = Data(bytes)
        let (own, peer) = try await alternating(rounds: 9) {
            try await seconds { _ = try Envelope(status: 200, body: bytes).rows.count }
        } _: {
            try await seconds { _ = try JSONSerialization.jsonObject(with: data) }
        }
        return Comparison(
            name: "decode a list of 1,000 servers (\(bytes.count / 1024) KiB)", peer: "Foundation's JSONSerialization",
            seconds: own, peerSeconds: peer)
    }

    private static func plain(
        _ count: Int, _ endpoint: String, _ credential: Credential, _ clock: SystemClock
    ) async throws -> Double {
        let headers = WireHeaders.signed(credential, at: clock.now, path: "/v1/zones").map { "\($0.0): \($0.1)" }
        guard ccurl_load() else { throw BenchProblem.noLibrary }
        // A thread that may wait: the server runs in this process.
        return try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                let strings = headers.map { strdup($0) }
                defer { for string in strings { free(string) } }
                let pointers = strings.map { UnsafePointer($0) } + [nil]
                let start = clock.elapsed
                let code = ccurl_measure(endpoint + "/v1/zones", pointers, Int32(count))
                guard code == 0 else { return continuation.resume(throwing: BenchProblem.exchange(code)) }
                let (seconds, attoseconds) = (clock.elapsed - start).components
                continuation.resume(returning: Double(seconds) + Double(attoseconds) * 1e-18)
            }
        }
    }

    private enum BenchProblem: Error {
        case noLibrary
        case exchange(Int32)
    }
}
