import IwinvCatalog
import IwinvClient

/// What a planned change finds: its before-image, and what must still be so when it is carried out.
struct PlanImage {
    private let wanted: [String: JSONValue]
    private let before: JSONValue
    private let targetRow: [String: JSONValue]

    /// - Parameter read: reads in the planned world.
    init(
        of call: Call, _ ledger: ChangeLedger, read: (Call) async throws(CloudError) -> Reply
    ) async throws(CloudError) {
        let wanted = ChangesLink.wantedFields(of: call)
        self.wanted = wanted
        guard let target = call.target, let witness = call.operation.witness else {
            (before, targetRow) = (.null, [:])
            return
        }
        let wholeRow = witness.sign == .absence
        func image(isComplete: Bool) -> JSONValue? {
            guard ChangesLink.hasImage(call.operation), let row = ledger.row(target) else { return nil }
            return wholeRow
                ? .object(row) : ChangesLink.image(of: row, fields: Array(wanted.keys), isComplete: isComplete)
        }
        var found = image(isComplete: true)
        let isStatusMissing = Self.dependsOnStatus(call.operation) && ledger.row(target)?["status"] == nil
        if found == nil && ChangesLink.needsImage(call.operation) || isStatusMissing {
            do {
                let reading = try Call(reading: witness, of: call)
                ledger.note(try await read(reading).rows, of: reading.operation.row)
                found = image(isComplete: false)
            } catch  where error.isAbsence() {
                // The planned world says what becomes of the change.
            } catch {
                throw error.before(call.operation)
            }
        }
        before = found ?? .null
        targetRow = ledger.row(target) ?? [:]
    }

    /// What is switched is looked at before: a server that somebody else has switched meanwhile is another one.
    private static func dependsOnStatus(_ operation: CloudOperation) -> Bool {
        switch operation.witness?.sign {
        case .state, .status: true
        default: false
        }
    }

    func entry(number: Int, _ call: Call) -> PlanEntry {
        // Of a whole row the parts inside parts are left out: they change with what is attached to it.
        var expected = (before.objectValue ?? [:]).filter { !$0.value.isCollection }
        if call.target != nil {
            for field in ["name", "title"] { expected[field] = expected[field] ?? targetRow[field] }
            if Self.dependsOnStatus(call.operation) { expected["status"] = targetRow["status"] }
        }
        let asked = call.arguments?["name"] ?? call.arguments?["title"]
        return PlanEntry(
            number: number, operation: call.operation.name, arguments: call.arguments?.values ?? [:],
            place: call.place, id: call.targetName,
            name: (call.target == nil ? asked : targetRow["name"] ?? targetRow["title"])?.stringValue, before: before,
            after: .object(wanted), expected: expected)
    }
}

extension Witness {
    /// The change makes a row that was not there before.
    var makesRow: Bool {
        switch sign {
        case .newRow, .uniqueRow: true
        default: false
        }
    }
}

extension JSONValue {
    fileprivate var isCollection: Bool {
        switch self {
        case .array, .object: true
        default: false
        }
    }
}
