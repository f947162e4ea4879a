import LuaRuntime

/// The names that a script finds in its global scope.
struct CheckVocabulary: Sendable {
    /// Functions, values and tables.
    var names: Set<String> = []
    /// The functions and values of each table.
    var tables: [String: Set<String>] = [:]
    /// What Lua has and the sandbox has not, with the reason.
    var absent: [String: String] = [:]

    /// - Parameter isTest: with what `iwlua test` adds.
    init(isTest: Bool) {
        for entry in LuaLibrary.entries {
            switch entry.status {
            case .same, .changed: add(entry.name)
            case .absent(let reason): absent[entry.name] = reason
            }
        }
        Self.hostFunctions.forEach { add($0) }
        names.insert("params")
        if isTest { names.formUnion(Self.testNames) }
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

    /// What scripts have besides Lua's own; a test compares it with what a run finds.
    static let hostFunctions = [
        "fail", "json.decode", "json.encode", "log.debug", "log.error", "log.info", "log.warn", "task.all", "task.map",
        "task.spawn", "text.codepoints", "text.contains", "text.ends_with", "text.len", "text.number", "text.pad",
        "text.replace", "text.split", "text.starts_with", "text.sub", "text.trim", "text.width", "time.duration",
        "time.elapsed", "time.format", "time.now", "time.seconds", "time.sleep", "time.window", "ui.bars",
        "ui.progress", "ui.show_secret", "ui.table",
    ]

    private static let testNames = ["describe", "it", "before_each", "after_each", "expect", "cloud", "script"]
}
