import CCurl
import Foundation
import IwinvCatalog
import IwinvClient
import IwinvWire
import TestSupport
import Testing

/// What libcurl would do by itself, and does not do here.
@Suite struct CurlTransportTests {
    private static let kept = RawServer.Answer.bytesThenSilence("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
    private static let limits = TransportLimits(timeout: .seconds(30), maximumReplyBytes: 1 << 20)

    private func transport(connections: Int = 4) throws -> CurlTransport {
        var configuration = ClientConfiguration(
            credential: try Credential(accessKey: testAccess, secretKey: testSecret))
        configuration.connections = connections
        return CurlTransport(configuration)
    }

    private func endpoint(_ server: RawServer) throws -> Endpoint {
        try Endpoint(validating: "http://127.0.0.1:\(server.port)")
    }

    private func withServer(
        connections: Int = 4, _ answer: @escaping @Sendable (String) -> RawServer.Answer,
        _ body: (CurlTransport, RawServer, Endpoint) async throws -> Void
    ) async throws {
        let server = try await RawServer.start(answer)
        let transport = try transport(connections: connections)
        do {
            try await body(transport, server, try endpoint(server))
        } catch {
            try await transport.shutdown()
            throw error
        }
        try await transport.shutdown()
        try await server.stop()
    }

    private func problem(
        _ body: () async throws(TransportProblem) -> TransportReply
    ) async -> TransportProblem? {
        do {
            _ = try await body()
            return nil
        } catch {
            return error
        }
    }

    // MARK: - Sent once

    /// Answers the first request and keeps the connection; reads every further one and closes.
    private static func answersOnce() -> @Sendable (String) -> RawServer.Answer {
        let count = Box(0)
        return { _ in
            count.change { $0 += 1 }
            return count.value == 1 ? kept : .close
        }
    }

    @Test func `libcurl by itself sends a request again when a kept connection ends`() async throws {
        let server = try await RawServer.start(Self.answersOnce())
        let url = "http://127.0.0.1:\(server.port)/once"
        #expect(ccurl_load())
        let code: Int32 = await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                let none: [UnsafePointer<CChar>?] = [nil]
                continuation.resume(returning: ccurl_measure(url, none, 2))
            }
        }
        #expect(code != 0)
        // Two were asked for; this is what the tests below are about.
        #expect(server.requests.count == 3 && server.connections == 2)
        try await server.stop()
    }

    @Test(arguments: [HTTPMethod.get, .post, .put, .delete], [true, false])
    func `here it sends none again`(_ method: HTTPMethod, _ hasBody: Bool) async throws {
        try await withServer(Self.answersOnce()) { transport, server, endpoint in
            let request = WireRequest(
                method: method, path: "/once", contentType: hasBody ? "text/plain" : nil,
                body: hasBody ? Array("body".utf8) : [])
            _ = try await transport.send(request, headers: [], to: endpoint, limits: Self.limits)
            let problem = await problem { () throws(TransportProblem) in
                try await transport.send(request, headers: [], to: endpoint, limits: Self.limits)
            }
            #expect(problem == TransportProblem(.connectionLost, mayHaveLeft: true))
            #expect(server.requests.count == 2 && server.connections == 1)
        }
    }

    @Test func `no request is seen twice, whatever servers do with their connections`() async throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        let round = Box(Dice(state: seed))
        let answers: [RawServer.Answer] = [
            Self.kept, Self.kept, Self.kept, .close, .http("200 OK", "{}"), .http("503 Busy", ""),
            .bytes("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"), .bytes("HTTP/1.1 2"), .bytes("rubbish\r\n\r\n"),
            .bytes("HTTP/1.1 408 Late\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"),
            .bytesThenSilence("HTTP/1.1 417 No\r\nContent-Length: 0\r\n\r\n"),
            .bytesThenSilence("HTTP/1.1 401 Who\r\nWWW-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n"),
            .bytesThenSilence("HTTP/1.1 100 Go\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"),
            // A connection that says it stays, and ends.
            .bytes("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"),
        ]
        try await withServer { _ in
            let drawn = Box(0)
            round.change { dice in
                let number = Int.random(in: 0..<answers.count, using: &dice)
                drawn.change { $0 = number }
            }
            return answers[drawn.value]
        } _: { transport, server, endpoint in
            await withTaskGroup(of: Void.self) { group in
                for lane in 0..<4 {
                    group.addTask {
                        for number in 0..<100 {
                            let method: HTTPMethod = number % 2 == 0 ? .post : .get
                            let request = WireRequest(method: method, path: "/\(lane)-\(number)")
                            _ = try? await transport.send(request, headers: [], to: endpoint, limits: Self.limits)
                        }
                    }
                }
            }
            let lines = server.requests.map { String($0.prefix { $0 != "\r\n" }) }
            #expect(Set(lines).count == lines.count, "seed \(seed)")
            #expect(lines.count > 300, "seed \(seed)")
        }
    }

    // MARK: - Whether it left

    @Test func `a request that waits for its turn until its time is over has not left`() async throws {
        let (seen, seeing) = AsyncStream<Void>.makeStream()
        try await withServer(
            connections: 1,
            { _ in
                seeing.yield()
                return .silence
            }
        ) { transport, server, endpoint in
            let first = Task {
                await problem { () throws(TransportProblem) in
                    try await transport.send(
                        WireRequest(method: .post, path: "/first"), headers: [], to: endpoint, limits: Self.limits)
                }
            }
            for await _ in seen { break }
            let second = await problem { () throws(TransportProblem) in
                try await transport.send(
                    WireRequest(method: .post, path: "/second"), headers: [], to: endpoint,
                    limits: TransportLimits(timeout: .milliseconds(50), maximumReplyBytes: 100))
            }
            #expect(second == TransportProblem(.timeout, mayHaveLeft: false))
            first.cancel()
            #expect(await first.value == TransportProblem(.cancelled, mayHaveLeft: true))
            #expect(server.requests.count == 1)
        }
    }

    @Test func `what is cancelled before it begins has not left`() async throws {
        try await withServer { _ in
            Self.kept
        } _: { transport, server, endpoint in
            let task = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return await problem { () throws(TransportProblem) in
                    try await transport.send(
                        WireRequest(method: .post, path: "/"), headers: [], to: endpoint, limits: Self.limits)
                }
            }
            #expect(await task.value == TransportProblem(.cancelled, mayHaveLeft: false))
            #expect(server.requests.isEmpty)
        }
    }

    @Test func `what is under way when the transport is shut down ends, and nothing begins any more`() async throws {
        let (seen, seeing) = AsyncStream<Void>.makeStream()
        try await withServer({ _ in
            seeing.yield()
            return .silence
        }) { transport, server, endpoint in
            let request = WireRequest(method: .post, path: "/")
            let task = Task {
                await problem { () throws(TransportProblem) in
                    try await transport.send(request, headers: [], to: endpoint, limits: Self.limits)
                }
            }
            for await _ in seen { break }
            try await transport.shutdown()
            #expect(await task.value == TransportProblem(.cancelled, mayHaveLeft: true))
            let late = await problem { () throws(TransportProblem) in
                try await transport.send(request, headers: [], to: endpoint, limits: Self.limits)
            }
            #expect(late == TransportProblem(.other("the transport was shut down"), mayHaveLeft: false))
            #expect(server.requests.count == 1)
        }
    }

    @Test func `a host that has no address has seen nothing`() async throws {
        let transport = try transport()
        let endpoint = try Endpoint(validating: "https://no-such-host.invalid")
        let problem = await problem { () throws(TransportProblem) in
            try await transport.send(
                WireRequest(method: .post, path: "/"), headers: [], to: endpoint, limits: Self.limits)
        }
        #expect(problem == TransportProblem(.hostNotFound, mayHaveLeft: false))
        try await transport.shutdown()
    }

    // MARK: - The bytes

    @Test func `a request has the headers that it was given, and no others`() async throws {
        try await withServer { _ in
            Self.kept
        } _: { transport, server, endpoint in
            let body = [UInt8](repeating: UInt8(ascii: "b"), count: 2 << 20)
            let headers = [("X-Empty", ""), ("X-Text", "웹 서버; a: b")]
            _ = try await transport.send(
                WireRequest(method: .post, path: "/a/../b", contentType: "text/plain", body: body), headers: headers,
                to: endpoint, limits: Self.limits)
            _ = try await transport.send(
                WireRequest(method: .delete, path: "/c"), headers: [], to: endpoint, limits: Self.limits)
            let requests = server.requests.map { $0.split(separator: "\r\n\r\n", maxSplits: 1) }
            try #require(requests.count == 2)
            #expect(
                requests[0][0].split(separator: "\r\n").map(String.init) == [
                    "POST /a/../b HTTP/1.1", "Host: 127.0.0.1:\(server.port)", "X-Empty:", "X-Text: 웹 서버; a: b",
                    "Content-Type: text/plain", "Content-Length: \(body.count)",
                ])
            #expect(requests[0][1].utf8.count == body.count)
            #expect(
                requests[1][0].split(separator: "\r\n").map(String.init) == [
                    "DELETE /c HTTP/1.1", "Host: 127.0.0.1:\(server.port)",
                ])
            #expect(server.connections == 1)
        }
    }

    @Test(arguments: ["\r\n", "\n", "\r", "\u{0}", "a\r\nX-Forged: 1"])
    func `a header with a line break is refused before anything is sent`(_ text: String) async throws {
        try await withServer { _ in
            Self.kept
        } _: { transport, server, endpoint in
            for (headers, type) in [([("X", text)], nil), ([(text, "x")], nil), ([], text)]
                as [([(String, String)], String?)]
            {
                let problem = await problem { () throws(TransportProblem) in
                    try await transport.send(
                        WireRequest(method: .post, path: "/", contentType: type), headers: headers, to: endpoint,
                        limits: Self.limits)
                }
                #expect(problem?.mayHaveLeft == false)
            }
            #expect(server.requests.isEmpty)
        }
    }

    @Test func `heads in between and trailers are not taken for the reply's head`() async throws {
        let reply =
            "HTTP/1.1 103 Early Hints\r\nLocation: /early\r\n\r\nHTTP/1.1 202 Yes\r\nTransfer-Encoding: chunked\r\n"
            + "Retry-After: 3\r\nDate: today\r\n\r\n2\r\n{}\r\n0\r\nRetry-After: 9\r\nLocation: /late\r\n\r\n"
        try await withServer { _ in
            .bytesThenSilence(reply)
        } _: { transport, _, endpoint in
            let reply = try await transport.send(
                WireRequest(method: .get, path: "/"), headers: [], to: endpoint, limits: Self.limits)
            #expect(reply == TransportReply(status: 202, body: Array("{}".utf8), retryAfter: "3", date: "today"))
        }
    }

    /// An object, and 16 MiB of blanks, by `gzip -9`.
    private static func compressed(_ name: String) throws -> [UInt8] { try Fixtures.bytes("encoded/\(name)") }

    private static func encoded(_ encoding: String, _ body: [UInt8]) -> RawServer.Answer {
        .data(
            Array("HTTP/1.1 200 OK\r\nContent-Encoding: \(encoding)\r\nContent-Length: \(body.count)\r\n\r\n".utf8)
                + body)
    }

    @Test func `a compressed reply that nobody asked for is decompressed`() async throws {
        let body = try Self.compressed("object.json.gz")
        try await withServer { _ in
            Self.encoded("gzip", body)
        } _: { transport, server, endpoint in
            let reply = try await transport.send(
                WireRequest(method: .get, path: "/"), headers: [], to: endpoint, limits: Self.limits)
            #expect(reply.body == Array("{\"a\": \"compressed\"}\n".utf8))
            #expect(!server.requests[0].lowercased().contains("accept-encoding"))
        }
    }

    @Test func `a small reply that becomes a large one is refused`() async throws {
        let body = try Self.compressed("blanks.gz")
        #expect(body.count < 20_000)
        try await withServer { _ in
            Self.encoded("gzip", body)
        } _: { transport, _, endpoint in
            let problem = await problem { () throws(TransportProblem) in
                try await transport.send(
                    WireRequest(method: .get, path: "/"), headers: [], to: endpoint, limits: Self.limits)
            }
            #expect(problem == TransportProblem(.replyTooLarge(limit: 1 << 20), mayHaveLeft: true))
        }
    }

    @Test(arguments: ["gzip", "rot13"])
    func `an encoding that cannot be undone is refused`(_ encoding: String) async throws {
        try await withServer { _ in
            Self.encoded(encoding, Array("{}".utf8))
        } _: { transport, _, endpoint in
            let problem = await problem { () throws(TransportProblem) in
                try await transport.send(
                    WireRequest(method: .get, path: "/"), headers: [], to: endpoint, limits: Self.limits)
            }
            #expect(problem == TransportProblem(.encodedReply, mayHaveLeft: true))
        }
    }

    @Test func `a reply of exactly the limit is taken`() async throws {
        try await withServer { _ in
            Self.kept
        } _: { transport, _, endpoint in
            for (limit, isTaken) in [(2, true), (1, false)] {
                let problem = await problem { () throws(TransportProblem) in
                    try await transport.send(
                        WireRequest(method: .get, path: "/"), headers: [], to: endpoint,
                        limits: TransportLimits(timeout: .seconds(30), maximumReplyBytes: limit))
                }
                #expect((problem == nil) == isTaken)
                if !isTaken { #expect(problem?.kind == .replyTooLarge(limit: 1)) }
            }
        }
    }
}
