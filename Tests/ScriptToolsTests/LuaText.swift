import LuaRuntime

/// Whether a text is Lua, by the compiler of the sandbox.
enum LuaText {
    /// What is wrong with it; nil if nothing is. It is compiled and not run.
    static func problem(in text: String) async -> String? {
        var limits = LuaLimits()
        limits.sourceBytes = 4 << 20
        do {
            _ = try await LuaHost(limits: limits).run("local function chunk(...)\n\(text)\nend")
            return nil
        } catch { return "\(error)" }
    }
}
