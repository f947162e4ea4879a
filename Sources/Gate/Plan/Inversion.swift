import IwinvCatalog
import RunStore

/// A change that a run made, and what would take it back.
struct Inversion {
    let operation: CloudOperation
    let intent: ChangeIntent
    /// The fields as the run left them.
    let after: [String: JSONValue]
    /// What it created.
    let created: [String]
    /// Those of it that no reply named: a read told of them.
    let seen: Set<String>

    /// Nil for a change that this version does not know.
    init?(_ intent: ChangeIntent, changes: [JSONValue]) {
        guard let operation = Catalog.iwinv[OperationName(stringLiteral: intent.operation)] else { return nil }
        self.operation = operation
        self.intent = intent
        after = (changes.first?["after"] ?? intent.wanted).objectValue ?? [:]
        created = operation.target == nil ? changes.compactMap { $0["id"]?.stringValue } : []
        seen = Set(changes.filter { $0["settled_by"]?.stringValue != nil }.compactMap { $0["id"]?.stringValue })
    }

    var before: [String: JSONValue] { intent.before.objectValue ?? [:] }
    var arguments: [String: JSONValue] { intent.arguments.objectValue ?? [:] }

    var title: String {
        let names = [intent.name, intent.id.map { "(\($0))" }].compactMap(\.self).joined(separator: " ")
        return "\(operation.name) \(names.isEmpty ? created.joined(separator: ", ") : names)"
    }

    /// The operation that takes it back; nil if there is none.
    var inverse: CloudOperation? {
        switch operation.undo {
        case .restoring: operation
        case .by(let name): Catalog.iwinv[name]
        case .notNeeded, .impossible: nil
        }
    }

    /// How things stand, as a read of the witness shows it.
    enum Standing {
        /// As the run left it; `row` is what a part of it is now.
        case asLeft(row: [String: JSONValue])
        /// As it was before the run.
        case asBefore
        case neither(LocalizedText)
    }

    /// - Parameter rows: what the witness's read shows now; empty if there is no such thing.
    func standing(_ rows: [JSONValue]) -> Standing {
        guard let witness = operation.witness else {
            return .neither(LocalizedText("no read tells how it is now", "현재 상태를 조회로 알 수 없습니다"))
        }
        let key = Catalog.iwinv[witness.read]?.row?.key ?? ""
        func row(_ id: JSONValue?) -> [String: JSONValue]? {
            rows.first { $0[key]?.identifierText == id?.identifierText }?.objectValue
        }
        func compare(_ left: [String: JSONValue]) -> Standing {
            guard let row = row(operation.target.flatMap { arguments[$0.name] }) else {
                return .neither(LocalizedText("it is gone", "대상이 없습니다"))
            }
            if left.allSatisfy({ row.shows($0.value, in: $0.key) }) { return .asLeft(row: row) }
            if left.keys.allSatisfy({ row.shows(before[$0] ?? .null, in: $0) }) { return .asBefore }
            return .neither(LocalizedText("it is no longer as the run left it", "실행이 남긴 상태와 다릅니다"))
        }
        func like(_ fields: [String: JSONValue]) -> [String: JSONValue]? {
            rows.first { row in
                fields.allSatisfy { field, value in
                    let members = row.objectValue ?? [:]
                    return members.shows(value, in: field) || value.isNull && (members[field] ?? .null) == ""
                }
            }?.objectValue
        }
        switch witness.sign {
        case .fields: return compare(after)
        case .argument(let name): return compare([name: arguments[name] ?? .null])
        case .cleared(let name): return compare([name: .null])
        case .state:
            guard let row = row(operation.target.flatMap { arguments[$0.name] }) else {
                return .neither(LocalizedText("it is gone", "대상이 없습니다"))
            }
            let status = row["status"]?.stringValue ?? ""
            if operation.endStates?.contains(status) == true { return .asLeft(row: row) }
            return inverse?.endStates?.contains(status) == true
                ? .asBefore : .neither(LocalizedText("it is `\(status)`", "상태가 `\(status)`입니다"))
        case .uniqueRow(let fields):
            let wanted = arguments.filter { fields.contains($0.key) }
            return like(wanted).map { .asLeft(row: $0) } ?? .asBefore
        case .absence:
            let wanted = before.filter { inverse?.parameter($0.key)?.place == .body }
            return like(wanted) == nil ? .asLeft(row: before) : .asBefore
        case .listed(let name): return row(arguments[name]).map { .asLeft(row: $0) } ?? .asBefore
        case .notListed(let name): return row(arguments[name]) == nil ? .asLeft(row: [:]) : .asBefore
        case .newRow, .status: return .neither(LocalizedText("no read tells how it is now", "현재 상태를 조회로 알 수 없습니다"))
        }
    }

    /// The arguments of the inverse, and the fields that it cannot bring back; nil if one that it needs is not known.
    func inverseArguments(
        _ row: [String: JSONValue]
    ) -> (values: [String: JSONValue], stays: [String], doesSomething: Bool)? {
        guard let inverse else { return nil }
        var values: [String: JSONValue] = [:]
        var stays: [String] = []
        let restores = inverse.name == operation.name
        for parameter in inverse.parameters where parameter.place == .path || parameter.place == .body {
            let name = parameter.name
            if restores, parameter.place == .body {
                guard arguments[name] != nil else { continue }
                guard let old = before[name] else { return nil }
                if !old.isNull {
                    values[name] = old
                } else if parameter.canBeCleared {
                    // An empty text clears.
                    values[name] = ""
                } else {
                    stays.append(name)
                }
            } else if let value = arguments[name] ?? before[name] ?? row[name], !value.isNull {
                values[name] = value
            } else if parameter.isRequired {
                return nil
            }
        }
        let restored = inverse.parameters.contains { $0.place == .body && values[$0.name] != nil }
        return (values, stays, !restores || restored)
    }
}

extension Parameter {
    /// Whether the cloud takes an empty text for it (CONTRACT 3.9: that of a rule it would keep).
    fileprivate var canBeCleared: Bool {
        if case .text(let length, _) = type { length.contains(0) } else { true }
    }
}
