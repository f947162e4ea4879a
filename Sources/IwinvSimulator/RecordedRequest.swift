public import Clocks
public import IwinvCatalog

/// A request that a simulator answered. Signed headers are not kept: a signature is good for other methods too (CONTRACT 1.3).
public struct RecordedRequest: Sendable, Hashable {
    /// As sent: `PUT`.
    public var method: String
    /// Path and query as sent, cut to 2,000 characters.
    public var target: String
    /// Nil if it addressed none.
    public var operation: OperationName?
    /// HTTP status of the answer; if its delivery failed, of the answer that was lost or cut short. 0 for a request that
    /// nobody looked at (``FaultKind/reset``).
    public var status: Int
    /// `SUCCESS`, or why not; empty for an answer that was no envelope.
    public var errorCode: ErrorCode
    /// By the simulator's clock.
    public var at: Instant
    /// What went wrong with it for no reason of its own; nil if nothing did.
    public var fault: FaultKind?
    /// Whether the cloud carried out a change, whatever the client got to know of it; also one that it makes later.
    public var hadEffect: Bool
    /// What the body is, with the boundary of a form; nil if the request said nothing.
    public var contentType: String? = nil
    /// As sent, cut to 4,096 bytes; empty if there was none, or if it was larger than the simulator reads.
    public var body: [UInt8] = []
}
