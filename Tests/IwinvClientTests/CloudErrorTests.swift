import Clocks
import TestSupport
import IwinvCatalog
import IwinvClient
import IwinvWire
import Testing

@Suite struct CloudErrorTests {
    private func failure(
        _ reply: TransportReply, _ name: OperationName = "instances.get",
        _ raw: [String: JSONValue] = ["instance_id": "INSTANCE-a"]
    ) async throws -> CloudError {
        let bench = try Bench(retry: .never) { _, _ in .success(reply) }
        return try await #require(throws: CloudError.self) { try await bench.perform(name, raw) }
    }

    private func example(_ file: String, _ status: Int) throws -> TransportReply {
        TransportReply(status: status, body: try Fixtures.bytes("examples/\(file)"))
    }

    @Test func `the cloud's words, codes and meaning are kept`() async throws {
        let error = try await failure(try example("error_id_invalid.json", 400))
        #expect(error.kind == .api && error.status == 400 && error.code == "0x16")
        #expect(error.errorCode == .invalidIdentifier && error.isAbsence() && !error.isRetryable)
        #expect(error.advice?.korean == "존재하지 않는 ID입니다")
        #expect("\(error)".hasPrefix("instances.get: "))
    }

    @Test func `a message inside the result is found`() async throws {
        let error = try await failure(
            try example("error_zone_restricted.json", 500), "instances.create",
            ["zone_id": "z", "image_id": "i", "flavor_id": "f"])
        #expect(error.message == "리소스 사용이 제한된 ZONE입니다.")
        #expect(error.outcome == .refused && !error.isRetryable && error.errorCode == .backendRefused)
    }

    @Test func `a message that only repeats the code is replaced by its meaning`() async throws {
        #expect(try await failure(.failure(400, .emptySet)).message == "there is no data for this request")
        #expect(try await failure(.failure(400, .emptySet, message: "")).message == "there is no data for this request")
    }

    @Test func `text of the cloud is one clean line of at most 300 characters`() async throws {
        let nasty = "\u{1B}[2Jgo\r\n\u{202E}away <script>" + String(repeating: "가", count: 1000)
        let message = try await failure(.failure(400, .checkParameter, message: nasty)).message
        #expect(message.hasPrefix("[2Jgo away <script>가") && message.unicodeScalars.count == 300)
    }

    @Test func `busy is not absence, and a plain 404 is`() async throws {
        let busy = try await failure(try example("error_busy.json", 404))
        #expect(busy.isBusy && !busy.isAbsence() && busy.isRetryable)
        #expect(busy.advice?.english.contains("wait") == true)
        let gone = try await failure(try example("error_not_found.json", 404))
        #expect(!gone.isBusy && gone.isAbsence() && gone.message == "Check request.")
    }

    @Test func `an unknown flavor is an empty answer, and an error`() async throws {
        let error = try await failure(
            try example("get_flavor.not_found.json", 200), "flavors.get", ["flavor_id": "soi_99"])
        #expect(error.message == "no such flavor: soi_99" && error.status == 200 && error.errorCode == nil)
        #expect(error.isAbsence() && error.kind == .api)
    }

    @Test func `no user scripts is an error that counts as absence`() async throws {
        let error = try await failure(.failure(404, .notFound), "instances.user_scripts", [:])
        #expect(error.isAbsence() && error.status == 404)
    }

    @Test func `a list has no object that could be missing`() async throws {
        #expect(try await !failure(.failure(404, .notFound), "zones.list", [:]).isAbsence())
    }

    @Test func `CHECK_IP is possibly the address`() async throws {
        let error = try await failure(try example("error_check_ip.json", 403))
        #expect(error.advice?.english.hasPrefix("refused, possibly the address") == true && !error.isRetryable)
    }

    @Test(arguments: [
        ("Sat, 09 Mar 2024 16:10:00 GMT", "this machine's clock is 10 min behind: set it right"),
        ("Sat, 09 Mar 2024 15:00:00 GMT", "this machine's clock is 60 min ahead: set it right"),
        ("Sat, 09 Mar 2024 16:00:20 GMT", "check the secret key"),
        ("nonsense", "check the secret key and this machine's clock"),
    ])
    func `a 401 tells a wrong clock from a wrong key`(_ date: String, _ advice: String) async throws {
        // The bench's clock shows 2024-03-09T16:00:00Z.
        var reply = TransportReply.failure(401, .invalidSignature)
        reply.date = date
        #expect(try await failure(reply).advice?.english == advice)
    }

    @Test func `an unknown access key is called that`() async throws {
        #expect(try await failure(.failure(401, .checkCredential)).advice?.english == "check the access key")
    }

    @Test func `Retry-After may be a date`() async throws {
        var reply = TransportReply.failure(429, .limitExceeded)
        reply.retryAfter = "Sat, 09 Mar 2024 16:00:42 GMT"
        #expect(try await failure(reply).retryAfter == .seconds(42))
    }

    @Test func `a read that answers no rows of the right shape is no success`() async throws {
        let word = TransportReply(status: 200, body: JSONCodec.encode(Envelope.success(text: "success")))
        #expect(try await failure(word, "instances.list", [:]).kind == .network)
        #expect(try await failure(.rows([1, 2]), "instances.list", [:]).kind == .network)
    }

    @Test func `a change that answers with a word was accepted all the same`() async throws {
        let bench = try Bench { _, _ in
            .success(TransportReply(status: 202, body: JSONCodec.encode(Envelope.success(text: "success"))))
        }
        #expect(try await bench.client.instances.reboot("I").status == nil)
        let error = try await #require(throws: CloudError.self) {
            try await bench.client.instances.edit("I", name: "web-1")
        }
        #expect(error.outcome == .accepted)
    }
}
