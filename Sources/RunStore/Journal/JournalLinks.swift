/// What a link of the chain over all runs and approvals says.
enum HeadEvent: String {
    case begun, ended
    /// Retention took the run away: from here on its entries are missing rightly.
    case pruned
    case approved, forgotten
    /// A run has claimed what only one run may do.
    case claimed

    var isOfRun: Bool { [.begun, .ended, .pruned].contains(self) }
}

enum ApprovalEvent: String {
    case approved, forgotten
}

/// A row of `head` before its hash.
struct HeadRow {
    var number: Int64
    var at: Int64
    var event: String
    /// The run's or the approval's id.
    var subject: String
    /// How many entries the run has; of an approval the number of its row.
    var entries: Int64
    /// The hash of the last of them.
    var subjectHash: [UInt8]

    func hash(after previous: [UInt8]) -> [UInt8] {
        ChainHash.hash(
            after: previous,
            [.integer(number), .integer(at), .text(event), .text(subject), .integer(entries), .blob(subjectHash)])
    }
}

/// A row of `approval` before its hash.
struct ApprovalRow {
    var number: Int64
    var id: String
    var at: Int64
    var event: String
    var body: [UInt8]

    func hash(after previous: [UInt8]) -> [UInt8] {
        ChainHash.hash(after: previous, [.integer(number), .text(id), .integer(at), .text(event), .text(body)])
    }
}
