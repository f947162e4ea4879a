package import IwinvCatalog
package import RunStore
import Synchronization

/// What a run changed, in the order of its calls, and the rows it has seen, which are the before-images.
public final class ChangeLedger: Sendable {
    private struct State {
        var changes: [Change] = []
        /// Those that have begun and not ended.
        var underway: Set<Int> = []
        var ended = 0
        /// The place of each change in the record.
        var order: [UInt64] = []
        /// What each change changes.
        var targets: [RowKey?] = []
        /// The newest reading of each row's fields.
        var rows: [RowKey: [String: JSONValue]] = [:]
        /// What each resource was called, first to last.
        var names: [RowKey: [String]] = [:]
        /// Fields that only an earlier process of the run has read.
        var recalled: [RowKey: [String: JSONValue]] = [:]
        /// Changes whose effect a later read may show: the identifier, and what to look for.
        var expectations: [Int: Expectation] = [:]
    }

    private let state = Mutex(State())

    public var changes: [Change] {
        state.withLock { Self.record($0) }
    }

    /// The record as it is if the run is given up now: what is on its way has an unknown outcome.
    public var changesIfAbandoned: [Change] {
        state.withLock { state in
            var abandoned = state
            for index in state.underway { abandoned.changes[index].outcome = .unknown }
            return Self.record(abandoned)
        }
    }

    /// Sorting is stable: the servers of one creation stay as the cloud named them.
    private static func record(_ state: State) -> [Change] {
        zip(state.order, state.changes).sorted { $0.0 < $1.0 }.map(\.1)
    }

    /// Takes up what an earlier process of the run has made.
    func restore(_ order: UInt64, of target: RowKey?, _ changes: [Change], statusBefore: String?) {
        state.withLock { state in
            for change in changes {
                if change.outcome == .accepted || change.outcome == .observed {
                    state.expectations[state.changes.count] = Expectation(of: change, statusBefore: statusBefore)
                }
                state.order.append(order)
                state.targets.append(target)
                state.changes.append(change)
            }
        }
    }

    /// The entries of one call.
    func changes(of order: UInt64) -> [Change] {
        state.withLock { state in zip(state.order, state.changes).filter { $0.0 == order }.map(\.1) }
    }

    /// A call that is resumed takes the place of what was known of it.
    func begin(_ order: UInt64, of target: RowKey?, _ change: Change) -> Int {
        state.withLock { state in
            if let index = state.order.firstIndex(of: order) {
                state.underway.insert(index)
                state.changes[index] = change
                state.expectations[index] = nil
                return index
            }
            state.underway.insert(state.changes.count)
            state.order.append(order)
            state.targets.append(target)
            state.changes.append(change)
            return state.changes.count - 1
        }
    }

    func end(_ index: Int) {
        state.withLock { state in
            state.underway.remove(index)
            state.ended += 1
        }
    }

    /// How many changes have ended, whatever became of them.
    public var endedChanges: Int { state.withLock { $0.ended } }

    func update(_ index: Int, _ body: (inout Change) -> Void) {
        state.withLock { body(&$0.changes[index]) }
    }

    /// Names what a creation made: one entry for each.
    func name(_ index: Int, key: String, created: [(id: String, name: String?)]) {
        state.withLock { state in
            guard let first = created.first else { return }
            (state.changes[index].id, state.changes[index].name) = first
            state.targets[index] = RowKey(key: key, id: first.id)
            for made in created.dropFirst() {
                var change = state.changes[index]
                (change.id, change.name) = made
                state.changes.append(change)
                state.targets.append(RowKey(key: key, id: made.id))
                state.order.append(state.order[index])
            }
        }
    }

    /// Watches later reads of what a call has changed, all that it has created.
    func expectMore(of order: UInt64, statusBefore: String?) {
        state.withLock { state in
            for (index, change) in state.changes.enumerated() where state.order[index] == order {
                guard change.outcome == .accepted || change.outcome == .observed else { continue }
                state.expectations[index] = Expectation(of: change, statusBefore: statusBefore)
            }
        }
    }

    /// A change was accepted that moves the status: what was read of it before holds no longer.
    func forgetStatus(of key: RowKey) {
        state.withLock { Self.forgetStatus(of: key, in: &$0) }
    }

    private static func forgetStatus(of key: RowKey, in state: inout State) {
        state.rows[key]?["status"] = nil
        state.recalled[key]?["status"] = nil
    }

    /// Takes up rows of an answer that an earlier process of the run had.
    ///
    /// - Parameter intent: Of the change that they answer; nil for a read. What it has set is no longer what was read.
    package func recall(_ rows: [JSONValue], of operation: CloudOperation, changing intent: ChangeIntent?) {
        let rows = Self.identified(rows, operation.row)
        state.withLock { state in
            _ = Self.note(rows, in: &state)
            for (place, members) in rows { state.recalled[place, default: [:]].merge(members) { $1 } }
            guard let intent, let target = intent.target else { return }
            let place = RowKey(key: target.key, id: target.id)
            if operation.endStates != nil { Self.forgetStatus(of: place, in: &state) }
            // A rule's title is not its firewall's.
            guard operation.row?.key == target.key else { return }
            for (field, value) in intent.wanted.objectValue ?? [:] where state.recalled[place]?[field] != nil {
                state.recalled[place]?[field] = value
            }
        }
    }

    /// The fields of a resource that only an earlier process of the run has read; nil if this one has read it, too.
    func recalled(_ key: RowKey) -> [String: JSONValue]? {
        state.withLock { $0.recalled[key] }
    }

    /// Nothing that was read holds any longer.
    public func forgetRows() {
        state.withLock { $0.rows = [:] }
    }

    /// What a resource was called since the run first saw it; a new name does not make it another resource.
    func names(of key: RowKey) -> [String] {
        state.withLock { $0.names[key] ?? [] }
    }

    /// The resources that the run has seen: the field that identifies each, its identifier, and what it was called last.
    public var seen: [(key: String, id: String, name: String?)] {
        state.withLock { state in
            Set(state.rows.keys).union(state.names.keys).map { ($0.key, $0.id, state.names[$0]?.last) }
        }
    }

    func row(_ key: RowKey) -> [String: JSONValue]? {
        state.withLock { $0.rows[key] }
    }

    /// Whether a change of this resource was accepted and no read has seen it begin.
    public func isUnobserved(_ id: String) -> Bool {
        state.withLock { state in
            state.expectations.contains { index, expectation in
                expectation.isOfStatus && state.changes[index].id == id && state.changes[index].outcome == .accepted
            }
        }
    }

    /// Remembers rows that a read brought, without their secrets, and what they say of changes that were under way.
    ///
    /// - Returns: The calls of whose changes more is known now.
    @discardableResult
    package func note(_ rows: [JSONValue], of type: RowType?) -> Set<UInt64> {
        let rows = Self.identified(rows, type)
        return state.withLock { Self.note(rows, in: &$0) }
    }

    private static func note(_ rows: [IdentifiedRow], in state: inout State) -> Set<UInt64> {
        var risen: Set<UInt64> = []
        for (place, members) in rows {
            state.rows[place, default: [:]].merge(members) { _, new in new }
            if let rest = state.recalled[place]?.filter({ members[$0.key] == nil }) {
                state.recalled[place] = rest.isEmpty ? nil : rest
            }
            if let name = (members["name"] ?? members["title"])?.stringValue,
                state.names[place]?.last != name
            {
                state.names[place, default: []].append(name)
            }
            for (index, expectation) in state.expectations where state.targets[index] == place {
                var expectation = expectation
                if let outcome = expectation.read(members), outcome > state.changes[index].outcome {
                    state.changes[index].outcome = outcome
                    risen.insert(state.order[index])
                }
                state.expectations[index] = expectation.isMet ? nil : expectation
            }
        }
        return risen
    }

    private typealias IdentifiedRow = (place: RowKey, members: [String: JSONValue])

    /// The rows that have an identifier, without their secrets.
    private static func identified(_ rows: [JSONValue], _ type: RowType?) -> [IdentifiedRow] {
        guard let type, let key = type.key else { return [] }
        return rows.compactMap { row in
            guard let members = type.withoutSecrets(row).objectValue, let id = members[key]?.identifierText else {
                return nil
            }
            return (RowKey(key: key, id: id), members)
        }
    }
}
