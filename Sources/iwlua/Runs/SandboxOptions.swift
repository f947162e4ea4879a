import ArgumentParser
import Clocks
import LuaRuntime

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

    var execution: LuaExecution { inProcess ? .inProcess : .process(requiresJail: requireJail) }

    /// - Throws: ``UsageError``.
    func luaLimits() throws -> LuaLimits {
        var limits = LuaLimits()
        let (cpuText, memoryText) = (cpu ?? "10s", memory ?? "64M")
        guard let cpu = Duration(parsing: cpuText), cpu > .zero else {
            throw UsageError("--cpu \(cpuText): write it like 10s")
        }
        guard let memory = Self.bytes(memoryText), memory >= 1 << 20 else {
            throw UsageError("--memory \(memoryText): write it like 64M; at least 1M")
        }
        limits.cpu = cpu
        limits.memory = memory
        return limits
    }

    private static func bytes(_ text: String) -> Int? {
        let units: [Character: Int] = ["K": 1 << 10, "M": 1 << 20, "G": 1 << 30]
        guard let unit = text.uppercased().last, let factor = units[unit] else { return Int(text) }
        return Int(text.dropLast()).flatMap { $0 > 0 && $0 <= 1 << 20 ? $0 * factor : nil }
    }
}
