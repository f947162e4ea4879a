import IwinvModel

/// A range of IPv4 addresses: `10.0.0.0/8`, or one address (CONTRACT 1.6).
///
/// ```swift
/// configuration.allowedAddresses = [try CIDR("127.0.0.1")]
/// ```
public struct CIDR: Sendable, Hashable, CustomStringConvertible {
    /// As it was written.
    public let description: String
    private let range: IPv4Range

    /// Reads a range.
    ///
    /// - Throws: ``SimulatorProblem/addressRange(_:)`` for what is none, IPv6 included: the cloud's key lists do not take
    ///   it either.
    public init(_ text: String) throws(SimulatorProblem) {
        do throws(IPv4Range.Problem) {
            range = try IPv4Range(text)
        } catch {
            throw .addressRange(text)
        }
        description = text
    }

    /// Whether an address lies in it; one that is no IPv4 address lies in none.
    func contains(_ address: String?) -> Bool {
        address.flatMap { IPv4($0) }.map(range.contains) ?? false
    }
}
