import Clocks
import IwinvCatalog
import IwinvModel
import IwinvSimulator
import IwinvTesting
import IwinvWire
import Testing

@Suite("Authentication (CONTRACT 1.2 – 1.4, U2)")
struct AuthenticationTests {
    /// The worked vectors of CONTRACT 1.3.
    private static let vectors: [(timestamp: String, path: String, secret: String, signature: String)] = [
        (
            "1710000000", "/v1/zones", "test_secret_key",
            "310105102d6f833c40977fb9210e4b31836880f3c429e62e0541c8cc0e8215b4"
        ),
        (
            "1731917375", "/v1/instances/INSTANCE-z3oB3PugYnKmmyxKyGzr9", "iw-S3cret+/=Key",
            "5a3988d36d2561f2ab5784698f311f2bd59f934ad368b25bc69632838a22eca4"
        ),
        (
            "1700000000", "/v1/flavors/soi_2.8_s", "비밀-키-0123",
            "323c43a018cc67c60679bbb880751e7531fb5495deef4b7c8cd48ad5828148a4"
        ),
        (
            "1710000000", "/v1/zones", "synthetic-secret",
            "dc173edadd25dbdd85193174137e90f73a82970b519cb74c09efe51b76715fb2"
        ),
        (
            "1710000000", "/v1/security-groups/FIREWALL-3fQ9aT/rules/1042", "test_secret_key",
            "eeb401a746613a8ee5ac72f20b09e30aacf6e6a1c9d7ac0785eebd56120aaf12"
        ),
    ]

    private func headers(_ timestamp: String?, _ key: String?, _ signature: String?) -> [(String, String)] {
        [("X-iwinv-Timestamp", timestamp), ("X-iwinv-Credential", key), ("X-iwinv-Signature", signature)]
            .compactMap { name, value in value.map { (name, $0) } }
    }

    @Test("the worked vectors pass: what follows is another matter than the signature", arguments: 0..<vectors.count)
    func workedVectors(index: Int) async throws {
        let vector = Self.vectors[index]
        let clock = VirtualClock(start: Instant(seconds: try #require(Int64(vector.timestamp))))
        let keys = SimulatedKeys(["key": vector.secret])
        try await withCloud(clock: clock, configure: { $0.keys = keys }) { cloud in
            let query = index == 1 ? "?fields=3599" : ""
            let reply = try await RawClient.send(
                "GET", vector.path + query, headers: headers(vector.timestamp, "key", vector.signature),
                port: cloud.simulator.port)
            // The server of vector 2 does not exist, and a rule as in vector 5 has no GET.
            #expect(try [200, 400, 405].contains(reply.status) && reply.envelope.errorCode != .invalidSignature)
            var wrong = vector.signature
            wrong.append(wrong.removeFirst())
            let refused = try await RawClient.send(
                "GET", vector.path, headers: headers(vector.timestamp, "key", wrong), port: cloud.simulator.port)
            #expect(try refused.status == 401 && refused.errorCode == .invalidSignature)
        }
    }

    @Test("a signature over a trailing slash or over the query is refused")
    func mustNot() async throws {
        try await withCloud(configure: { $0.keys = ["key": "test_secret_key"] }) { cloud in
            for (target, signature) in [
                ("/v1/zones", "9b314c783a3fa186b3bcf27964cec7e94e71d030a2de8d99b0e477d7d73b8b4f"),
                ("/v1/zones?page_no=1", "22748e2859bb595a38acd781658fc472c90147c96810943e1e63b1e9ecb28732"),
            ] {
                let reply = try await RawClient.send(
                    "GET", target, headers: headers("1710000000", "key", signature), port: cloud.simulator.port)
                #expect(try reply.status == 401 && reply.errorCode == .invalidSignature)
            }
        }
    }

    @Test("a timestamp may be 300 s off, not 301, in both directions")
    func clockWindow() async throws {
        try await withCloud { cloud in
            for (offset, status) in [(0, 200), (-300, 200), (300, 200), (-301, 401), (301, 401), (-600, 401)] {
                let reply = try await cloud.send("GET", "/v1/zones", at: cloud.clock.now + .seconds(offset))
                #expect(reply.status == status, "\(offset) s")
                if status == 401 { #expect(try reply.errorCode == .invalidSignature) }
            }
            // The clock is the simulator's: half an hour later the same signature is too old.
            let instant = cloud.clock.now
            cloud.clock.advance(by: .seconds(1800))
            #expect(try await cloud.send("GET", "/v1/zones", at: instant).status == 401)
            #expect(try await cloud.send("GET", "/v1/zones").status == 200)
        }
    }

    @Test("missing or malformed headers and unknown keys are told apart")
    func headersOneByOne() async throws {
        let good = String(repeating: "a", count: 64)
        let cases: [(String?, String?, String?, ErrorCode)] = [
            ("1710000000", nil, good, .checkCredential), ("1710000000", "", good, .checkCredential),
            ("1710000000", "unknown", good, .checkCredential), (nil, "simulated-access-key", good, .checkSignature),
            ("now", "simulated-access-key", good, .checkSignature),
            ("+1710000000", "simulated-access-key", good, .checkSignature),
            ("99999999999999999999", "simulated-access-key", good, .checkSignature),
            ("1710000000", "simulated-access-key", nil, .checkSignature),
            ("1710000000", "simulated-access-key", String(good.dropLast()), .checkSignature),
            ("1710000000", "simulated-access-key", good.uppercased(), .checkSignature),
            ("1710000000", "simulated-access-key", good, .invalidSignature),
        ]
        try await withCloud { cloud in
            for (timestamp, key, signature, code) in cases {
                let reply = try await RawClient.send(
                    "GET", "/v1/zones", headers: headers(timestamp, key, signature), port: cloud.simulator.port)
                #expect(try reply.status == 401 && reply.errorCode == code)
                #expect(try reply.envelope.result == "error")
            }
        }
    }

    @Test("neither keys nor headers show up in descriptions, dumps or the record")
    func nothingLeaks() async throws {
        let secret = "s3cret-of-the-simulator"
        try await withCloud(configure: { $0.keys = ["key": secret] }) { cloud in
            let configuration = SimulatorConfiguration(cloud: cloud.simulator.cloud, clock: cloud.clock)
            var keyed = configuration
            keyed.keys = ["key": secret]
            var text = ""
            dump(keyed, to: &text)
            text += "\(keyed)" + String(reflecting: keyed.keys)
            let signed = WireHeaders.signed(
                try Credential(accessKey: "key", secretKey: secret), at: cloud.clock.now, path: "/v1/zones")
            _ = try await RawClient.send("GET", "/v1/zones", headers: signed, port: cloud.simulator.port)
            text += "\(cloud.simulator.requests)"
            #expect(cloud.simulator.requests.map(\.status) == [200])
            #expect(!text.contains(secret) && !text.contains(signed[2].1))
        }
    }
}
