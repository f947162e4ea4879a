import Clocks
import IwinvCatalog

/// What the entries of a run add up to: its row in the list, and the end of its chain.
struct RunTally: Sendable {
    let id: String
    private(set) var number: Int64 = 0
    private(set) var started: Int64 = 0
    private(set) var kind = ""
    private(set) var script = ""
    private(set) var account = ""
    private(set) var ended: String?
    private(set) var endedAt: Int64?
    private(set) var changes = 0
    private(set) var unknown = 0
    /// Calls of which a request left and nothing more is known.
    private(set) var open = 0
    private(set) var entries: Int64 = 0
    private(set) var head = ChainHash.origin
    private var calls: [UInt64: (changes: Int, unknown: Int, isOpen: Bool)] = [:]

    init(id: String) {
        self.id = id
    }

    /// - Parameter hash: The entry's, as its row has it.
    mutating func add(_ event: JournalEvent?, at: Int64, hash: [UInt8]) {
        entries += 1
        head = hash
        switch event {
        case .begun(let header, let number, _):
            (self.number, started) = (number, at)
            (kind, script, account) = (header.kind, header.script, header.account)
        case .sending(let call, _, _): count(call) { $0.isOpen = true }
        case .answered(let answer): count(answer.call) { $0.isOpen = false }
        case .concluded(let call, let changes, _):
            let unknown = changes.count { $0["outcome"]?.stringValue == "unknown" }
            count(call) { $0 = (changes.count, unknown, false) }
        case .resumed: (ended, endedAt) = (nil, nil)
        case .ended(let ending, _): (ended, endedAt) = (ending, at)
        default: break
        }
    }

    private mutating func count(_ call: UInt64, _ change: (inout (changes: Int, unknown: Int, isOpen: Bool)) -> Void) {
        let before = calls[call] ?? (0, 0, false)
        var after = before
        change(&after)
        calls[call] = after
        changes += after.changes - before.changes
        unknown += after.unknown - before.unknown
        open += (after.isOpen ? 1 : 0) - (before.isOpen ? 1 : 0)
    }
}
