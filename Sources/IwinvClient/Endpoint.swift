/// Where the cloud is: scheme, host and port, and nothing more.
///
/// ```swift
/// let endpoint = try Endpoint(validating: "https://api-kr.iwinv.kr")
/// ```
public struct Endpoint: Sendable, Hashable, CustomStringConvertible {
    public enum Scheme: String, Sendable {
        case https
        /// Loopback only: signed headers in the clear stay on this machine.
        case http
    }

    public let scheme: Scheme
    /// Lower case; an IPv6 address in its brackets.
    public let host: String
    /// Nil for the scheme's own.
    public let port: Int?

    /// `https://api-kr.iwinv.kr` (CONTRACT 1.1).
    public static let iwinv = Endpoint(scheme: .https, host: "api-kr.iwinv.kr", port: nil)

    private init(scheme: Scheme, host: String, port: Int?) {
        self.scheme = scheme
        self.host = host
        self.port = port
    }

    /// Reads an origin: https, or http for this machine itself; no user, path or query.
    ///
    /// - Throws: ``EndpointProblem``.
    public init(validating text: String) throws(EndpointProblem) {
        guard let separator = text.firstRange(of: "://") else { throw .malformed }
        guard let scheme = Scheme(rawValue: text[..<separator.lowerBound].lowercased()) else { throw .scheme }
        var rest = text[separator.upperBound...]
        if rest.last == "/" { rest = rest.dropLast() }
        if rest.contains("@") { throw .userInfo }
        if rest.contains(where: { "/?#\\".contains($0) }) { throw .path }
        let authority: HostAndPort
        do { authority = try HostAndPort(rest) } catch { throw error == .port ? .port : .malformed }
        let name = authority.host
        guard scheme == .https || Self.isLoopback(name) else { throw .plainText }
        self.init(scheme: scheme, host: name, port: authority.port)
    }

    /// Host, and port if it is not the scheme's own: how messages name the endpoint.
    public var authority: String {
        port.map { "\(host):\($0)" } ?? host
    }

    /// Whether it is this machine itself.
    public var isLoopback: Bool { Self.isLoopback(host) }

    public var description: String { "\(scheme.rawValue)://\(authority)" }

    private static func isLoopback(_ host: String) -> Bool {
        if host == "localhost" || host == "[::1]" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}

/// Why a text is no ``Endpoint``.
public enum EndpointProblem: Error, Sendable, Hashable, CustomStringConvertible {
    case malformed, scheme, userInfo, path, port, plainText

    public var description: String {
        switch self {
        case .malformed: "the endpoint must look like https://api-kr.iwinv.kr"
        case .scheme: "the endpoint must begin with https://"
        case .userInfo: "the endpoint must not contain a user name or password"
        case .path: "the endpoint must not contain a path or query"
        case .port: "the endpoint's port must be 1–65535"
        case .plainText: "http:// is for this machine only (localhost, 127.0.0.1, [::1]); use https://"
        }
    }
}
