/// IPv4 ranges as firewall rules take them: an address with a prefix length, host bits as they are (CONTRACT 3.9).
public enum AddressRange {
    public enum Fault: Sendable, Hashable {
        case malformed
        /// Colons: the cloud refuses IPv6 (CONTRACT 2.2).
        case isVersion6
        /// A bare address, which the cloud refuses in an update.
        case hasNoPrefix
    }

    /// What is wrong with a range; nil if nothing is.
    public static func fault(in text: String) -> Fault? {
        if text.contains(":") { return .isVersion6 }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, isAddress(parts[0]) else { return .malformed }
        guard parts.count == 2 else { return .hasNoPrefix }
        return number(parts[1], in: 0...32) == nil ? .malformed : nil
    }

    /// Four decimal numbers without leading zeros.
    public static func isAddress(_ text: some StringProtocol) -> Bool {
        let octets = text.split(separator: ".", omittingEmptySubsequences: false)
        return octets.count == 4 && octets.allSatisfy { number($0, in: 0...255) != nil }
    }

    /// Decimal digits without a leading zero or sign.
    static func number(_ text: some StringProtocol, in range: ClosedRange<Int>) -> Int? {
        guard let number = Int(text), String(number) == text, range.contains(number) else { return nil }
        return number
    }
}

/// Ports as firewall rules take them: `8080` or `8000-8010`.
public struct Ports: Sendable, Hashable {
    public var range: ClosedRange<Int>

    /// Nil unless it is one port or an ascending range within 1–65535 (CONTRACT 3.9).
    public init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { AddressRange.number($0, in: 1...65535) }
        guard numbers.count == parts.count, numbers.count <= 2, let first = numbers.first, let last = numbers.last,
            first <= last
        else { return nil }
        range = first...last
    }
}

/// Days as bills have them: `2026-03-01`.
enum CalendarDay {
    static func isValid(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts.map(\.utf8.count) == [4, 2, 2],
            parts.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }),
            let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2]), (1...12).contains(month)
        else { return false }
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        return (1...lengths[month - 1]).contains(day)
    }
}
