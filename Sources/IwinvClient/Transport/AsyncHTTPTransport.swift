import AsyncHTTPClient
import Clocks
import IwinvCatalog
public import IwinvWire
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// HTTP/1.1 by async-http-client: certificates checked, redirects not followed, nothing decompressed, nothing replayed.
///
/// async-http-client repeats only the making of a connection, and here not even that; a request is written once. HTTP/2
/// stays off because its refusals of streams invite replays (CONTRACT 1.1).
public final class AsyncHTTPTransport: CloudTransport {
    /// Made for the first request: a script that asks for nothing needs no threads and no certificates.
    private let client = Mutex<HTTPClient?>(nil)
    private let settings: HTTPClient.Configuration

    public convenience init(_ configuration: ClientConfiguration) {
        self.init(
            connectTimeout: configuration.connectTimeout, connections: configuration.connections,
            additionalTrustRoots: configuration.additionalTrustRoots)
    }

    /// For receivers other than the cloud: nothing here knows a credential.
    package init(connectTimeout: Duration, connections: Int, additionalTrustRoots: String? = nil) {
        var settings = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(connect: TimeAmount(connectTimeout)),
            connectionPool: .init(
                idleTimeout: .seconds(15), concurrentHTTP1ConnectionsPerHostSoftLimit: connections),
            decompression: .disabled)
        settings.connectionPool.retryConnectionEstablishment = false
        settings.httpVersion = .http1Only
        var tls = TLSConfiguration.makeClientConfiguration()
        if let path = additionalTrustRoots { tls.additionalTrustRoots = [.file(path)] }
        settings.tlsConfiguration = tls
        self.settings = settings
    }

    deinit {
        // async-http-client ends the process if one is let go that was not shut down: no slip of an owner is worth that.
        client.withLock { $0?.shutdown { _ in } }
    }

    public func shutdown() async throws {
        try await client.withLock { $0 }?.shutdown()
    }

    private var connected: HTTPClient {
        client.withLock { client in
            if let client { return client }
            let new = HTTPClient(eventLoopGroupProvider: .singleton, configuration: settings)
            client = new
            return new
        }
    }

    public func send(
        _ request: WireRequest, headers: [(String, String)], to endpoint: Endpoint, limits: TransportLimits
    ) async throws(TransportProblem) -> TransportReply {
        // The client's own deadline ends with the head of the reply, so the whole exchange races a timer.
        let result = await withTaskGroup(of: Result<TransportReply, TransportProblem>?.self) { group in
            group.addTask { await self.exchange(request, headers, endpoint, limits) }
            group.addTask {
                do {
                    try await Task.sleep(for: limits.timeout)
                    return .failure(TransportProblem(.timeout, mayHaveLeft: true))
                } catch {
                    return nil
                }
            }
            var result: Result<TransportReply, TransportProblem>?
            while result == nil, let next = await group.next() { result = next }
            group.cancelAll()
            return result
        }
        return try (result ?? .failure(TransportProblem(.cancelled, mayHaveLeft: true))).get()
    }

    private func exchange(
        _ wire: WireRequest, _ headers: [(String, String)], _ endpoint: Endpoint, _ limits: TransportLimits
    ) async -> Result<TransportReply, TransportProblem> {
        do {
            var request = HTTPClientRequest(url: endpoint.description + wire.target)
            request.method = NIOHTTP1.HTTPMethod(rawValue: wire.method.rawValue)
            for (name, value) in headers { request.headers.add(name: name, value: value) }
            if let contentType = wire.contentType {
                request.headers.add(name: "Content-Type", value: contentType)
                request.body = .bytes(ByteBuffer(bytes: wire.body))
            }
            let response = try await connected.execute(request, deadline: .now() + TimeAmount(limits.timeout))
            let body = try await response.body.collect(upTo: limits.maximumReplyBytes)
            return .success(
                TransportReply(
                    status: Int(response.status.code), body: Array(body.readableBytesView),
                    retryAfter: response.headers.first(name: "Retry-After"), date: response.headers.first(name: "Date"),
                    location: response.headers.first(name: "Location")))
        } catch {
            return .failure(TransportProblem(describing: error, limit: limits.maximumReplyBytes))
        }
    }
}

extension TimeAmount {
    fileprivate init(_ duration: Duration) {
        self = .nanoseconds(duration.wholeNanoseconds)
    }
}

extension TransportProblem {
    /// Reads the errors of async-http-client and the layers below. What is not known to come from before the first byte
    /// of the request is taken to come after it.
    fileprivate init(describing error: any Error, limit: Int) {
        switch error {
        case let error as HTTPClientError: self.init(error)
        case let error as NIOConnectionError: self.init(error)
        case is NIOTooManyBytesError: self.init(.replyTooLarge(limit: limit), mayHaveLeft: true)
        case is CancellationError: self.init(.cancelled, mayHaveLeft: true)
        case HTTPParserError.invalidEOFState: self.init(.connectionLost, mayHaveLeft: true)
        // Only these come from before the first byte; other errors of TLS may arrive when the request is out.
        case NIOSSLError.handshakeFailed, NIOSSLError.unableToValidateCertificate, NIOSSLError.failedToLoadCertificate,
            is NIOSSLExtraError:
            self.init(.tls, mayHaveLeft: false)
        case is NIOSSLError, is BoringSSLError: self.init(.connectionLost, mayHaveLeft: true)
        case ChannelError.connectTimeout: self.init(.connectTimeout, mayHaveLeft: false)
        case let error as IOError: self.init(error)
        case is ChannelError: self.init(.connectionLost, mayHaveLeft: true)
        default: self.init(.other("\(type(of: error))"), mayHaveLeft: true)
        }
    }

    private init(_ error: HTTPClientError) {
        switch error {
        case .connectTimeout, .getConnectionFromPoolTimeout: self.init(.connectTimeout, mayHaveLeft: false)
        case .tlsHandshakeTimeout: self.init(.tls, mayHaveLeft: false)
        case .deadlineExceeded, .readTimeout, .writeTimeout: self.init(.timeout, mayHaveLeft: true)
        case .remoteConnectionClosed, .uncleanShutdown: self.init(.connectionLost, mayHaveLeft: true)
        case .cancelled: self.init(.cancelled, mayHaveLeft: true)
        default: self.init(.other("HTTPClientError.\(error.shortDescription)"), mayHaveLeft: true)
        }
    }

    /// An endpoint that is an address is connected to without a look-up, and its errors come bare. Only the text tells
    /// whether the call that failed was `connect`; the refusal of a connection can come from nothing else.
    private init(_ error: IOError) {
        let isConnecting =
            error.description.hasPrefix("connect(") || error.description.hasPrefix("finishing a non-blocking")
        switch error.errnoCode {
        case ECONNREFUSED: self.init(.connectionRefused, mayHaveLeft: false)
        case EHOSTUNREACH where isConnecting, ENETUNREACH where isConnecting, ETIMEDOUT where isConnecting:
            self.init(.unreachable, mayHaveLeft: false)
        default: self.init(.connectionLost, mayHaveLeft: true)
        }
    }

    private init(_ error: NIOConnectionError) {
        let errors = error.connectionErrors.map(\.error)
        if errors.isEmpty, error.dnsAError != nil || error.dnsAAAAError != nil {
            self.init(.hostNotFound, mayHaveLeft: false)
        } else if errors.contains(where: { ($0 as? IOError)?.errnoCode == ECONNREFUSED }) {
            self.init(.connectionRefused, mayHaveLeft: false)
        } else if errors.contains(where: { if case ChannelError.connectTimeout = $0 { true } else { false } }) {
            self.init(.connectTimeout, mayHaveLeft: false)
        } else {
            self.init(.unreachable, mayHaveLeft: false)
        }
    }
}
