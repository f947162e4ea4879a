/// What ``Journal/verify(_:)`` found.
public struct JournalCheck: Sendable, Hashable {
    public var runs = 0
    public var entries = 0
    public var texts = 0
    public var approvals = 0
    /// None: nothing was edited.
    public var faults: [JournalFault] = []
}

/// A place where the journal is not as the tool wrote it.
public struct JournalFault: Sendable, Hashable {
    public var table: String
    /// The run, the approval, or the row's key.
    public var row: String
    /// Which entry of the run.
    public var sequence: Int64?
    /// If that can be told.
    public var column: String?
    /// Holds no values.
    public var detail: String
}

extension JournalFault: CustomStringConvertible {
    public var description: String {
        var place = "\(table) \(row)"
        if let sequence { place += ", entry \(sequence)" }
        if let column { place += ", \(column)" }
        return "\(place): \(detail)"
    }
}
