import Clocks
import Foundation
public import IwinvWire
import Synchronization

/// HTTP/1.1 by the system's libcurl: certificates checked, redirects not followed, nothing replayed. A compressed reply is not
/// asked for; one that comes is decompressed within the limit of bytes.
///
/// libcurl by itself sends a request again when a connection that was used before ends without an answer. Here it is kept
/// from that; a request is written once. HTTP/2 stays off because its refusals of streams invite replays (CONTRACT 1.1).
/// A proxy is used as the configuration says; the environment is not asked. The library is loaded for the first request.
public final class CurlTransport: CloudTransport {
    private let loop: CurlLoop
    private let proxy: ProxySettings

    public convenience init(_ configuration: ClientConfiguration) {
        self.init(
            connectTimeout: configuration.connectTimeout, connections: configuration.connections,
            additionalTrustRoots: configuration.additionalTrustRoots, proxy: configuration.proxy)
    }

    /// For receivers other than the cloud: nothing here knows a credential.
    ///
    /// - Parameter connections: At most so many at once to one endpoint.
    package init(
        connectTimeout: Duration, connections: Int, additionalTrustRoots: String? = nil, proxy: ProxySettings = .none
    ) {
        self.proxy = proxy
        loop = CurlLoop(
            connectTimeout: connectTimeout, connections: connections, additionalTrustRoots: additionalTrustRoots)
    }

    deinit {
        // The thread would go on without an owner.
        loop.close()
    }

    public func shutdown() async throws {
        await loop.closed()
    }

    public func send(
        _ request: WireRequest, headers: [(String, String)], to endpoint: Endpoint, limits: TransportLimits
    ) async throws(TransportProblem) -> TransportReply {
        guard !headers.contains(where: { Self.isBroken($0.0) || Self.isBroken($0.1) }),
            !Self.isBroken(request.target), !Self.isBroken(request.contentType ?? "")
        else { throw TransportProblem(.other("a header with a line break"), mayHaveLeft: false) }
        let address: ProxyAddress?
        do {
            address = if case .proxy(let address, _) = try proxy.route(to: endpoint) { address } else { nil }
        } catch {
            throw TransportProblem(.proxyAddress(error), mayHaveLeft: false)
        }
        let exchange = CurlExchange(request, headers: headers, to: endpoint, through: address, limits: limits)
        let loop = loop
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                exchange.continuation.withLock { $0 = continuation }
                loop.submit(exchange)
            }
        } onCancel: {
            loop.cancel(exchange)
        }
        return try result.get()
    }

    /// libcurl writes what it is given.
    private static func isBroken(_ text: String) -> Bool {
        text.utf8.contains { $0 < 0x20 && $0 != UInt8(ascii: "\t") || $0 == 0x7F }
    }
}
