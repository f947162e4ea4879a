public import Clocks

/// A run in a list.
public struct RunSummary: Sendable, Hashable {
    public enum State: Sendable, Hashable {
        /// A living process has it.
        case running
        /// With the caller's word for how.
        case ended(String)
        /// Its process is gone, and it was not ended.
        case cut
    }

    /// Counts the runs of a journal.
    public var number: Int64
    public var id: String
    public var started: Instant
    /// ``RunHeader/kind``
    public var kind: String
    public var script: String
    public var account: String
    public var state: State
    public var endedAt: Instant?
    /// Concluded ones, those of unknown outcome included.
    public var changes: Int
    /// Of them, those of which nobody knows what became of them.
    public var unknown: Int
    /// Calls of which a request left and no answer was written down: if the run is cut, nobody knows about them either.
    public var open: Int
    public var entries: Int
}

/// Which runs a list is about; nil for all.
public struct RunFilter: Sendable, Hashable {
    public var kind: String?
    public var script: String?
    public var account: String?
    /// Only those that have not ended.
    public var isOpen = false

    public init(kind: String? = nil, script: String? = nil, account: String? = nil, isOpen: Bool = false) {
        self.kind = kind
        self.script = script
        self.account = account
        self.isOpen = isOpen
    }
}
