import IwinvCatalog

/// What later reads will show of a change that the cloud has said yes to.
struct Expectation: Sendable {
    private enum Sign: Sendable {
        /// A server works for a while, then its status is one of these.
        case status(Set<String>)
        /// What was created is there.
        case presence
        /// Fields have these values.
        case fields([String: JSONValue])
    }

    private let sign: Sign
    private var hasBegun = false
    private(set) var isMet = false

    /// Nil for a change of which the rows of its resource tell nothing.
    ///
    /// - Parameter statusBefore: as it was last read. Where that was not yet the wanted state, being there is proof.
    init?(of change: Change, statusBefore: String?) {
        guard let operation = Catalog.iwinv[change.operation] else { return nil }
        if let ends = operation.endStates {
            sign = .status(ends)
            hasBegun = change.outcome == .observed || statusBefore.map { !ends.contains($0) } ?? false
            return
        }
        switch operation.witness?.sign {
        case .newRow, .uniqueRow: sign = .presence
        case .fields, .argument, .cleared:
            guard let wanted = change.after.objectValue, !wanted.isEmpty else { return nil }
            sign = .fields(wanted)
        default: return nil
        }
    }

    /// Whether it is about a state that takes its time.
    var isOfStatus: Bool {
        if case .status = sign { true } else { false }
    }

    /// What a row tells of the change; nil if nothing new.
    mutating func read(_ row: [String: JSONValue]) -> Outcome? {
        switch sign {
        case .status(let ends): return read(status: row["status"]?.stringValue, ends)
        case .presence: break
        case .fields(let wanted):
            guard wanted.allSatisfy({ row.value(of: $0.key) != nil && row.shows($0.value, in: $0.key) }) else {
                return nil
            }
        }
        isMet = true
        return .confirmed
    }

    private mutating func read(status: String?, _ ends: Set<String>) -> Outcome? {
        guard let status else { return nil }
        if Examiner.transitions.contains(status) {
            hasBegun = true
            return .observed
        }
        // Being in the wanted state proves a change only if the row was seen on the way there:
        // a server that is `active` after "reboot" may not have begun to reboot.
        guard hasBegun, ends.contains(status) else { return nil }
        isMet = true
        return .confirmed
    }
}
