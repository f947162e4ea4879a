public import Clocks
public import IwinvCatalog

/// A request that a simulator answered. Headers are not kept: a signature is good for other methods too (CONTRACT 1.3).
public struct RecordedRequest: Sendable, Hashable {
    /// As sent: `PUT`.
    public var method: String
    /// Path and query as sent, cut to 2,000 characters.
    public var target: String
    /// Nil if it addressed none, or did not get so far.
    public var operation: OperationName?
    /// HTTP status of the answer.
    public var status: Int
    /// `SUCCESS`, or why not.
    public var errorCode: ErrorCode
    /// By the simulator's clock.
    public var at: Instant
}
