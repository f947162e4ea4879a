import Foundation
import Glibc
import IwinvCatalog
import IwinvClient
import IwinvWire
import TestSupport
import Testing

/// Requests through a proxy of this machine, which alone knows the host `cloud.test`.
@Suite struct ProxyTests {
    // MARK: - The way

    @Test func `a request goes through the proxy, and only the server reads it`() async throws {
        try await Way.with { way in
            for _ in 0..<2 { _ = try await way.send(headers: [("X-iwinv-Signature", "signed")]) }
            // The whole of what the proxy gets to read; and one connection serves both.
            #expect(
                way.proxy.wishes == [
                    "CONNECT cloud.test:443 HTTP/1.1\r\nHost: cloud.test:443\r\nProxy-Connection: Keep-Alive"
                ])
            #expect(way.server.requests.count == 2 && way.server.connections == 1)
            for request in way.server.requests {
                #expect(request.hasPrefix("POST /v1/things HTTP/1.1\r\nHost: cloud.test\r\n"))
                #expect(request.contains("X-iwinv-Signature: signed\r\n") && !request.contains("Proxy"))
            }
        }
    }

    @Test func `name and password are for the proxy`() async throws {
        try await Way.with(user: "some%20one:p%40ss:w%2Frd%25") { way in
            _ = try await way.send()
            let login = Data("some one:p@ss:w/rd%".utf8).base64EncodedString()
            #expect(way.proxy.wishes.count == 1)
            #expect(way.proxy.wishes[0].contains("\r\nProxy-Authorization: Basic \(login)"))
            #expect(!way.server.requests[0].contains("Authorization"))
        }
    }

    @Test func `a proxy may be spoken to by TLS`() async throws {
        try await Way.with(proxyTLS: ServerTLS("localhost"), scheme: "https") { way in
            _ = try await way.send()
            #expect(way.proxy.wishes.count == 1 && way.server.requests.count == 1)
        }
    }

    @Test(arguments: [nil, "someone:p%40ss"])
    func `a proxy may speak SOCKS`(_ user: String?) async throws {
        let language = ForwardProxy.Language.socks(user: user == nil ? nil : "someone", password: "p@ss")
        try await Way.with(language: language, scheme: "socks5h", user: user) { way in
            _ = try await way.send()
            #expect(way.proxy.wishes == ["cloud.test:443"] && way.server.requests.count == 1)
        }
    }

    @Test func `this machine is reached without`() async throws {
        try await Way.with { way in
            _ = try await way.send(to: "https://127.0.0.1:\(way.server.port)")
            #expect(way.proxy.connections == 0 && way.server.requests.count == 1)
        }
    }

    // MARK: - Refusals

    static let refusals: [(String, ProxyFailure)] = [
        (
            "407 Who\r\nProxy-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0",
            .login(takesPassword: true, wasGiven: false)
        ),
        (
            "407 Who\r\nProxy-Authenticate: Negotiate\r\nContent-Length: 0",
            .login(takesPassword: false, wasGiven: false)
        ),
        ("401 Who\r\nContent-Length: 0", .login(takesPassword: true, wasGiven: false)),
        ("403 No\r\nContent-Length: 0", .forbidden(status: 403)),
        ("500 Oops\r\nContent-Length: 0", .noWay(status: 500)),
        ("502 Bad\r\nContent-Length: 0", .noWay(status: 502)),
        ("503 Busy\r\nContent-Length: 0", .noWay(status: 503)),
        ("418 Tea\r\nContent-Length: 0", .refused(status: 418)),
    ]

    @Test(arguments: refusals.indices, [HTTPMethod.get, .post])
    func `a refusal is the proxy's, and nothing has left`(_ index: Int, _ method: HTTPMethod) async throws {
        let (answer, failure) = Self.refusals[index]
        try await Way.with(proxy: { _, _ in .bytes("HTTP/1.1 \(answer)\r\n\r\n") }) { way in
            let problem = try await way.problem(method)
            #expect(problem == TransportProblem(.proxy(failure, at: way.at), mayHaveLeft: false))
            #expect(way.server.connections == 0)
        }
    }

    @Test func `a login that is not accepted is not given again`() async throws {
        let answer = "HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0\r\n\r\n"
        try await Way.with(user: "someone:hunter2", proxy: { _, _ in .bytes(answer) }) { way in
            let problem = try await way.problem()
            let failure = ProxyFailure.login(takesPassword: true, wasGiven: true)
            #expect(problem == TransportProblem(.proxy(failure, at: way.at), mayHaveLeft: false))
            #expect(way.proxy.wishes.count == 1 && way.server.connections == 0)
        }
    }

    @Test(arguments: [ForwardProxy.Answer.close, .bytes("nonsense\r\n\r\n"), .bytes("HTTP/1.1 2")])
    func `a proxy that ends the connection has sent nothing on`(_ answer: ForwardProxy.Answer) async throws {
        try await Way.with(proxy: { _, _ in answer }) { way in
            let problem = try await way.problem()
            #expect(problem == TransportProblem(.proxy(.lost, at: way.at), mayHaveLeft: false))
            #expect(way.server.connections == 0)
        }
    }

    @Test func `a proxy that says nothing is given up in time`() async throws {
        try await Way.with(connectTimeout: .milliseconds(100), proxy: { _, _ in .silence }) { way in
            let problem = try await way.problem()
            #expect(problem == TransportProblem(.proxy(.timeout, at: way.at), mayHaveLeft: false))
        }
    }

    @Test func `SOCKS proxies refuse, too`() async throws {
        let cases: [([UInt8], ProxyFailure)] = [
            ([5, 2, 0, 1, 0, 0, 0, 0, 0, 0], .forbidden(status: nil)),
            ([5, 5, 0, 1, 0, 0, 0, 0, 0, 0], .noWay(status: nil)),
            ([5, 4, 0, 1, 0, 0, 0, 0, 0, 0], .noWay(status: nil)),
        ]
        for (bytes, failure) in cases {
            let answer = String(decoding: bytes, as: UTF8.self)
            try await Way.with(
                language: .socks(user: nil, password: ""), scheme: "socks5h", proxy: { _, _ in .bytes(answer) }
            ) { way in
                let problem = try await way.problem()
                #expect(problem == TransportProblem(.proxy(failure, at: way.at), mayHaveLeft: false))
            }
        }
        for user in [nil, "someone:wrong"] {
            try await Way.with(
                language: .socks(user: "someone", password: "right"), scheme: "socks5h", user: user
            ) { way in
                let problem = try await way.problem()
                let failure = ProxyFailure.login(takesPassword: true, wasGiven: user != nil)
                #expect(problem == TransportProblem(.proxy(failure, at: way.at), mayHaveLeft: false))
                #expect(way.server.connections == 0)
            }
        }
    }

    @Test func `a proxy that is not there is named`() async throws {
        let (descriptor, port) = try ClosedPort.bind()
        defer { close(descriptor) }
        let dead = "127.0.0.1:\(port)"
        for (proxy, failure, at) in [
            ("http://\(dead)", ProxyFailure.refusesConnections, dead),
            ("socks5h://\(dead)", .refusesConnections, dead),
            ("http://someone:hunter2@no-such-proxy.invalid:3128", .notFound, "no-such-proxy.invalid:3128"),
        ] {
            let transport = CurlTransport(
                connectTimeout: .seconds(10), connections: 1, proxy: ProxySettings(proxy: proxy))
            let problem = try await #require(throws: TransportProblem.self) {
                try await transport.send(
                    WireRequest(method: .post, path: "/"), headers: [], to: Endpoint(validating: Way.endpoint),
                    limits: TransportLimits(timeout: .seconds(30), maximumReplyBytes: 100))
            }
            #expect(problem == TransportProblem(.proxy(failure, at: at), mayHaveLeft: false))
            try await transport.shutdown()
        }
    }

    @Test func `a proxy's own certificate is checked`() async throws {
        try await Way.with(proxyTLS: ServerTLS("other"), scheme: "https") { way in
            let problem = try await way.problem()
            let failure = ProxyFailure.tls(.otherHost(names: ["other.test", "www.other.test"]))
            #expect(problem == TransportProblem(.proxy(failure, at: "localhost:\(way.proxy.port)"), mayHaveLeft: false))
            #expect(way.proxy.wishes.isEmpty)
        }
    }

    @Test func `an address that cannot be read is said before anything is sent`() async throws {
        let transport = CurlTransport(
            connectTimeout: .seconds(10), connections: 1, proxy: ProxySettings(proxy: "http://u:hunter2@"))
        let problem = try await #require(throws: TransportProblem.self) {
            try await transport.send(
                WireRequest(method: .post, path: "/"), headers: [], to: Endpoint(validating: Way.endpoint),
                limits: TransportLimits(timeout: .seconds(30), maximumReplyBytes: 100))
        }
        guard case .proxyAddress(let reason) = problem.kind else {
            Issue.record("\(problem)")
            return
        }
        #expect(reason.reason == .malformed && !problem.mayHaveLeft)
        try await transport.shutdown()
    }

    // MARK: - Sent once

    @Test func `a connection that stands is no request`() async throws {
        let (seen, seeing) = AsyncStream<Void>.makeStream()
        let established = ForwardProxy.Answer.bytesThenSilence("HTTP/1.1 200 Connection established\r\n\r\n")
        try await Way.with(proxy: { _, _ in
            seeing.yield()
            return established
        }) { way in
            let task = Task { try await way.problem() }
            for await _ in seen { break }
            task.cancel()
            let problem = try await task.value
            #expect(problem == TransportProblem(.cancelled, mayHaveLeft: false))
        }
        try await Way.with(connectTimeout: .milliseconds(200), proxy: { _, _ in established }) { way in
            let problem = try await way.problem()
            #expect(problem == TransportProblem(.connectTimeout, mayHaveLeft: false))
        }
        let ended = ForwardProxy.Answer.bytes("HTTP/1.1 200 Connection established\r\n\r\n")
        try await Way.with(proxy: { _, _ in ended }) { way in
            let problem = try await way.problem()
            #expect(problem == TransportProblem(.tls(.ended), mayHaveLeft: false))
        }
    }

    @Test(arguments: [HTTPMethod.get, .post, .put, .delete])
    func `a request is not sent again when the way through the proxy ends`(_ method: HTTPMethod) async throws {
        let count = Box(0)
        let server = { @Sendable (_: String) -> RawServer.Answer in
            count.change { $0 += 1 }
            return count.value == 1 ? Way.kept : .close
        }
        try await Way.with(server: server) { way in
            _ = try await way.send(method)
            let problem = try await way.problem(method)
            #expect(problem == TransportProblem(.connectionLost, mayHaveLeft: true))
            #expect(way.server.requests.count == 2 && way.server.connections == 1)
            #expect(way.proxy.wishes.count == 1)
        }
    }

    @Test func `the first one neither`() async throws {
        try await Way.with(server: { _ in .close }) { way in
            let problem = try await way.problem()
            #expect(problem == TransportProblem(.connectionLost, mayHaveLeft: true))
            #expect(way.server.requests.count == 1 && way.proxy.wishes.count == 1)
        }
    }
}
