public import IwinvCatalog
public import IwinvWire

/// What an ``IwinvClient`` needs to know.
///
/// ```swift
/// let credential = try Credential(accessKey: access, secretKey: secret)
/// var configuration = ClientConfiguration(credential: credential)
/// configuration.requestTimeout = .seconds(30)
/// ```
public struct ClientConfiguration: Sendable {
    public var endpoint: Endpoint
    public var credential: Credential
    /// How long to wait for a connection, real time.
    public var connectTimeout: Duration = .seconds(10)
    /// How long one attempt may take from connection to the last byte of the reply, real time.
    public var requestTimeout: Duration = .seconds(60)
    public var retry = RetryPolicy()
    /// Sent as `User-Agent`: the vendor's hosts refuse some plain clients (CONTRACT 1.2).
    public var userAgent = "iwlua/0.1"
    /// A longer reply is refused.
    public var maximumReplyBytes = 8 << 20
    /// A PEM file of certificates to trust besides the system's: a company's own authority (``TrustRoots``).
    public var additionalTrustRoots: String?
    /// The proxy that requests go through. The environment is not read unless it is given here:
    /// `ProxySettings(environment: ProcessInfo.processInfo.environment)`.
    public var proxy = ProxySettings.none
    /// Which of the vendor's two path families firewalls are reached by (CONTRACT 3.9).
    public var firewallAPI = FirewallFamily.securityGroups
    /// How the body of an edit of an instance is written, which is documented as multipart. No multipart `PUT` has been seen to
    /// work, other edits carry JSON (CONTRACT 1.7, U37).
    public var editBody = BodyEncoding.multipart
    /// How many rows of a list a request asks for, 1 to 100. A list that refuses this size is asked for the documented one.
    public var pageSize = PageRequest.maximumSize
    /// How many connections may be open at once: a whole budget's burst may leave together.
    public var connections = 64
    /// A folder for lock files. With one, changes of a firewall in the older family exclude each other across the processes
    /// of this machine; without one, only within this client.
    public var lockFolder: String?

    public init(credential: Credential, endpoint: Endpoint = .iwinv) {
        self.credential = credential
        self.endpoint = endpoint
    }
}
