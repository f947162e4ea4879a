import IwinvCatalog
import IwinvClient

/// What a planned change finds: its before-image, and what must still be so when it is carried out.
struct PlanImage {
    private let wanted: [String: JSONValue]
    private let before: JSONValue
    private let targetRow: [String: JSONValue]
    /// Fields with parts in them, of what is to be destroyed, as the planned world shows them.
    private var parts: [String: JSONValue] = [:]

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
        // What hangs on a thing changes with others: of one that goes for good, an earlier reading is not enough.
        if found == nil && ChangesLink.needsImage(call.operation) || isStatusMissing
            || call.operation.effect == .destroy
        {
            do {
                var reading = try Call(reading: witness, of: call)
                if call.operation.effect == .destroy, let fields = reading.operation.fieldsWithLists {
                    reading = try Call(
                        reading: witness.read, reading.rawArguments.merging(["fields": fields]) { $1 }, before: call)
                }
                let rows = try await read(reading).rows
                ledger.note(rows, of: reading.operation.row)
                found = image(isComplete: false)
                if call.operation.effect == .destroy {
                    let row = rows.first.flatMap { reading.operation.row?.withoutSecrets($0).objectValue } ?? [:]
                    parts = row.filter { $0.value.isCollection }
                    for list in call.operation.partLists {
                        let listing = try Call(
                            reading: list.name, call.rawArguments.filter { list.parameter($0.key) != nil }, before: call
                        )
                        parts[list.partsName] = .array(try await read(listing).rows)
                    }
                }
            } catch  where error.isAbsence() {
                // The planned world says what becomes of the change.
            } catch {
                throw error.before(call.operation)
            }
        }
        before = found ?? .null
        let known = ledger.row(target) ?? [:]
        targetRow = PlanEntry.name(known) != nil ? known : try await Self.named(target, call, ledger, read)
    }

    /// The row of what a change is about, looked at for its name: it is shown, and compared before the change.
    private static func named(
        _ target: RowKey, _ call: Call, _ ledger: ChangeLedger, _ read: (Call) async throws(CloudError) -> Reply
    ) async throws(CloudError) -> [String: JSONValue] {
        if call.operation.part == nil {
            do {
                let reading = try Call(
                    reading: OperationName(resource: call.operation.name.root, verb: "get"),
                    [target.key: .string(target.id)], before: call)
                ledger.note(try await read(reading).rows, of: reading.operation.row)
            } catch  where error.isAbsence() {
                // The planned world says what becomes of the change.
            } catch {
                throw error.before(call.operation)
            }
        }
        return ledger.row(target) ?? [:]
    }

    /// What is switched is looked at before: a server that somebody else has switched meanwhile is another one.
    static func dependsOnStatus(_ operation: CloudOperation) -> Bool {
        switch operation.witness?.sign {
        case .state, .status: true
        default: false
        }
    }

    func entry(number: Int, _ call: Call) -> PlanEntry {
        // Parts inside parts count where they were just looked at: they change with what is attached to it.
        var expected = (before.objectValue ?? [:]).filter { !$0.value.isCollection || wanted[$0.key] != nil }
        expected.merge(parts) { $1 }
        if call.target != nil {
            for field in ["name", "title"] { expected[field] = expected[field] ?? targetRow[field] }
            if Self.dependsOnStatus(call.operation) { expected["status"] = targetRow["status"] }
        }
        let asked = call.arguments?["name"] ?? call.arguments?["title"]
        return PlanEntry(
            number: number, operation: call.operation.name, arguments: call.arguments?.values ?? [:],
            place: call.place, id: call.targetName,
            name: call.target == nil ? asked?.stringValue : PlanEntry.name(expected), before: before,
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

extension CloudOperation {
    /// What a read brings by itself, and the lists of what hangs on its row; nil for one that brings everything.
    fileprivate var fieldsWithLists: JSONValue? {
        guard parameter("fields") != nil, let row else { return nil }
        let lists = row.fields.filter { field in
            if case .list = field.type { field.bit != nil && !field.isSecret } else { false }
        }
        let names = Set((defaultFields.map { row.names(in: $0) } ?? []) + lists.map(\.name))
        return .array(names.sorted().map(JSONValue.string))
    }

    /// The lists that show the parts of what this changes as a whole: the rules of a firewall.
    var partLists: [CloudOperation] {
        guard part == nil, let target else { return [] }
        let parts = Catalog.iwinv.operations.filter { $0.part != nil && $0.subject?.name == target.name }
        return Set(parts.compactMap { $0.witness?.read }).compactMap { Catalog.iwinv[$0] }.filter(\.isList)
            .sorted { $0.name.description < $1.name.description }
    }

    /// What a list of parts is called among the fields of the whole: `rules` for `firewall.rules.list`.
    var partsName: String { name.description.split(separator: ".").dropLast().last.map(String.init) ?? "" }
}

extension JSONValue {
    var isCollection: Bool {
        switch self {
        case .array, .object: true
        default: false
        }
    }
}
