/// A request as it came over the wire.
struct IncomingRequest: Sendable {
    var method: String
    /// Path and query, raw.
    var target: String
    /// By lower-case name.
    var headers: [String: String]
    /// Nil if it was larger than the simulator reads.
    var body: [UInt8]?

    /// The raw path: what the signature covers (CONTRACT U3).
    var path: String { String(target.prefix { $0 != "?" }) }

    /// What follows the `?`.
    var query: String? {
        target.firstIndex(of: "?").map { String(target[target.index(after: $0)...]) }
    }

    func header(_ name: String) -> String? { headers[name.lowercased()] }
}
