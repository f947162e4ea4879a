import Clocks
import Glibc
import TestSupport
import IwinvCatalog
import IwinvClient
import IwinvWire
import Testing

/// The real transport against servers that misbehave.
@Suite struct SocketTests {
    private func configuration(port: Int, scheme: String = "http") throws -> ClientConfiguration {
        var configuration = ClientConfiguration(
            credential: try Credential(accessKey: testAccess, secretKey: testSecret),
            endpoint: try Endpoint(validating: "\(scheme)://127.0.0.1:\(port)"))
        configuration.retry = RetryPolicy(attempts: 3, base: .zero)
        return configuration
    }

    /// Runs calls against a server that answers so.
    private func against(
        secure: Bool = false, configure: (inout ClientConfiguration) throws -> Void = { _ in },
        _ answer: @escaping @Sendable (String) -> RawServer.Answer,
        _ body: (IwinvClient, RawServer) async throws -> Void
    ) async throws {
        let server = try await RawServer.start(tls: secure ? ServerTLS() : nil, answer)
        var configuration = try configuration(port: server.port, scheme: secure ? "https" : "http")
        try configure(&configuration)
        let client = IwinvClient(configuration, budget: SlidingWindowBudget())
        do {
            try await body(client, server)
        } catch {
            try await client.shutdown()
            throw error
        }
        try await client.shutdown()
        try await server.stop()
    }

    private static let zones = String(
        decoding: JSONCodec.encode(Envelope.success(rows: [["zone_id": "z"]])), as: UTF8.self)

    @Test func `a request stands on the wire as the contract wants it`() async throws {
        try await against({ _ in .http("200 OK", Self.zones) }) { client, server in
            #expect(try await client.zones.list().map(\.id) == ["z"])
            _ = try? await client.images.list(name: "록키 9")
            _ = try? await client.instances.edit("INSTANCE-a", name: "웹 서버")
            _ = try? await client.instances.reboot("INSTANCE-a")
            let requests = server.requests
            try #require(requests.count == 4)
            let first = requests[0].split(separator: "\r\n").map(String.init)
            #expect(first[0] == "GET /v1/zones HTTP/1.1")
            let headers = Dictionary(
                first.dropFirst().map { line in
                    let parts = line.split(separator: ": ", maxSplits: 1)
                    return (parts[0].lowercased(), parts.count > 1 ? String(parts[1]) : "")
                }, uniquingKeysWith: { $0 + ", " + $1 })
            #expect(headers["x-iwinv-credential"] == testAccess)
            #expect(headers["user-agent"]?.hasPrefix("iwlua/") == true)
            #expect(headers["accept"] == "application/json")
            #expect(headers["host"] == "127.0.0.1:\(server.port)")
            let timestamp = try #require(headers["x-iwinv-timestamp"])
            let signature = try #require(headers["x-iwinv-signature"])
            #expect(Signature.matches(signature, timestamp: timestamp, path: "/v1/zones", secretKey: testSecret))
            #expect(headers["accept-encoding"] == nil && headers["transfer-encoding"] == nil)
            #expect(
                requests[1].hasPrefix("GET /v1/images?name=%EB%A1%9D%ED%82%A4%209&page_no=1&page_size=100 HTTP/1.1"))
            #expect(requests[2].hasPrefix("PUT /v1/instances/INSTANCE-a?fields=3599 HTTP/1.1"))
            #expect(requests[2].contains("\r\n\r\n%EC%9B%B9%20%EC%84%9C%EB%B2%84\r\n--iwlua-"))
            #expect(requests[3].hasPrefix("POST /v1/instances/INSTANCE-a/reboot HTTP/1.1"))
            #expect(requests[3].lowercased().contains("content-length: 0\r\n"))
        }
    }

    @Test func `a wrong secret is a refusal that says what to check`() async throws {
        let body = String(decoding: JSONCodec.encode(Envelope.failure(.invalidSignature)), as: UTF8.self)
        try await against({ _ in .http("401 Unauthorized", body) }) { client, server in
            let error = try await #require(throws: CloudError.self) { try await client.zones.list() }
            #expect(error.kind == .api && error.status == 401 && error.errorCode == .invalidSignature)
            #expect(error.advice?.english.contains("secret key") == true)
            #expect(server.requests.count == 1)
        }
    }

    @Test func `a web page is named as such`() async throws {
        let page = "<!DOCTYPE html><html><head><title>Login</title></head></html>"
        try await against({ _ in .http("200 OK", page) }) { client, server in
            let error = try await #require(throws: CloudError.self) { try await client.zones.list() }
            #expect(error.kind == .network && error.message.contains("web page (HTML) (“Login”)"))
            #expect(error.message.contains("127.0.0.1:\(server.port)"))
            let change = try await #require(throws: CloudError.self) { try await client.instances.reboot("I") }
            #expect(change.outcome == .unknown)
            #expect(server.requests.count == 2)
        }
    }

    @Test func `a reply cut off in the middle is lost, for reads again and again, for changes once`() async throws {
        let cut =
            "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"code\":\"0x00\",\"result\":[{\"password\":\"hunter2\""
        try await against({ _ in .bytes(cut) }) { client, server in
            let error = try await #require(throws: CloudError.self) { try await client.zones.list() }
            #expect(error.kind == .network)
            #expect(error.message.contains("lost before the reply was complete"))
            #expect(!"\(error)".contains("hunter2"))
            #expect(server.requests.count == 3)
            let change = try await #require(throws: CloudError.self) {
                try await client.instances.edit("I", name: "web-2")
            }
            #expect(change.outcome == .unknown && server.requests.count == 4)
        }
    }

    @Test func `JSON that ends early is said to`() async throws {
        try await against({ _ in .http("200 OK", "{\"code\":\"0x00\",\"result\":[") }) { client, _ in
            let error = try await #require(throws: CloudError.self) { try await client.zones.list() }
            #expect(error.kind == .network && error.message.contains("ends in the middle"))
        }
    }

    @Test(arguments: [RawServer.Answer.flood(50), .bytes("HTTP/1.1 200 OK\r\nContent-Length: 52428800\r\n\r\n{")])
    func `a reply beyond 8 MiB is refused`(_ answer: RawServer.Answer) async throws {
        try await against({ _ in answer }) { client, server in
            let error = try await #require(throws: CloudError.self) { try await client.zones.list() }
            #expect(error.kind == .network && error.message.hasPrefix("refused: the reply of"))
            #expect(error.message.hasSuffix("larger than 8 MiB"))
            #expect(server.requests.count == 1)
        }
    }

    @Test func `a redirect is refused and its target never contacted`() async throws {
        let trap = try await RawServer.start { _ in .http("200 OK", Self.zones) }
        let location = "Location: http://user:pw@127.0.0.1:\(trap.port)/v1/zones?token=t\r\n"
        try await against({ _ in .http("302 Found", "", headers: location) }) { client, server in
            for change in [false, true] {
                let error = try await #require(throws: CloudError.self) {
                    if change { try await client.instances.delete("I") } else { _ = try await client.zones.list() }
                }
                #expect(error.kind == .network && error.status == 302)
                #expect(error.message.contains("redirects to 127.0.0.1:\(trap.port); redirects are refused"))
                #expect(!error.message.contains("pw") && !error.message.contains("token"))
            }
            #expect(server.requests.count == 2)
        }
        #expect(trap.connections == 0)
        try await trap.stop()
    }

    @Test func `a refused connection left nothing behind`() async throws {
        let (descriptor, port) = try ClosedPort.bind()
        defer { close(descriptor) }
        let client = IwinvClient(try configuration(port: port), budget: SlidingWindowBudget())
        let error = try await #require(throws: CloudError.self) { try await client.instances.reboot("I") }
        #expect(error.kind == .network && error.outcome == .notSent)
        #expect(error.message == "127.0.0.1:\(port) refuses connections")
        try await client.shutdown()
    }

    @Test func `a self-signed certificate is refused before anything is sent`() async throws {
        try await against(secure: true, { _ in .http("200 OK", Self.zones) }) { client, server in
            let error = try await #require(throws: CloudError.self) { try await client.instances.reboot("I") }
            #expect(error.kind == .network && error.outcome == .notSent)
            #expect(error.message.contains("no secure connection"))
            #expect(server.requests.isEmpty)
        }
    }

    @Test func `a certificate of one's own can be trusted`() async throws {
        let path = try Fixtures.path("tls/certificate.pem")
        try await against(
            secure: true, configure: { $0.additionalTrustRoots = path }, { _ in .http("200 OK", Self.zones) }
        ) {
            client, _ in
            let zones = try await client.zones.list()
            #expect(zones.count == 1)
        }
    }

    @Test(arguments: ["edit", "delete", "start", "create", "resize"])
    func `a change whose reply never comes is sent exactly once and its outcome is unknown`(_ verb: String) async throws
    {
        try await against({ _ in .close }) { client, server in
            let error = try await #require(throws: CloudError.self) {
                switch verb {
                case "edit": try await client.instances.edit("I", name: "web-02")
                case "delete": try await client.instances.delete("I")
                case "start": try await client.instances.start("I")
                case "create": _ = try await client.instances.create(NewInstance(zone: "z", image: "i", flavor: "f"))
                default: try await client.instances.resize("I", flavor: "f")
                }
            }
            #expect(error.kind == .network && error.outcome == .unknown)
            #expect(server.requests.count == 1)
            #expect(server.connections == 1)
        }
    }

    @Test(arguments: [true, false])
    func `nor is it repeated when the connection was used before`(_ readsIt: Bool) async throws {
        let reply = "HTTP/1.1 200 OK\r\nContent-Length: \(Self.zones.utf8.count)\r\n\r\n\(Self.zones)"
        // Either the server closes after reading the change, or it closes at once after the read before.
        try await against({ request in
            request.hasPrefix("GET") ? (readsIt ? .bytesThenSilence(reply) : .bytes(reply)) : .close
        }) { client, server in
            _ = try await client.zones.list()
            let error = try await #require(throws: CloudError.self) { try await client.instances.start("I") }
            #expect(error.outcome == .unknown)
            #expect(server.requests.count { $0.hasPrefix("POST") } <= 1)
            if readsIt { #expect(server.requests.count == 2 && server.connections == 1) }
        }
    }

    @Test func `reads go side by side, and a crowd keeps to the limit of connections`() async throws {
        let reply = "HTTP/1.1 200 OK\r\nContent-Length: \(Self.zones.utf8.count)\r\n\r\n\(Self.zones)"
        try await against(configure: { $0.connections = 4 }, { _ in .bytesThenSilence(reply) }) { client, server in
            try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<40 { group.addTask { try await client.zones.list().count } }
                for try await count in group { #expect(count == 1) }
            }
            #expect(server.requests.count == 40 && server.connections <= 4)
            #expect(client.budget.remaining == 20)
        }
    }

    @Test func `a server that says nothing is given up in time`() async throws {
        try await against(configure: { $0.requestTimeout = .milliseconds(150) }, { _ in .silence }) { client, server in
            let error = try await #require(throws: CloudError.self) { try await client.instances.reboot("I") }
            #expect(error.message == "127.0.0.1:\(server.port) did not answer in time")
            #expect(error.outcome == .unknown && server.requests.count <= 1)
        }
    }

    @Test func `so is one whose body never ends`() async throws {
        let drip = "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{"
        try await against(
            configure: { $0.requestTimeout = .milliseconds(150) }, { _ in .bytesThenSilence(drip) }
        ) { client, _ in
            let error = try await #require(throws: CloudError.self) { try await client.instances.reboot("I") }
            #expect(error.message.hasSuffix("did not answer in time") && error.outcome == .unknown)
        }
    }

    @Test func `cancelling ends a read at once`() async throws {
        try await against({ _ in .silence }) { client, server in
            let task = Task { try await client.zones.list() }
            while server.requests.isEmpty { await Task.yield() }
            task.cancel()
            let error = try await #require(throws: CloudError.self) { try await task.value }
            #expect(error.kind == .cancelled)
        }
    }

    @Test func `a client that nobody shut down ends with its owner, and the process goes on`() async throws {
        let server = try await RawServer.start { _ in .http("200 OK", Self.zones) }
        for _ in 0..<3 {
            let client = IwinvClient(try configuration(port: server.port), budget: SlidingWindowBudget())
            #expect(try await client.zones.list().map(\.id) == ["z"])
        }
        _ = IwinvClient(try configuration(port: server.port), budget: SlidingWindowBudget())
        #expect(server.requests.count == 3)
        try await server.stop()
    }
}
