public import IwinvCatalog

/// A successful answer.
public struct CloudReply: Sendable, Hashable {
    /// The rows of this answer; none where the cloud answered with a word.
    public var rows: [JSONValue]
    /// HTTP status; 200, 201 and 202 mean the same (CONTRACT 1.8).
    public var status: Int
    /// Rows in this answer as the cloud says; not the total (CONTRACT U42).
    public var count: Int?
    public var pageNumber: Int?
    public var pageSize: Int?
    /// Rows in all; flavors only.
    public var total: Int?
    /// How often the call was sent.
    public var attempts = 1
}
