public import Clocks
public import IwinvCatalog

extension Overlay {
    /// Takes note of what a live read brought. Passwords and links are not kept.
    ///
    /// - Parameters:
    ///   - rows: rows with the fields of the call's mask.
    ///   - isWhole: false if these are not all the rows of the list, but a page of them.
    ///   - instant: the plan's time.
    public mutating func learn(
        _ rows: [JSONValue], from operation: CloudOperation, _ arguments: Arguments, isWhole: Bool = true,
        at instant: Instant
    ) {
        guard let kind = Kind(operation, arguments.values), let type = operation.row, let key = type.key else { return }
        let asked = Set(operation.askedFields(arguments) ?? type.fields.map(\.name))
        var table = tables[kind, default: Table()]
        // Unless something was filtered out.
        let isAll = isWhole && operation.isList && arguments.values.keys.allSatisfy(operation.keepsAllRows)
        var ids: [String] = []
        for row in rows {
            guard let id = row[key]?.identifierText, let values = type.withoutSecrets(row).objectValue else { continue }
            ids.append(id)
            table.learn(values, asked: asked.union(values.keys), of: id, at: instant)
        }
        table.absent.subtract(ids)
        switch kind {
        case .rules, .members:
            if isAll {
                table.rows = table.rows.filter { ids.contains($0.key) }
                table.order = ids
            }
        default: break
        }
        if operation.isList { table.arrange(ids) }
        if isAll { table.isWhole = true }
        tables[kind] = table
        if kind == .servers {
            // One that says less than before leaves things as they are.
            for id in ids where base.server(id) != nil { try? bringServer(id) }
        }
        if rows.isEmpty, operation.absence == .emptyResult { learnAbsence(from: operation, arguments) }
    }

    /// Takes note that the cloud answered a read with a no that means: there is no such thing.
    public mutating func learnAbsence(from operation: CloudOperation, _ arguments: Arguments) {
        guard let kind = Kind(operation, arguments.values) else { return }
        switch kind {
        case .rules(let id), .members(let id): tables[.firewalls, default: Table()].absent.insert(id)
        default:
            guard let id = operation.subject.flatMap({ arguments[$0.name]?.stringValue }) else {
                // The account has none (CONTRACT U23).
                tables[kind, default: Table()].isWhole = true
                return
            }
            tables[kind, default: Table()].absent.insert(id)
        }
    }
}

extension Overlay.Table {
    fileprivate mutating func learn(
        _ values: [String: JSONValue], asked: Set<String>, of id: String, at instant: Instant
    ) {
        var row = rows[id] ?? Row(values: [:], asked: [])
        // A field that was asked for and did not come is not what it was before.
        for name in asked where values[name] == nil { row.values[name] = nil }
        row.values.merge(values) { _, new in new }
        row.asked.formUnion(asked)
        if let status = values["status"]?.stringValue {
            let ends = ServerStatus(rawValue: status)?.isTransition ?? false
            row.busySince = ends ? row.busySince ?? instant : nil
        }
        rows[id] = row
    }
}

extension CloudOperation {
    var isList: Bool {
        if case .rows = result { true } else { false }
    }

    /// The fields of the rows that a call answers; nil if it has no say in them.
    func askedFields(_ arguments: Arguments) -> [String]? {
        guard let mask = arguments.integer("fields") ?? defaultFields else { return nil }
        return row?.names(in: mask)
    }

    /// Whether an argument lets all rows of a list come.
    fileprivate func keepsAllRows(_ argument: String) -> Bool {
        guard let parameter = parameter(argument) else { return false }
        return switch (parameter.place, parameter.type) {
        case (.path, _), (.client, _), (_, .fields): true
        default: false
        }
    }
}
