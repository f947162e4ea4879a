import Glibc

/// The names under which a server may be asked for. A name of another site that leads here is DNS rebinding: that site's
/// scripts would read what is served.
public struct HostRule: Sendable {
    private let names: Set<String>

    /// - Parameter names: Beside `localhost` and numeric addresses, which no other site has as its name.
    public init(_ names: some Sequence<String> = []) {
        self.names = Set(names.map { $0.lowercased() }).union(["localhost"])
    }

    /// - Parameter authority: The `Host` of a request: a name or an address, and perhaps a port.
    public func accepts(_ authority: String?) -> Bool {
        guard let authority, let host = Self.host(authority) else { return false }
        return names.contains(host) || Self.isAddress(host)
    }

    /// Without the port; nil for what is no host and port.
    private static func host(_ authority: String) -> String? {
        var (host, rest) = (authority[...], ""[...])
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else { return nil }
            (host, rest) = (authority[...end], authority[authority.index(after: end)...])
        } else if let colon = authority.firstIndex(of: ":") {
            (host, rest) = (authority[..<colon], authority[colon...])
        }
        guard !host.isEmpty, rest.isEmpty || rest.first == ":" else { return nil }
        let port = rest.dropFirst()
        guard port.count <= 5, port.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return host.lowercased()
    }

    private static func isAddress(_ host: String) -> Bool {
        var bytes = in6_addr()
        if host.hasPrefix("["), host.hasSuffix("]") {
            return inet_pton(AF_INET6, String(host.dropFirst().dropLast()), &bytes) == 1
        }
        return inet_pton(AF_INET, host, &bytes) == 1
    }
}
