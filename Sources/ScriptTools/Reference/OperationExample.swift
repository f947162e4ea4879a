package import IwinvCatalog
import ScriptHost

/// A line of Lua that calls an operation with every argument it must have.
package enum OperationExample {
    /// Nil for the older firewall family, which scripts do not speak.
    package static func lua(_ operation: CloudOperation) -> String? {
        guard operation.family != .firewall else { return nil }
        return call(operation, "iwinv.\(operation.name)", operation.positional)
    }

    /// - Parameter method: whether it is called on a row.
    static func lua(_ function: CloudSurface.Function, method: Bool) -> String {
        let operation = function.operation
        let row = receivers[operation.row?.key ?? ""] ?? "row"
        switch function.form {
        case .each: return "for \(row) in iwinv.\(function.name)() do print(\(row).\(operation.row?.key ?? "name")) end"
        case .wait, .waitAll:
            let state = operation.row?.states.first { $0 == "active" } ?? operation.row?.states.first ?? ""
            if method { return "\(row):wait(\"\(state)\", \"5m\")" }
            let one = "\"\(identifiers[operation.row?.key ?? ""] ?? "ID")\""
            let subject = function.form.isWaitAll ? "{ \(one) }" : one
            return "iwinv.\(function.name)(\(subject), \"\(state)\", \"5m\")"
        case .list, .listOfOne, .ofOne, .plain: break
        }
        guard method else { return call(operation, "iwinv.\(function.name)", operation.positional) }
        // A nested row stands for both its identifiers.
        let isNested = operation.name.resource.contains(".")
        let key = isNested ? operation.partner : operation.subject?.name
        let rest = isNested ? [] : Array(operation.positional.dropFirst())
        return call(operation, "\(receivers[key ?? ""] ?? "row"):\(function.name.verb)", rest)
    }

    private static func call(_ operation: CloudOperation, _ callee: String, _ positional: [Parameter]) -> String {
        let positions = positional.map(value)
        var shown = operation.named.filter { $0.isRequired && $0.name != operation.partner }
        if shown.isEmpty, operation.effect == .edit,
            let first = operation.named.first(where: { $0.place == .body && $0.name != operation.partner })
        {
            shown = [first]
        }
        let table = shown.map { "\($0.name) = \(value(of: $0))" }.joined(separator: ", ")
        if positions.isEmpty { return table.isEmpty ? callee + "()" : callee + " { \(table) }" }
        return callee + "(" + (positions + (table.isEmpty ? [] : ["{ \(table) }"])).joined(separator: ", ") + ")"
    }

    /// What examples call a row of a key.
    private static let receivers = [
        "instance_id": "vm", "block_storage_id": "volume", "firewall_id": "firewall", "rule_id": "rule",
        "bill_id": "bill", "zone_id": "zone", "flavor_id": "flavor", "image_id": "image", "ssh_key_id": "key",
    ]

    private static let identifiers = [
        "instance_id": "INSTANCE-a1b2c3", "zone_id": "kr1_z09", "image_id": "PIMAGE-a1b2c3", "flavor_id": "vgna_2_n",
        "block_storage_id": "BLOCK-a1b2c3", "bill_id": "BILL-a1b2c3", "firewall_id": "FIREWALL-a1b2c3",
    ]

    private static func value(of parameter: Parameter) -> String {
        switch parameter.type {
        case .identifier, .identifierList: return "\"\(identifiers[parameter.name] ?? "ID")\""
        case .text: return parameter.name == "title" ? "\"web-public\"" : "\"web-01\""
        case .integer(let range): return "\(max(1, range.lowerBound))"
        case .multiple(_, let range): return "\(range.lowerBound)"
        case .choice(let words, _), .choiceList(let words, _): return "\"\(words.first ?? "")\""
        case .addressRange: return "\"203.0.113.0/24\""
        case .ports: return "\"443\""
        case .yesNo: return "\"Y\""
        case .date: return "\"2026-03-01\""
        case .flag: return "true"
        case .fields: return "{ \"name\" }"
        case .records: return "{}"
        }
    }
}
