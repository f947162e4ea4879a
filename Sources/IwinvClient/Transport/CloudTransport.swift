public import IwinvWire

/// Sends one request and brings back one reply: no retries, no redirects, no interpretation.
///
/// An implementer's test: a request whose bytes may have left is never sent again, and a failure says whether they may.
public protocol CloudTransport: Sendable {
    /// - Parameters:
    ///   - headers: Signed headers among them: not to be logged or put into an error.
    ///   - limits: Real time and bytes.
    /// - Throws: ``TransportProblem``.
    func send(
        _ request: WireRequest, headers: [(String, String)], to endpoint: Endpoint, limits: TransportLimits
    ) async throws(TransportProblem) -> TransportReply

    /// Closes what is open.
    func shutdown() async throws
}

/// How far a transport goes for one request.
public struct TransportLimits: Sendable, Hashable {
    /// From connection to the last byte of the reply.
    public var timeout: Duration
    /// A longer body is refused, and its reading stopped.
    public var maximumReplyBytes: Int

    public init(timeout: Duration, maximumReplyBytes: Int) {
        self.timeout = timeout
        self.maximumReplyBytes = maximumReplyBytes
    }
}

/// A reply as it came, with the few headers that matter.
public struct TransportReply: Sendable, Hashable {
    public var status: Int
    public var body: [UInt8]
    /// `Retry-After`
    public var retryAfter: String?
    /// `Date`
    public var date: String?
    /// `Location`; only its host is ever shown.
    public var location: String?

    public init(
        status: Int, body: [UInt8], retryAfter: String? = nil, date: String? = nil, location: String? = nil
    ) {
        self.status = status
        self.body = body
        self.retryAfter = retryAfter
        self.date = date
        self.location = location
    }
}

/// Why no reply came. Holds nothing of the request.
public struct TransportProblem: Error, Sendable, Hashable {
    public enum Kind: Sendable, Hashable {
        case connectionRefused
        case hostNotFound
        case unreachable
        case connectTimeout
        /// No secure connection, and why.
        case tls(TLSFailure)
        /// A proxy, by its host and port, kept the request from its way.
        case proxy(ProxyFailure, at: String)
        /// The address of a proxy cannot be read.
        case proxyAddress(ProxyProblem)
        /// The file of further certificates is of no use.
        case trustRoots(TrustRootsProblem)
        case timeout
        /// The connection ended before the reply began, or in its head.
        case connectionLost
        /// It ended after the reply's head and before the end of its body.
        case replyCutShort
        case replyTooLarge(limit: Int)
        /// The reply is encoded (compressed) in a way that cannot be undone.
        case encodedReply
        /// What answers does not speak HTTP/1.1.
        case notHTTP
        case cancelled
        /// This machine has no libcurl that will do.
        case libraryMissing
        /// Something else, in a few words.
        case other(String)
    }

    public var kind: Kind
    /// Whether the server may have seen the request.
    public var mayHaveLeft: Bool

    public init(_ kind: Kind, mayHaveLeft: Bool) {
        self.kind = kind
        self.mayHaveLeft = mayHaveLeft
    }
}
