import IwinvCatalog
import IwinvClient
import IwinvWire
import TestSupport
import Testing

/// A server of this machine that is called cloud.test, a proxy that knows the way to it, and a transport that knows the proxy.
struct Way {
    let server: RawServer
    let proxy: ForwardProxy
    let transport: CurlTransport

    static let endpoint = "https://cloud.test"
    static let authority = "tls/authority.pem"
    static let kept = RawServer.Answer.bytesThenSilence("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")

    /// - Parameters:
    ///   - tls: Of the server; nil for plain HTTP.
    ///   - user: What stands before the `@` of the proxy's address.
    ///   - wish: What the proxy does, given the server's port.
    static func with(
        tls: ServerTLS? = ServerTLS("cloud"), language: ForwardProxy.Language = .http, proxyTLS: ServerTLS? = nil,
        scheme: String = "http", user: String? = nil, trusting: String? = Way.authority,
        connectTimeout: Duration = .seconds(10),
        server answer: @escaping @Sendable (String) -> RawServer.Answer = { _ in kept },
        proxy wish: @escaping @Sendable (String, Int) -> ForwardProxy.Answer = { .connect(port: $1) },
        _ body: (Way) async throws -> Void
    ) async throws {
        let server = try await RawServer.start(tls: tls, answer)
        let port = server.port
        let proxy = try await ForwardProxy.start(language, tls: proxyTLS) { wish($0, port) }
        let host = scheme == "https" ? "localhost" : "127.0.0.1"
        let address = "\(scheme)://\(user.map { $0 + "@" } ?? "")\(host):\(proxy.port)"
        let transport = CurlTransport(
            connectTimeout: connectTimeout, connections: 4, additionalTrustRoots: try trusting.map(Fixtures.path),
            proxy: ProxySettings(proxy: address))
        do {
            try await body(Way(server: server, proxy: proxy, transport: transport))
        } catch {
            try await transport.shutdown()
            throw error
        }
        try await transport.shutdown()
        try await proxy.stop()
        try await server.stop()
    }

    func send(
        _ method: HTTPMethod = .post, headers: [(String, String)] = [], to endpoint: String = Way.endpoint
    ) async throws -> TransportReply {
        try await transport.send(
            WireRequest(method: method, path: "/v1/things"), headers: headers, to: Endpoint(validating: endpoint),
            limits: TransportLimits(timeout: .seconds(30), maximumReplyBytes: 1 << 20))
    }

    /// Why it fails.
    func problem(_ method: HTTPMethod = .post) async throws -> TransportProblem {
        try await #require(throws: TransportProblem.self) { _ = try await send(method) }
    }

    var at: String { "127.0.0.1:\(proxy.port)" }
}
