import IwinvCatalog
import Synchronization

/// The rows that a run knew of each list before its own additions.
final class Baselines: Sendable {
    private let lists = Mutex<[String: Set<String>]>([:])

    /// The name of the list that shows what a change makes.
    static func place(of change: Call, _ witness: Witness) -> String { "\(witness.read) \(change.subject ?? "")" }

    func known(in place: String) -> Set<String>? { lists.withLock { $0[place] } }

    func keep(_ known: Set<String>, in place: String) {
        lists.withLock { $0[place] = known }
    }

    /// Notes what this run added, where the list is kept.
    func add(_ rows: [JSONValue], of type: RowType?, to place: String) {
        guard let key = type?.key else { return }
        lists.withLock { lists in
            for row in rows { if let id = row[key]?.identifierText { lists[place]?.insert(id) } }
        }
    }
}
