/// A request as it came over the wire: what of it is looked at.
struct IncomingRequest: Sendable {
    var method: String
    /// Path and query, raw.
    let target: String
    /// The raw path: what the signature covers (CONTRACT U3).
    let path: String
    /// What follows the `?`.
    let query: String?
    /// `X-iwinv-Timestamp`
    var timestamp: String?
    /// `X-iwinv-Credential`
    var credential: String?
    /// `X-iwinv-Signature`
    var signature: String?
    var contentType: String?
    /// Nil if it was larger than the simulator reads.
    var body: [UInt8]?
    /// Where it comes from, as text; nil where nobody asks.
    var sourceAddress: String?

    init(method: String, target: String, body: [UInt8]?) {
        self.method = method
        self.target = target
        self.body = body
        // Bytes, not characters: this runs for every request, and `?` is never part of a longer character here.
        let bytes = target.utf8
        guard let mark = bytes.firstIndex(of: UInt8(ascii: "?")) else {
            path = target
            query = nil
            return
        }
        path = String(target[..<mark])
        query = String(target[bytes.index(after: mark)...])
    }
}
