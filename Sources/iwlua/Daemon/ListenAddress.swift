import Clocks
import Glibc

/// An address to listen on: `127.0.0.1:8480`, `[::1]:8480`.
struct ListenAddress: Sendable, Equatable {
    var host: String
    var port: Int

    /// - Parameter isExposed: Whether somebody has said that others may reach it.
    /// - Throws: ``UsageError`` for what is no address, or one that others could reach.
    init(_ text: String, flag: String, isExposed: Bool) throws(UsageError) {
        let slip = UsageError("\(flag) \(text): write it like 127.0.0.1:8480")
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
            (0...65535).contains(port)
        else { throw slip }
        var host = String(text[..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        guard !host.isEmpty else { throw slip }
        self.host = host
        self.port = port
        guard isExposed || isLoopback else {
            throw UsageError(
                "\(flag) \(text): others could reach that; give a loopback address, or --expose if they are to")
        }
    }

    var isLoopback: Bool {
        if host == "localhost" { return true }
        var four = in_addr()
        if inet_pton(AF_INET, host, &four) == 1 { return UInt32(bigEndian: four.s_addr) >> 24 == 127 }
        var six = in6_addr()
        guard inet_pton(AF_INET6, host, &six) == 1 else { return false }
        return withUnsafeBytes(of: six) { $0.dropLast().allSatisfy { $0 == 0 } && $0.last == 1 }
    }

    /// With the port that it got.
    func url(port: Int) -> String { "http://" + (host.contains(":") ? "[\(host)]" : host) + ":\(port)" }
}
