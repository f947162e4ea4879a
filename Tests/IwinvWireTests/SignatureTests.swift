import Clocks
import IwinvWire
import Testing

@Suite struct SignatureTests {
    struct Vector: Sendable, CustomTestStringConvertible {
        var timestamp, path, secret, signature: String
        var testDescription: String { "\(timestamp) \(path)" }
    }

    /// CONTRACT 1.3.
    static let vectors = [
        Vector(
            timestamp: "1710000000", path: "/v1/zones", secret: "test_secret_key",
            signature: "310105102d6f833c40977fb9210e4b31836880f3c429e62e0541c8cc0e8215b4"),
        Vector(
            timestamp: "1731917375", path: "/v1/instances/INSTANCE-z3oB3PugYnKmmyxKyGzr9", secret: "iw-S3cret+/=Key",
            signature: "5a3988d36d2561f2ab5784698f311f2bd59f934ad368b25bc69632838a22eca4"),
        Vector(
            timestamp: "1700000000", path: "/v1/flavors/soi_2.8_s", secret: "비밀-키-0123",
            signature: "323c43a018cc67c60679bbb880751e7531fb5495deef4b7c8cd48ad5828148a4"),
        Vector(
            timestamp: "1710000000", path: "/v1/zones", secret: "synthetic-secret",
            signature: "dc173edadd25dbdd85193174137e90f73a82970b519cb74c09efe51b76715fb2"),
        Vector(
            timestamp: "1710000000", path: "/v1/security-groups/FIREWALL-3fQ9aT/rules/1042", secret: "test_secret_key",
            signature: "eeb401a746613a8ee5ac72f20b09e30aacf6e6a1c9d7ac0785eebd56120aaf12"),
    ]

    @Test(arguments: vectors) func `the contract's vectors hold`(_ vector: Vector) {
        let signature = Signature.hex(timestamp: vector.timestamp, path: vector.path, secretKey: vector.secret)
        #expect(signature == vector.signature)
        #expect(
            Signature.matches(
                vector.signature, timestamp: vector.timestamp, path: vector.path, secretKey: vector.secret))
    }

    @Test func `a trailing slash or the query give the values that must not be sent`() {
        func hex(_ path: String) -> String {
            Signature.hex(timestamp: "1710000000", path: path, secretKey: "test_secret_key")
        }
        #expect(hex("/v1/zones/") == "9b314c783a3fa186b3bcf27964cec7e94e71d030a2de8d99b0e477d7d73b8b4f")
        #expect(hex("/v1/zones?page_no=1") == "22748e2859bb595a38acd781658fc472c90147c96810943e1e63b1e9ecb28732")
    }

    @Test func `what differs in one digit, in length or in case does not match`() throws {
        let vector = try #require(Self.vectors.first)
        func matches(_ text: String) -> Bool {
            Signature.matches(text, timestamp: vector.timestamp, path: vector.path, secretKey: vector.secret)
        }
        #expect(!matches(vector.signature.dropLast() + "5"))
        #expect(!matches(String(vector.signature.dropLast())))
        #expect(!matches(vector.signature.uppercased()))
        #expect(!matches(""))
    }

    @Test func `an empty key is a key, not a crash`() {
        #expect(Signature.hex(timestamp: "", path: "", secretKey: "").hasPrefix("b613679a0814d9ec772f95d778c35fc5"))
    }

    @Test func `the headers carry the very text that is signed`() throws {
        let credential = try Credential(accessKey: "AKIA-test", secretKey: "test_secret_key")
        let instant = Instant(nanoseconds: 1_710_000_000_999_999_999)
        let headers = Dictionary(
            uniqueKeysWithValues: WireHeaders.signed(credential, at: instant, path: "/v1/zones").map { ($0.0, $0.1) })
        #expect(
            headers == [
                "X-iwinv-Timestamp": "1710000000", "X-iwinv-Credential": "AKIA-test",
                "X-iwinv-Signature": Self.vectors[0].signature,
            ])
    }
}

@Suite struct CredentialTests {
    @Test(arguments: [
        ("", "s", CredentialProblem.emptyAccessKey), ("a", "", .emptySecretKey), ("a b", "s", .accessKeyCharacter),
        ("키", "s", .accessKeyCharacter), ("a\r\nX: y", "s", .accessKeyCharacter), ("a", "s\n", .secretKeyCharacter),
        ("a", "s\u{0}", .secretKeyCharacter),
    ])
    func `keys that could not stand in a header are refused`(
        _ access: String, _ secret: String, _ problem: CredentialProblem
    ) {
        #expect(throws: problem) { try Credential(accessKey: access, secretKey: secret) }
        #expect(!"\(problem)".isEmpty)
    }

    @Test func `nothing prints it`() throws {
        let credential = try Credential(accessKey: "the-access-key", secretKey: "the-secret-key")
        var dumped = ""
        dump(credential, to: &dumped)
        dump([credential], to: &dumped)
        for text in ["\(credential)", String(reflecting: credential), "\([credential])", dumped] {
            #expect(text.contains("Credential(…)"))
            #expect(!text.contains("the-"))
        }
    }
}
