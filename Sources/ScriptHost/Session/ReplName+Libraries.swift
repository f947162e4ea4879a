import LuaRuntime

extension ReplName {
    /// What every session has besides the cloud: Lua's own library as the sandbox leaves it, and the host's.
    static let libraries: [ReplName] = {
        var fields: [String: [String]] = ["help": []]
        func add(_ name: String) {
            let parts = name.split(separator: ".", maxSplits: 1).map(String.init)
            fields[parts[0], default: []] += parts.dropFirst()
        }
        for entry in LuaLibrary.entries {
            if case .absent = entry.status { continue }
            add(entry.name)
        }
        // The cloud's own functions are the catalog's matter.
        for function in ScriptLibrary.functions where function.table != "iwinv" { add(function.name) }
        return fields.sorted { $0.key < $1.key }.map { name, fields in
            ReplName(name: name, kind: fields.isEmpty ? "function" : "table", fields: fields.sorted())
        }
    }()
}
