import LuaMachine
import Testing

/// What Lua's own compiler says, by `load` in a sandbox.
struct RealCompiler {
    /// For each source nil if it is taken, else the reason.
    static func verdicts(_ sources: [[UInt8]]) throws -> [String?] {
        let script = """
            local out = {}
            for i, source in ipairs((...)) do
                local f, problem = load(source, "=c", "t")
                out[i] = f and "" or problem
            end
            return out
            """
        var environment = LuaEnvironment()
        environment.limits.memory = 256 << 20
        let machine = try LuaMachine(environment, seed: 1)
        try machine.start(source: script, chunk: "verdicts", arguments: [.array(sources.map { .bytes($0) })])
        guard case .finished(let values) = machine.advance().state, let list = values.first?.arrayValue else {
            Issue.record("the compiler did not answer")
            return []
        }
        // A reason that quotes half a character is no text.
        return list.map { $0 == "" ? nil : $0.stringValue ?? "refused" }
    }
}
