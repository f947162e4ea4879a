import IwinvCatalog
import IwinvModel
import IwinvWire

/// Reads the changes of a plan's document, and believes nothing of what follows from something else: what a person is shown
/// is derived from the operation and its arguments, which are what is sent.
///
/// Not a guard against forgers: who writes a document can write another one. What it shows is what it does, though.
struct PlanReader {
    /// How many changes were read.
    private var count = 0
    /// Placeholders of what the changes so far create.
    private var made: Set<String> = []

    /// - Throws: ``PlanProblem`` that names the change and its field.
    mutating func entry(_ json: JSONValue) throws(PlanProblem) -> PlanEntry {
        count += 1
        let place = "change \(count)"
        guard let members = json.objectValue else { throw PlanProblem("\(place) is no object") }
        guard let name = members["operation"]?.stringValue else {
            throw PlanProblem("\(place): `operation` is missing")
        }
        guard let operation = Catalog.iwinv[OperationName(stringLiteral: name)], operation.effect.isChange,
            operation.name.description == name
        else {
            throw PlanProblem("\(place): `operation` is one that this version does not know: \(Self.shortened(name))")
        }
        let title = "\(place), \(name)"
        let entry = try derived(members, operation, title)
        let derived = entry.json.objectValue ?? [:]
        for field in Set(derived.keys).union(members.keys).sorted() where derived[field] != members[field] {
            throw PlanProblem(
                "\(title): `\(Self.shortened(field))` is \(Self.text(members[field])), and the change makes it "
                    + Self.text(derived[field]))
        }
        made.formUnion(entry.creates)
        return entry
    }

    /// The entry as its operation, its arguments and what it expects make it.
    private func derived(
        _ members: [String: JSONValue], _ operation: CloudOperation, _ title: String
    ) throws(PlanProblem) -> PlanEntry {
        var call = Call(
            order: UInt64(count), operation: operation, arguments: members["arguments"]?.objectValue ?? [:])
        do throws(CloudError) { try call.validate() } catch {
            throw PlanProblem("\(title): `arguments`: \(error.sentence.english)")
        }
        let arguments = call.arguments?.values ?? [:]
        for identifier in operation.placeholders(in: arguments) where !made.contains(identifier) {
            throw PlanProblem("\(title): `arguments`: no change before it creates \(Self.shortened(identifier))")
        }
        let expected = members["expected"]?.objectValue ?? [:]
        let before = members["before"] ?? .null
        let asked = (arguments["name"] ?? arguments["title"])?.stringValue
        let entry = PlanEntry(
            number: count, operation: operation.name, arguments: arguments, place: members["place"]?.stringValue,
            id: call.targetName, name: call.target == nil ? asked : PlanEntry.name(expected), before: before,
            after: .object(ChangesLink.wantedFields(of: call)), expected: expected,
            creates: (members["creates"]?.arrayValue ?? []).compactMap(\.stringValue))
        do throws(FieldMismatch) {
            try checkCreated(entry, call)
            try checkExpected(entry, call)
            try checkBefore(entry, call)
        } catch {
            throw PlanProblem("\(title): `\(error.field)` \(error.reason)")
        }
        return entry
    }

    /// What is wrong with a field.
    private struct FieldMismatch: Error {
        var field: String
        var reason: String
    }

    private func checkCreated(_ entry: PlanEntry, _ call: Call) throws(FieldMismatch) {
        let makesRow = call.target == nil || call.operation.witness?.makesRow == true
        let size = makesRow ? call.changeCount : 0
        guard entry.creates.count == size else {
            throw FieldMismatch(
                field: "creates", reason: "has \(entry.creates.count) placeholders, and the change creates \(size)")
        }
        var seen = made
        for text in entry.creates {
            guard Placeholder.isOne(.string(text)) || Int64(text).map({ Placeholder.isOne(.integer($0)) }) == true
            else {
                throw FieldMismatch(field: "creates", reason: "has \(Self.shortened(text)), which is no placeholder")
            }
            guard seen.insert(text).inserted else {
                throw FieldMismatch(
                    field: "creates", reason: "has \(Self.shortened(text)), which stands for something else")
            }
        }
    }

    private func checkExpected(_ entry: PlanEntry, _ call: Call) throws(FieldMismatch) {
        guard let target = call.operation.target, let id = entry.arguments[target.name] else {
            guard entry.expected.isEmpty else {
                throw FieldMismatch(field: "expected", reason: "is not empty, and nothing is there yet to be looked at")
            }
            return
        }
        // What the plan itself creates nobody else has had a hand in.
        guard !Placeholder.isOne(id) else { return }
        guard !entry.expected.isEmpty else {
            throw FieldMismatch(field: "expected", reason: "is empty: nothing would be looked at before the change")
        }
        let row = DriftGuard.list(of: call.operation)?.row
        let parts = call.operation.partLists.map(\.partsName)
        guard entry.expected.keys.contains(where: { parts.contains($0) || row?.canShow($0) == true }) else {
            throw FieldMismatch(field: "expected", reason: "has nothing that a reading shows")
        }
        for field in ["name", "title"] where row?.field(field)?.isOptional == false && entry.expected[field] == nil {
            throw FieldMismatch(field: "expected", reason: "has no \(field) of what is changed")
        }
        if PlanImage.dependsOnStatus(call.operation), entry.expected["status"] == nil {
            throw FieldMismatch(field: "expected", reason: "has no status of what is switched")
        }
    }

    /// What is shown as it was is what is compared before the change.
    private func checkBefore(_ entry: PlanEntry, _ call: Call) throws(FieldMismatch) {
        if entry.before.isNull {
            let isPlanned = call.target.map { made.contains($0.id) } ?? true
            guard isPlanned || !ChangesLink.needsImage(call.operation) else {
                throw FieldMismatch(field: "before", reason: "is missing")
            }
            return
        }
        guard call.target != nil, ChangesLink.hasImage(call.operation), let before = entry.before.objectValue else {
            throw FieldMismatch(field: "before", reason: "is \(Self.text(entry.before)), and nothing was there before")
        }
        let isWhole = call.operation.witness?.sign == .absence
        for (field, value) in before.sorted(by: { $0.key < $1.key }) {
            let isChanged = entry.after[field] != nil
            guard isWhole || isChanged else {
                throw FieldMismatch(
                    field: "before", reason: "has \(Self.shortened(field)), which the change leaves as it is")
            }
            guard entry.expected[field] == value || isWhole && value.isCollection else {
                throw FieldMismatch(
                    field: "before",
                    reason: "says that \(Self.shortened(field)) was \(Self.text(value)), and `expected` says "
                        + Self.text(entry.expected[field]))
            }
        }
    }

    // MARK: - Words

    private static func text(_ value: JSONValue?) -> String {
        guard let value else { return "nothing" }
        if let text = value.stringValue { return "“\(shortened(text))”" }
        return shortened(String(decoding: JSONCodec.encode(value), as: UTF8.self))
    }

    private static func shortened(_ text: String) -> String { text.count > 80 ? text.prefix(80) + "…" : text }
}

extension PlanEntry {
    /// What a change of something is called by: the name that it must still have when the change is made.
    static func name(_ expected: [String: JSONValue]) -> String? {
        (expected["name"] ?? expected["title"])?.stringValue
    }
}

extension CloudOperation {
    /// The placeholders among the identifiers of arguments.
    fileprivate func placeholders(in arguments: [String: JSONValue]) -> [String] {
        parameters.flatMap { parameter -> [String] in
            let value = arguments[parameter.name] ?? .null
            let identifiers: [JSONValue] =
                switch parameter.type {
                case .identifier, .integer: [value]
                case .identifierList: value.arrayValue ?? []
                default: []
                }
            return identifiers.filter { Placeholder.isOne($0) }.compactMap(\.identifierText)
        }
    }
}

extension RowType {
    /// Whether rows have a field, be it in another one: `flavor_id` stands in `flavor`.
    fileprivate func canShow(_ name: String) -> Bool {
        if field(name)?.isSecret == false { return true }
        guard name.hasSuffix("_id"), case .object(let fields)? = field(String(name.dropLast("_id".count)))?.type else {
            return false
        }
        return fields.contains { $0.name == name }
    }
}
