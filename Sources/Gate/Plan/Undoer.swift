import Clocks
public import IwinvCatalog
import IwinvClient
public import RunStore

/// Plans how to take back what a run did, the newest change first.
///
/// Only what is still as the run left it is taken back; what is as before needs nothing; the rest is told.
public struct Undoer: Sendable {
    private let gate: Gate
    private let planner: Planner
    /// Whether what the run created is deleted again.
    private let deletesCreated: Bool

    /// - Parameter gate: plans with the planner.
    public init(gate: Gate, planner: Planner, deletesCreated: Bool) {
        self.gate = gate
        self.planner = planner
        self.deletesCreated = deletesCreated
    }

    /// Plans with the planner; what is left as it is, and why, is among the plan's notes.
    public func plan(_ history: RunHistory) async throws(CloudError) {
        planner.clock.beginActivity()
        defer { planner.clock.endActivity() }
        for call in history.intended.reversed() {
            guard let change = history.changes[call], let intent = change.intent else { continue }
            let outcomes = Set((change.changes ?? []).compactMap { $0["outcome"]?.stringValue.flatMap(Outcome.init) })
            let isUnknown = outcomes.contains(.unknown) || change.changes == nil && !change.attempts.isEmpty
            guard let inversion = Inversion(intent, changes: change.changes ?? []) else {
                planner.leave("\(intent.operation): this version does not know it")
                continue
            }
            if isUnknown {
                planner.leave("\(inversion.title): nobody knows whether it was made; look at it")
                continue
            }
            guard !outcomes.isDisjoint(with: [.accepted, .observed, .confirmed]) else { continue }
            try await undo(inversion)
        }
    }

    private func undo(_ inversion: Inversion) async throws(CloudError) {
        if case .notNeeded = inversion.operation.undo { return }
        guard let inverse = inversion.inverse else {
            planner.leave("\(inversion.title): nothing brings back what it did")
            return
        }
        if case .newRow? = inversion.operation.witness?.sign {
            try await delete(inversion, by: inverse)
            return
        }
        switch inversion.standing(try await rows(for: inversion)) {
        case .asBefore: planner.leave("\(inversion.title): it is as before already")
        case .neither(let how): planner.leave("\(inversion.title): \(how)")
        case .asLeft(let row):
            guard let arguments = inversion.inverseArguments(row) else {
                planner.leave("\(inversion.title): what was there before is not known")
                return
            }
            await attempt(inverse, arguments, inversion)
        }
    }

    private func delete(_ inversion: Inversion, by inverse: CloudOperation) async throws(CloudError) {
        guard let subject = inverse.subject else { return }
        for id in inversion.created {
            guard deletesCreated else {
                planner.leave("\(inversion.title): \(id) stays; --delete-created deletes it")
                continue
            }
            guard try await exists(id, of: inverse) else {
                planner.leave("\(inversion.title): \(id) is gone already")
                continue
            }
            await attempt(inverse, [subject.name: .string(id)], inversion)
        }
    }

    /// Plans the inverse; what the cloud would refuse is told.
    private func attempt(
        _ inverse: CloudOperation, _ arguments: [String: JSONValue], _ inversion: Inversion
    ) async {
        do {
            _ = try await gate.perform(inverse, arguments)
            try await settle(inverse, arguments)
        } catch let error as CloudError {
            planner.leave("\(inversion.title): \(error)")
        } catch {
            planner.leave("\(inversion.title): interrupted")
        }
    }

    /// Waits until what takes time has ended: the next change may be about the same thing.
    private func settle(_ inverse: CloudOperation, _ arguments: [String: JSONValue]) async throws {
        guard let ends = inverse.endStates, !ends.isEmpty, let target = inverse.target, let id = arguments[target.name],
            let witness = inverse.witness, let read = Catalog.iwinv[witness.read]
        else { return }
        let began = planner.clock.now
        for _ in 0..<240 {
            let row = try await gate.perform(read, [target.name: id]).rows.first
            if let status = row?["status"]?.stringValue, ends.contains(status), let name = id.stringValue {
                planner.waited(
                    for: PlanWait(
                        resource: inverse.name.resource, ids: [name], state: status, timeout: .seconds(600),
                        took: planner.clock.now - began))
                return
            }
            try await planner.clock.sleep(for: .seconds(5))
        }
    }

    private func rows(for inversion: Inversion) async throws(CloudError) -> [JSONValue] {
        guard let witness = inversion.operation.witness, let read = Catalog.iwinv[witness.read] else { return [] }
        // One list for all, where there is one; what it does not show may exist all the same.
        if !read.isList, let list = Catalog.iwinv[OperationName(resource: read.name.resource, verb: "list")],
            let target = inversion.operation.target, let key = list.row?.key, target.name == key
        {
            let id = inversion.arguments[target.name]?.identifierText
            let found = try await gate.perform(list, [:], reading: .allPages).rows.filter {
                $0[key]?.identifierText == id
            }
            if !found.isEmpty { return found }
        }
        var arguments = inversion.arguments.filter { read.parameter($0.key)?.place == .path }
        if read.parameter("fields") != nil, let row = read.row {
            // The default leaves nothing out that a change could alter, and brings no secrets.
            arguments["fields"] = read.defaultFields.map { .array(row.names(in: $0).map(JSONValue.string)) }
        }
        do {
            return try await gate.perform(read, arguments, reading: read.isList ? .allPages : .single).rows
        } catch  where error.isAbsence() {
            return []
        }
    }

    private func exists(_ id: String, of operation: CloudOperation) async throws(CloudError) -> Bool {
        guard let subject = operation.subject, let read = operation.witness.flatMap({ Catalog.iwinv[$0.read] }) else {
            return true
        }
        do {
            return try await !gate.perform(read, [subject.name: .string(id)]).rows.isEmpty
        } catch  where error.isAbsence() {
            return false
        }
    }
}
