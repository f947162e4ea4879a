import Glibc

/// Which hosts are reached without a proxy: the entries of `NO_PROXY`, between commas or blanks.
///
/// `*` is every host. `example.com`, `.example.com` and `*.example.com` are that host and all below it. An address is itself in
/// any spelling, `10.0.0.0/8` and `fd00::/8` are ranges of addresses; names are not resolved for them. `host:443` and
/// `[::1]:443` are that port only. An entry that is none of these covers nothing.
struct ProxyExceptions {
    private let entries: [Substring]

    init(_ text: String) {
        entries = text.split { $0 == "," || $0.isWhitespace }
    }

    /// The entry that covers an endpoint.
    func entry(for endpoint: Endpoint) -> String? {
        let host = Self.withoutDot(endpoint.host[...])
        let address = IPAddress(host)
        return entries.first { covers($0, host, address, port: endpoint.port ?? 443) }.map(String.init)
    }

    private func covers(_ entry: Substring, _ host: Substring, _ address: IPAddress?, port: Int) -> Bool {
        if entry == "*" { return true }
        if let slash = entry.lastIndex(of: "/") {
            guard let range = IPAddress(entry[..<slash]), let length = Int(entry[entry.index(after: slash)...]),
                let address
            else { return false }
            return range.covers(address, bits: length)
        }
        if let named = IPAddress(entry) { return named == address }
        guard let colon = entry.lastIndex(of: ":"), !entry.hasSuffix("]") else { return isName(entry, host, address) }
        guard Int(entry[entry.index(after: colon)...]) == port else { return false }
        let name = entry[..<colon]
        if name == "*" { return true }
        return IPAddress(name).map { $0 == address } ?? isName(name, host, address)
    }

    private func isName(_ entry: Substring, _ host: Substring, _ address: IPAddress?) -> Bool {
        guard address == nil else { return false }
        var name = Self.withoutDot(entry)
        if name.hasPrefix("*.") { name = name.dropFirst() }
        if name.hasPrefix(".") { name = name.dropFirst() }
        let domain = name.lowercased()
        return !domain.isEmpty && (host == domain || host.hasSuffix("." + domain))
    }

    private static func withoutDot(_ name: Substring) -> Substring {
        name.hasSuffix(".") ? name.dropLast() : name
    }
}

/// An IPv4 or IPv6 address, by its bytes.
private struct IPAddress: Equatable {
    private let bytes: [UInt8]

    /// Nil for what is no address; brackets around one of version 6 may stand.
    init?(_ text: Substring) {
        let bare = text.hasPrefix("[") && text.hasSuffix("]") ? String(text.dropFirst().dropLast()) : String(text)
        let isVersion6 = bare.contains(":")
        var bytes = [UInt8](repeating: 0, count: isVersion6 ? 16 : 4)
        guard inet_pton(isVersion6 ? AF_INET6 : AF_INET, bare, &bytes) == 1 else { return nil }
        self.bytes = bytes
    }

    /// Whether the first bits of both are the same.
    func covers(_ other: IPAddress, bits: Int) -> Bool {
        guard bytes.count == other.bytes.count, (0...bytes.count * 8).contains(bits) else { return false }
        return (0..<bits).allSatisfy { bit in
            (bytes[bit / 8] ^ other.bytes[bit / 8]) & (0x80 >> UInt8(bit % 8)) == 0
        }
    }
}
