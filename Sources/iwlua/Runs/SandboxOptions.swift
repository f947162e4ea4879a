import ArgumentParser
import LuaRuntime
import RunEngine

/// What the script itself may use up, and how it is locked up.
struct SandboxOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Processor time for the script (default: 10s).", valueName: "duration"))
    var cpu: String?

    @Option(help: ArgumentHelp("Memory for the script (default: 64M).", valueName: "size"))
    var memory: String?

    @Flag(help: "Run the script in this process, without the jailed worker (the outer wall of the sandbox).")
    var inProcess = false

    @Flag(help: "Refuse to run where the system cannot lock the worker up completely.")
    var requireJail = false

    func validate() throws {
        if inProcess, requireJail { throw ValidationError("--in-process and --require-jail exclude each other") }
    }

    /// - Throws: ``UsageError``.
    func limits() throws -> RunLimits {
        var limits = RunLimits()
        do {
            if let cpu { try limits.set(.cpu, to: cpu) }
            if let memory { try limits.set(.memory, to: memory) }
        } catch { throw UsageError("\(error)") }
        if inProcess { limits.turnOn(.inProcess) }
        if requireJail { limits.turnOn(.requireJail) }
        return limits
    }

    /// - Throws: ``UsageError``.
    func luaLimits() throws -> LuaLimits { try limits().lua }

    var execution: LuaExecution { inProcess ? .inProcess : .process(requiresJail: requireJail) }
}
