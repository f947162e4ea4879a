/// `host`, `host:port`, `[address]:port`.
struct HostAndPort {
    enum Fault: Error {
        case malformed, port
    }

    /// Lower case; an IPv6 address in its brackets.
    let host: String
    let port: Int?

    init(_ text: Substring) throws(Fault) {
        var host = text
        var port: Int?
        if let colon = text.lastIndex(of: ":"), !text.hasSuffix("]") {
            let digits = text[text.index(after: colon)...]
            guard digits.allSatisfy({ $0.isASCII && $0.isNumber }), let number = Int(digits),
                (1...65535).contains(number)
            else { throw .port }
            port = number
            host = text[..<colon]
        }
        guard Self.isHost(host) else { throw .malformed }
        self.host = host.lowercased()
        self.port = port
    }

    private static func isHost(_ host: Substring) -> Bool {
        if host.hasPrefix("["), host.hasSuffix("]") {
            return host.count > 2 && host.dropFirst().dropLast().allSatisfy { $0.isHexDigit || $0 == ":" || $0 == "." }
        }
        return !host.isEmpty
            && host.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "." || $0 == "-" || $0 == "_") }
    }
}
