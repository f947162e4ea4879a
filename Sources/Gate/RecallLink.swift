import Clocks
import IwinvCatalog
import IwinvClient

/// In a run that goes on: looks at a resource before its first change if only an earlier process has read it, for what was
/// read then can be of any age.
///
/// Its place is under the resource's lock. What an earlier process had sent is settled elsewhere, and not looked at here.
struct RecallLink: GateLink {
    let ledger: ChangeLedger
    let journal: ChangeJournal?
    let drift: DriftGuard
    /// Whether what has changed meanwhile is left alone, and the run goes on; else it ends.
    let leavesDrifted: Bool
    /// Ends the run.
    let onDrift: @Sendable (CloudError) -> Void

    init(
        ledger: ChangeLedger, journal: ChangeJournal?, clock: any HostClock, leavesDrifted: Bool,
        onDrift: @escaping @Sendable (CloudError) -> Void,
        read: @escaping @Sendable (Call) async throws(CloudError) -> Reply
    ) {
        self.ledger = ledger
        self.journal = journal
        self.leavesDrifted = leavesDrifted
        self.onDrift = onDrift
        drift = DriftGuard(clock: clock) { operation, arguments throws(CloudError) in
            let asking = Call(order: 0, operation: operation, arguments: arguments)
            return try await read(try Call(reading: operation.name, arguments, before: asking))
        }
    }

    func handle(_ call: Call, next: @escaping Gate.Next) async throws(CloudError) -> Reply {
        guard call.operation.effect.isChange else { return try await next(call) }
        defer { drift.changed(call.operation, call.arguments?.values ?? [:]) }
        guard call.resumption == nil, let recalled = call.target.flatMap(ledger.recalled),
            let entry = Self.entry(for: call, recalled)
        else { return try await next(call) }
        let finding: DriftGuard.Finding
        do { finding = try await drift.look(entry, call.operation, PlanNames([:])) } catch {
            throw error.before(call.operation)
        }
        guard let difference = finding.difference else {
            if let row = finding.row { ledger.note([.object(row)], of: rowType(of: call)) }
            return try await next(call)
        }
        guard leavesDrifted, let row = finding.row else {
            let error = CloudError(
                .denied,
                LocalizedText(
                    "changed since this run read it, so nothing is changed there: \(difference)",
                    "이 실행이 조회한 뒤 바뀌어 변경하지 않았습니다: \(difference)"),
                operation: call.operation.name,
                advice: LocalizedText(
                    "`iwlua resume` with --on-drift skip leaves it alone and makes the other changes; a new run of the "
                        + "script begins with what is there now",
                    "`iwlua resume`에 --on-drift skip을 붙이면 이 대상은 그대로 두고 나머지를 변경합니다. 스크립트를 새로 실행하면 현재 상태에서 시작합니다"),
                outcome: .notSent)
            onDrift(error)
            throw error
        }
        return await leave(call, row)
    }

    /// The change is not made; the script is answered with what is there.
    private func leave(_ call: Call, _ row: [String: JSONValue]) async -> Reply {
        ledger.note([.object(row)], of: rowType(of: call))
        let wanted = ChangesLink.wantedFields(of: call)
        let change = Change(
            operation: call.operation.name, id: call.targetName, name: PlanEntry.name(row),
            before: ChangesLink.image(of: row, fields: Array(wanted.keys), isComplete: false) ?? .null,
            after: .object(wanted), outcome: .notSent, decision: .skip)
        let index = ledger.begin(call.order, of: call.target, change)
        journal?.intended(call, change)
        ledger.end(index)
        await journal?.concluded(call, ledger.changes(of: call.order), rows: [.object(row)])
        return Reply(rows: [.object(row)], settlement: Settlement(outcome: .notSent, decision: .skip))
    }

    private func rowType(of call: Call) -> RowType? { DriftGuard.list(of: call.operation)?.row }

    /// What must still be so, in the words of a plan; nil if nothing that counts was read.
    private static func entry(for call: Call, _ recalled: [String: JSONValue]) -> PlanEntry? {
        var fields = Set(ChangesLink.wantedFields(of: call).keys).union(["name", "title"])
        if call.operation.effect == .destroy { fields.formUnion(["description", "status"]) }
        if PlanImage.dependsOnStatus(call.operation) { fields.insert("status") }
        var expected: [String: JSONValue] = [:]
        for field in fields { expected[field] = recalled.value(of: field) }
        // A server at work does not stay so.
        if let status = expected["status"]?.stringValue, Examiner.transitions.contains(status) {
            expected["status"] = nil
        }
        guard !expected.isEmpty else { return nil }
        return PlanEntry(
            number: 1, operation: call.operation.name, arguments: call.arguments?.values ?? [:], id: call.targetName,
            name: PlanEntry.name(recalled), expected: expected)
    }
}
