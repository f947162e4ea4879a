import IwinvCatalog
import LuaRuntime

/// The catalog as the plain data that ``IwinvPrelude`` builds the module `iwinv` from.
enum CatalogData {
    static func luaValue(of catalog: Catalog) -> LuaValue {
        var resources: [String: LuaValue] = [:]
        var rows: [String: LuaValue] = [:]
        for operation in catalog.interface {
            let resource = operation.name.resource
            var verbs = resources[resource]?.objectValue ?? [:]
            verbs[operation.name.verb] = entry(operation)
            resources[resource] = .object(verbs)
            if let row = operation.row { rows[row.name] = entry(row) }
        }
        return .object([
            "resources": .object(resources), "rows": .object(rows), "waits": .object(waits(in: catalog)),
        ])
    }

    private static func entry(_ operation: CloudOperation) -> LuaValue {
        var entry: [String: LuaValue] = ["name": .string("\(operation.name)")]
        if let subject = operation.subject { entry["subject"] = .string(subject.name) }
        if let partner = operation.partner { entry["partner"] = .string(partner) }
        // A table inside a table, whose rows belong to a row: `firewall.rules`.
        if operation.name.resource.contains(".") { entry["nested"] = true }
        if let row = operation.row { entry["row"] = .string(row.name) }
        switch operation.result {
        case .rows: entry["list"] = .boolean(operation.effect == .read)
        case .single: entry["single"] = true
        case .acknowledgement: break
        }
        if operation.paging != nil { entry["paged"] = true }
        return .object(entry)
    }

    private static func entry(_ row: RowType) -> LuaValue {
        var entry: [String: LuaValue] = [
            "name": .string(row.name),
            "fields": .object(Dictionary(uniqueKeysWithValues: row.fields.map { ($0.name, true) })),
        ]
        if let key = row.key { entry["key"] = .string(key) }
        return .object(entry)
    }

    /// Resources whose rows have a state that can be waited for.
    private static func waits(in catalog: Catalog) -> [String: LuaValue] {
        var waits: [String: LuaValue] = [:]
        for resource in StatusWatcher.resources(in: catalog) {
            guard let list = catalog[OperationName(resource: resource, verb: "list")], let row = list.row,
                let key = row.key
            else { continue }
            let fields = list.defaultFields.map { row.names(in: $0) } ?? row.fields.map(\.name)
            waits[resource] = .object([
                "row": .string(row.name), "key": .string(key), "fields": .array(fields.map(LuaValue.string)),
            ])
        }
        return waits
    }
}
