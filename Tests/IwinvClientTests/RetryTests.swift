import Clocks
import IwinvCatalog
import IwinvClient
import IwinvWire
import Testing

@Suite struct RetryTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var answer: FakeTransport.Answer
        /// How often a read is sent.
        var reads: Int
        var kind: CloudError.Kind
        /// What a change's error says.
        var outcome: Outcome
        var testDescription: String { name }

        init(
            _ name: String, _ answer: FakeTransport.Answer, reads: Int, _ kind: CloudError.Kind, _ outcome: Outcome
        ) {
            self.name = name
            self.answer = answer
            self.reads = reads
            self.kind = kind
            self.outcome = outcome
        }
    }

    static func lost(_ kind: TransportProblem.Kind, left: Bool) -> FakeTransport.Answer {
        .failure(TransportProblem(kind, mayHaveLeft: left))
    }

    static let cases: [Case] = [
        Case("refused connection", lost(.connectionRefused, left: false), reads: 4, .network, .notSent),
        Case("no such host", lost(.hostNotFound, left: false), reads: 4, .network, .notSent),
        Case("connect timeout", lost(.connectTimeout, left: false), reads: 4, .network, .notSent),
        Case("timeout", lost(.timeout, left: true), reads: 4, .network, .unknown),
        Case("lost connection", lost(.connectionLost, left: true), reads: 4, .network, .unknown),
        Case("TLS", lost(.tls(.notTLS), left: false), reads: 1, .network, .notSent),
        Case("TLS that broke off", lost(.tls(.ended), left: false), reads: 4, .network, .notSent),
        Case(
            "proxy without a way", lost(.proxy(.noWay(status: 502), at: "p:1"), left: false), reads: 4, .network,
            .notSent),
        Case(
            "proxy that forbids", lost(.proxy(.forbidden(status: 403), at: "p:1"), left: false), reads: 1, .network,
            .notSent),
        Case("compressed", lost(.encodedReply, left: true), reads: 1, .network, .unknown),
        Case("another protocol", lost(.notHTTP, left: true), reads: 1, .network, .unknown),
        Case("too large", lost(.replyTooLarge(limit: 8 << 20), left: true), reads: 1, .network, .unknown),
        Case("cancelled", lost(.cancelled, left: true), reads: 1, .cancelled, .unknown),
        Case("500 of the API", .success(.failure(500, .checkParameter)), reads: 4, .api, .unknown),
        Case("503 of the API", .success(.failure(503, .notFound)), reads: 4, .api, .unknown),
        Case("500 DEV_CHECK_RETURN", .success(.failure(500, .backendRefused)), reads: 1, .api, .refused),
        Case("502 web page", .success(.text(502, "<html>")), reads: 4, .network, .unknown),
        Case("504 empty", .success(.text(504, "")), reads: 4, .network, .unknown),
        Case("truncated", .success(.text(200, "{\"code\"")), reads: 4, .network, .unknown),
        Case("200 web page", .success(.text(200, "<html>")), reads: 1, .network, .unknown),
        Case("403 web page", .success(.text(403, "<html>")), reads: 1, .network, .unknown),
        Case("redirect", .success(TransportReply(status: 301, body: [])), reads: 1, .network, .unknown),
        Case("400", .success(.failure(400, .invalidIdentifier)), reads: 1, .api, .refused),
        Case("401", .success(.failure(401, .invalidSignature)), reads: 1, .api, .refused),
        Case("401 web page", .success(.text(401, "<html>")), reads: 1, .api, .refused),
        Case("403", .success(.failure(403, .checkIP)), reads: 1, .api, .refused),
        Case("404", .success(.failure(404, .notFound)), reads: 1, .api, .refused),
        Case(
            "404 busy", .success(TransportReply(status: 404, body: JSONCodec.encode(Envelope.busy))), reads: 1, .api,
            .refused),
        Case("429", .success(.failure(429, .limitExceeded)), reads: 4, .api, .refused),
        Case("429 web page", .success(.text(429, "<html>slow")), reads: 4, .api, .refused),
        Case(
            "422", .success(.text(422, #"{"message":"x","errors":{"name":["too short"]}}"#)), reads: 1, .api, .refused),
        Case("200 with an error code", .success(.failure(200, .notFound)), reads: 1, .api, .refused),
        Case("200 without codes", .success(.text(200, #"{"code":"0x00","result":[]}"#)), reads: 1, .api, .unknown),
    ]

    @Test(arguments: cases) func `a read is repeated where that can help`(_ example: Case) async throws {
        let bench = try Bench { _, _ in example.answer }
        let error = try await #require(throws: CloudError.self) { try await bench.perform("zones.list") }
        #expect(bench.transport.sent.count == example.reads)
        #expect(error.kind == example.kind && error.outcome <= .refused)
        #expect(error.operation == "zones.list")
    }

    @Test(arguments: cases, ["edit", "delete", "reboot", "resize"])
    func `a change is sent once, whatever happens, and its outcome is told`(_ example: Case, _ verb: String)
        async throws
    {
        let bench = try Bench { _, _ in example.answer }
        var raw: [String: JSONValue] = ["instance_id": "I"]
        if verb == "resize" { raw["flavor_id"] = "f" }
        let error = try await #require(throws: CloudError.self) {
            try await bench.perform(OperationName(resource: "instances", verb: verb), raw)
        }
        #expect(bench.transport.sent.count == 1)
        #expect(error.kind == example.kind && error.outcome == example.outcome)
    }

    @Test func `a read that succeeds in the end says how often it was sent`() async throws {
        let bench = try Bench { _, number in
            number < 3 ? .failure(TransportProblem(.timeout, mayHaveLeft: true)) : .rows([])
        }
        let reply = try await bench.perform("zones.list")
        #expect(reply.attempts == 3)
        #expect(bench.clock.elapsed == .milliseconds(1500))
    }

    @Test func `each attempt is stamped and signed afresh`() async throws {
        let bench = try Bench(retry: RetryPolicy(attempts: 3, base: .seconds(5), jitter: 0)) { _, number in
            number < 3 ? .success(.text(502, "")) : .rows([])
        }
        _ = try await bench.perform("zones.list")
        let sent = bench.transport.sent
        #expect(sent.map { $0.headers["X-iwinv-Timestamp"] } == ["1710000000", "1710000005", "1710000015"])
        for each in sent {
            let timestamp = try #require(each.headers["X-iwinv-Timestamp"])
            let expected = Signature.hex(timestamp: timestamp, path: "/v1/zones", secretKey: testSecret)
            #expect(each.headers["X-iwinv-Signature"] == expected)
        }
    }

    @Test func `Retry-After is honoured, for this call and for everybody`() async throws {
        let bench = try Bench { _, number in
            guard number == 1 else { return .rows([]) }
            var reply = TransportReply.failure(429, .limitExceeded)
            reply.retryAfter = "17"
            return .success(reply)
        }
        _ = try await bench.perform("zones.list")
        #expect(bench.clock.elapsed == .seconds(17))
    }

    @Test func `without it a 429 costs a minute, also the others`() async throws {
        let bench = try Bench { _, number in number == 1 ? .success(.text(429, "")) : .rows([]) }
        _ = try? await bench.perform("instances.reboot", ["instance_id": "I"])
        #expect(bench.budget.remaining == 0)
        _ = try await bench.perform("zones.list")
        #expect(bench.clock.elapsed == .seconds(60))
    }

    @Test func `a pause beyond reason is an error at once`() async throws {
        let bench = try Bench { _, _ in
            var reply = TransportReply.failure(429, .limitExceeded)
            reply.retryAfter = "86400"
            return .success(reply)
        }
        let error = try await #require(throws: CloudError.self) { try await bench.perform("zones.list") }
        #expect(error.retryAfter == .seconds(86400) && bench.transport.sent.count == 1)
        #expect(bench.clock.elapsed == .zero)
    }

    @Test func `pauses double up to the cap, less the part that is chance`() throws {
        let policy = RetryPolicy(attempts: 9, base: .seconds(1), cap: .seconds(5), jitter: 0.5)
        let error = CloudError(.network, "", isRetryable: true)
        func pause(_ attempt: Int, _ random: Double, _ retry: RetryClass = .read) -> Duration? {
            policy.pause(after: attempt, error, retry: retry, random: random)
        }
        #expect((1...4).map { pause($0, 0) } == [.seconds(1), .seconds(2), .seconds(4), .seconds(5)])
        #expect(pause(1, 0.5) == .milliseconds(750))
        #expect(pause(9, 0) == nil)
        #expect(pause(1, 0, .once) == nil)
        #expect(RetryPolicy.never.pause(after: 1, error, retry: .read, random: 0) == nil)
    }
}
