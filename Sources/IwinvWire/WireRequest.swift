public import IwinvCatalog

/// A request as it stands on the wire, before it is signed.
public struct WireRequest: Sendable, Hashable {
    public var method: HTTPMethod
    /// `/v1/instances/INSTANCE-a`; this is what is signed.
    public var path: String
    public var query: [QueryItem]
    /// Nil for a request without a body.
    public var contentType: String?
    public var body: [UInt8]

    public init(
        method: HTTPMethod, path: String, query: [QueryItem] = [], contentType: String? = nil, body: [UInt8] = []
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.contentType = contentType
        self.body = body
    }

    /// Path and query as they are sent; a space is `%20`.
    public var target: String {
        query.isEmpty
            ? path
            : path + "?"
                + query.map { PercentCoding.encode($0.name) + "=" + PercentCoding.encode($0.value) }
                .joined(separator: "&")
    }
}

/// One `name=value` of a query, not yet encoded.
public struct QueryItem: Sendable, Hashable {
    public var name: String
    public var value: String

    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}
