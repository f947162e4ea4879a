import LuaRuntime
import ScriptHost

/// A configuration of luacheck that knows exactly what a script has: the sandbox's allow-list and the script's tables.
enum LuacheckStandard {
    static var text: String {
        var globals: [String] = []
        var tables: [String: [String]] = [:]
        for entry in LuaLibrary.entries {
            if case .absent = entry.status { continue }
            add(entry.name, &globals, &tables)
        }
        for function in ScriptLibrary.functions where function.table != "iwinv" {
            add(function.name, &globals, &tables)
        }
        var lines = [
            "-- Written by `iwlua types`: what scripts have, for luacheck.",
            "stds.iwlua = {",
            "    read_globals = {",
        ]
        lines += globals.sorted().map { "        \"\($0)\"," }
        for (table, fields) in tables.sorted(by: { $0.key < $1.key }) {
            let names = fields.sorted().map { "\"\($0)\"" }.joined(separator: ", ")
            lines.append("        \(table) = { fields = { \(names) } },")
        }
        lines += ScriptLibrary.values.map { "        \($0.name) = { other_fields = true }," }
        lines += ["    },", "}"]
        let names = TestPrelude.names.map { "\"\($0)\"" }.joined(separator: ", ")
        // Whatever the tests' tables hold is theirs to say.
        lines += [
            "stds.iwlua_test = { read_globals = {} }",
            "for _, name in ipairs { \(names) } do",
            "    stds.iwlua_test.read_globals[name] = { other_fields = true }", "end",
            "std = \"iwlua\"", "-- Definition files are for editors.", "exclude_files = { \".iwlua/**\" }",
            "-- A header says what it has to on one line.", "max_line_length = false",
            "files[\"**/*_test.lua\"] = { std = \"+iwlua_test\" }", "",
        ]
        return lines.joined(separator: "\n")
    }

    private static func add(_ name: String, _ globals: inout [String], _ tables: inout [String: [String]]) {
        let parts = name.split(separator: ".", maxSplits: 1).map(String.init)
        if parts.count == 2 { tables[parts[0], default: []].append(parts[1]) } else { globals.append(name) }
    }
}
