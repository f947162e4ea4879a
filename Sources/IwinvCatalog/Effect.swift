/// What a call does to the world, and thereby which grant it needs.
public enum Effect: String, Sendable, CaseIterable {
    /// Looks only.
    case read
    /// Changes names and texts; can be undone.
    case edit
    /// Starts, stops or restarts a server.
    case power
    /// Makes something that costs money, or makes it cost more.
    case create
    /// Loses data that nothing brings back.
    case destroy
    /// Reveals a password or a console link.
    case secret

    /// Whether a call of this effect alters the cloud, so that it must never be sent twice unasked.
    public var isChange: Bool {
        switch self {
        case .read, .secret: false
        case .edit, .power, .create, .destroy: true
        }
    }
}

/// Whether and how a change can be taken back through this API.
public enum Undo: Sendable, Hashable {
    /// Nothing to undo.
    case notNeeded
    /// The same operation, with the values from before.
    case restoring
    /// The operation named.
    case by(OperationName)
    /// Nothing brings it back.
    case impossible
}

/// How often a call may be sent.
public enum RetryClass: Sendable, Hashable {
    /// Sent again after a failure in transit, a 429 or a 5xx.
    case read
    /// Sent once: the API has no idempotency keys (CONTRACT 1.7).
    case once
}

/// How the cloud says that the object of a call does not exist (CONTRACT 2.2).
public enum AbsenceRule: Sendable, Hashable {
    /// HTTP 400 `ID_INVALID`, or HTTP 404 `NOT_FOUND` unless its text says "busy".
    case invalidIdentifier
    /// HTTP 200 with an empty array.
    case emptyResult
    /// HTTP 404, which may also mean that there are none (user scripts).
    case notFound
    /// The operation has no object that could be missing.
    case none
}
