import LuaRuntime
import ScriptHost

/// The names that a script finds in its global scope.
struct CheckVocabulary: Sendable {
    /// Functions, values and tables.
    var names: Set<String> = []
    /// The functions and values of each table.
    var tables: [String: Set<String>] = [:]
    /// What Lua has and the sandbox has not, with the reason.
    var absent: [String: String] = [:]

    /// Whether the file is one for `iwlua test`.
    let isTest: Bool

    /// - Parameter isTest: with what `iwlua test` adds.
    init(isTest: Bool) {
        self.isTest = isTest
        for entry in LuaLibrary.entries {
            switch entry.status {
            case .same, .changed: add(entry.name)
            case .absent(let reason): absent[entry.name] = reason
            }
        }
        // The cloud's own functions are the catalog's matter.
        for function in ScriptLibrary.functions where function.table != "iwinv" { add(function.name) }
        names.formUnion(ScriptLibrary.globals)
        if isTest { names.formUnion(TestPrelude.names) }
    }

    private mutating func add(_ name: String) {
        let parts = name.split(separator: ".", maxSplits: 1).map(String.init)
        names.insert(parts[0])
        if parts.count == 2 { tables[parts[0], default: []].insert(parts[1]) }
    }

    /// A name of Lua's, a table's name or a function in it: does it stand for something that was left out?
    func reason(forMissing name: String) -> String? {
        absent[name] ?? name.firstIndex(of: ".").flatMap { absent[String(name[..<$0])] }
    }

    /// What scripts do in place of what the sandbox does not have.
    static let replacements = [
        "os.time": "time.now()", "os.date": "time.format(time.now())", "os.clock": "time.elapsed()",
        "os.getenv": "a `@param` of the header", "os.exit": "fail(\"…\") or return", "io.write": "print",
        "io.read": "a `@param` of the header", "io.stdout": "print", "io.stderr": "log.error",
        "io.open": "a `table` parameter: --param rows=@file.csv",
        "io.lines": "a `table` parameter: --param rows=@file.csv", "warn": "log.warn", "math.pow": "x ^ y",
        "math.log10": "math.log(x, 10)", "dofile": "require", "loadfile": "require", "os.difftime": "a subtraction",
    ]
}
