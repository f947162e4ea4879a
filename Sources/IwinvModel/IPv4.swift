/// An IPv4 address.
package struct IPv4: Sendable, Hashable {
    var bits: UInt32

    init(bits: UInt32) {
        self.bits = bits
    }

    /// Reads four decimal numbers, each without leading zeros; nil for anything else.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        bits = 0
        for part in parts {
            guard let octet = UInt8(part), String(octet) == part else { return nil }
            bits = bits << 8 | UInt32(octet)
        }
    }

    var text: String {
        [24, 16, 8, 0].map { String(bits >> UInt32($0) & 0xFF) }.joined(separator: ".")
    }
}

/// A range of addresses, as the `ip` filter takes it: an address, or an address with a prefix length (CONTRACT 3.4).
package struct IPv4Range: Sendable, Hashable {
    package enum Problem: Error, Hashable {
        case malformed
        case isVersion6
    }

    var base: IPv4
    var prefixLength: UInt32

    package init(_ text: some StringProtocol) throws(Problem) {
        if text.contains(":") { throw .isVersion6 }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard let first = parts.first, let base = IPv4(first), parts.count <= 2 else { throw .malformed }
        self.base = base
        prefixLength = 32
        if parts.count == 2 {
            guard let length = UInt32(parts[1]), length <= 32, String(length) == parts[1] else { throw .malformed }
            prefixLength = length
        }
    }

    package func contains(_ address: IPv4) -> Bool {
        let mask = prefixLength == 0 ? 0 : UInt32.max << (32 - prefixLength)
        return address.bits & mask == base.bits & mask
    }
}

/// Where servers get their addresses: ranges that are reserved for documentation and benchmarks, so that no address of a
/// simulated server ever belongs to somebody.
enum AddressPool {
    /// The public address of the `index`-th server: 203.0.113.x, 198.51.100.x, 192.0.2.x, then 198.18.0.0/15.
    static func publicAddress(_ index: Int) -> String {
        let documentation: [UInt32] = [0xCB00_7100, 0xC633_6400, 0xC000_0200]
        let (block, host) = (index / 250, UInt32(index % 250) + 1)
        if block < documentation.count { return IPv4(bits: documentation[block] + host).text }
        let rest = UInt32((index - documentation.count * 250) % 130_000) + 1
        return IPv4(bits: 0xC612_0000 + rest).text
    }

    /// The private address of the `index`-th server of the `zone`-th zone: 10.100.0.0/16, 10.101.0.0/16, …
    ///
    /// The first address of a network is its gateway, so hosts begin at .10.
    static func privateAddress(_ index: Int, zone: Int) -> (address: String, network: IPv4) {
        let network = IPv4(bits: 10 << 24 | UInt32(100 + zone % 100) << 16)
        return (IPv4(bits: network.bits + 10 + UInt32(index % 65_000)).text, network)
    }
}
