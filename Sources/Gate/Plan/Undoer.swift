import Clocks
public import IwinvCatalog
import IwinvClient
public import RunStore

/// Plans how to take back what a run did, the newest change first; those of different things side by side.
///
/// Only what is still as the run left it is taken back; what is as before needs nothing; the rest is told.
public struct Undoer: Sendable {
    private let gate: Gate
    private let planner: Planner
    /// Whether what the run created is deleted again.
    private let deletesCreated: Bool
    /// Whether that includes what no reply named: a later read showed something of the name that was asked for.
    private let deletesSeen: Bool

    /// - Parameter gate: plans with the planner.
    public init(gate: Gate, planner: Planner, deletesCreated: Bool, deletesSeen: Bool = false) {
        self.gate = gate
        self.planner = planner
        self.deletesCreated = deletesCreated
        self.deletesSeen = deletesSeen
    }

    /// What a run created of which no reply told, only a later read: its operation, name and identifier.
    public static func seenCreations(of history: RunHistory) -> [(title: String, id: String)] {
        history.intended.flatMap { call -> [(title: String, id: String)] in
            guard let change = history.changes[call], let intent = change.intent,
                let inversion = Inversion(intent, changes: change.changes ?? [])
            else { return [] }
            return inversion.created.filter(inversion.seen.contains).map { (inversion.title, $0) }
        }
    }

    /// One inverse that is to be planned.
    private struct Attempt: Sendable {
        /// Where it stands in the plan.
        var order: UInt64
        var title: String
        var inverse: CloudOperation
        var arguments: [String: JSONValue]
    }

    /// Plans with the planner; what is left as it is, and why, is among the plan's notes.
    public func plan(_ history: RunHistory) async throws(CloudError) {
        planner.clock.beginActivity()
        defer { planner.clock.endActivity() }
        var order: UInt64 = 0
        for wave in UndoWaves.waves(of: inversions(of: history)) {
            // Looked at one after the other, so that one list serves all; planned side by side.
            var attempts: [Attempt] = []
            for inversion in wave {
                for arguments in try await inverses(of: inversion) {
                    guard let inverse = inversion.inverse else { continue }
                    order += 1
                    attempts.append(
                        Attempt(order: order, title: inversion.title, inverse: inverse, arguments: arguments))
                }
            }
            await attempt(attempts)
        }
    }

    /// What the run has certainly changed, the newest first.
    private func inversions(of history: RunHistory) -> [Inversion] {
        history.intended.reversed().compactMap { call in
            guard let change = history.changes[call], let intent = change.intent else { return nil }
            let outcomes = Set((change.changes ?? []).compactMap { $0["outcome"]?.stringValue.flatMap(Outcome.init) })
            let isUnknown = outcomes.contains(.unknown) || change.changes == nil && !change.attempts.isEmpty
            guard let inversion = Inversion(intent, changes: change.changes ?? []) else {
                planner.leave(.unknownOperation(intent.operation))
                return nil
            }
            if isUnknown {
                planner.leave(.unknownOutcome(inversion.title))
                return nil
            }
            return outcomes.isDisjoint(with: [.accepted, .observed, .confirmed])
                && !change.record.contains(where: \.isMadeOtherwise) ? nil : inversion
        }
    }

    /// The arguments of what takes a change back; none if there is nothing to do, or nothing that can be done.
    private func inverses(of inversion: Inversion) async throws(CloudError) -> [[String: JSONValue]] {
        if case .notNeeded = inversion.operation.undo { return [] }
        guard let inverse = inversion.inverse else {
            planner.leave(.final(inversion.title))
            return []
        }
        if case .newRow? = inversion.operation.witness?.sign {
            return try await deletions(inversion, by: inverse)
        }
        let rows: [JSONValue]
        do { rows = try await self.rows(for: inversion) } catch  where error.kind == .invalid {
            // What cannot be looked at at all, as members of a firewall in the older family, keeps nothing else back.
            planner.leave(.refused(inversion.title, error))
            return []
        }
        switch inversion.standing(rows) {
        case .asBefore: planner.leave(.asBefore(inversion.title))
        case .neither(let how): planner.leave(.neither(inversion.title, how))
        case .asLeft(let row):
            guard let arguments = inversion.inverseArguments(row) else {
                planner.leave(.unknownBefore(inversion.title))
                break
            }
            if let lost = inversion.operation.undoLoses { planner.leave(.lost(inversion.title, lost)) }
            if !arguments.stays.isEmpty { planner.leave(.stays(inversion.title, arguments.stays)) }
            return arguments.doesSomething ? [arguments.values] : []
        }
        return []
    }

    private func deletions(
        _ inversion: Inversion, by inverse: CloudOperation
    ) async throws(CloudError) -> [[String: JSONValue]] {
        guard let subject = inverse.subject else { return [] }
        var found: [[String: JSONValue]] = []
        for id in inversion.created {
            guard deletesCreated else {
                planner.leave(.created(inversion.title, id))
                continue
            }
            guard deletesSeen || !inversion.seen.contains(id) else {
                planner.leave(.seenOnly(inversion.title, id))
                continue
            }
            guard try await exists(id, of: inverse) else {
                planner.leave(.gone(inversion.title, id))
                continue
            }
            found.append([subject.name: .string(id)])
        }
        return found
    }

    /// Plans inverses that do not meet, side by side; what the cloud would refuse is told.
    private func attempt(_ attempts: [Attempt]) async {
        // Each has an activity of its own before any begins, so that all of them are one step of the plan.
        for _ in attempts { planner.clock.beginActivity() }
        planner.clock.endActivity()
        let results = await withTaskGroup(of: (UInt64, Result<PlanWait?, CloudError>).self) { group in
            for attempt in attempts {
                group.addTask {
                    defer { planner.clock.endActivity() }
                    do {
                        _ = try await gate.perform(attempt.inverse, attempt.arguments, order: attempt.order)
                        return (attempt.order, .success(try await settle(attempt.inverse, attempt.arguments)))
                    } catch {
                        let error = error as? CloudError ?? CloudError(.cancelled, "interrupted")
                        return (attempt.order, .failure(error))
                    }
                }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        planner.clock.beginActivity()
        for attempt in attempts {
            switch results[attempt.order] {
            case .success(let wait?): planner.waited(for: wait)
            case .failure(let error): planner.leave(.refused(attempt.title, error))
            case .success(nil), nil: break
            }
        }
    }

    /// Waits until what takes time has ended: the next change may be about the same thing.
    private func settle(_ inverse: CloudOperation, _ arguments: [String: JSONValue]) async throws -> PlanWait? {
        guard let ends = inverse.endStates, !ends.isEmpty, let target = inverse.target, let id = arguments[target.name],
            let witness = inverse.witness, let read = Catalog.iwinv[witness.read]
        else { return nil }
        let began = planner.clock.now
        for _ in 0..<240 {
            let row = try await gate.perform(read, [target.name: id]).rows.first
            if let status = row?["status"]?.stringValue, ends.contains(status), let name = id.stringValue {
                return PlanWait(
                    resource: inverse.name.resource, ids: [name], state: status, timeout: .seconds(600),
                    took: planner.clock.now - began)
            }
            try await planner.clock.sleep(for: .seconds(5))
        }
        return nil
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
