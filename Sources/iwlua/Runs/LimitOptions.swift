import ArgumentParser
import Clocks
import Foundation
import Gate
import IwinvCatalog
import LuaRuntime
import ScriptHost

/// What a run may do, how fast, and how long it may take.
struct LimitOptions: ParsableArguments {
    @Option(
        name: .customLong("allow"),
        help: ArgumentHelp(
            "Allow calls of a kind, such as instances:edit, or \"instances:edit max=50 name=web-*\".",
            valueName: "grant"))
    var allowed: [String] = []

    @Option(help: ArgumentHelp("Stop before the change after this many.", valueName: "n"))
    var maxChanges: Int?

    @Option(help: ArgumentHelp("Make this many changes first, then ask (or wait for --pause).", valueName: "n"))
    var canary: Int?

    @Option(help: ArgumentHelp("Make changes in groups of this size.", valueName: "n"))
    var batch: Int?

    @Option(help: ArgumentHelp("Wait between groups, such as 30s.", valueName: "duration"))
    var pause: String?

    @Option(
        name: .customLong("stop-after-failures"),
        help: ArgumentHelp("Make no further change when this many have failed: 3, or 10%.", valueName: "n"))
    var stopAfterFailures: String?

    @Flag(help: "Let the run destroy or switch off what the profile protects.")
    var overrideProtection = false

    @Option(help: ArgumentHelp("Stop after this time, such as 30m.", valueName: "duration"))
    var time: String?

    @Option(help: ArgumentHelp("Processor time for the script (default: 10s).", valueName: "duration"))
    var cpu: String?

    @Option(help: ArgumentHelp("Memory for the script (default: 64M).", valueName: "size"))
    var memory: String?

    @Option(help: "Seed of math.random; drawn if not given.")
    var seed: UInt64?

    @Flag(help: "Run the script in this process, without the jailed worker (the outer wall of the sandbox).")
    var inProcess = false

    @Flag(help: "Refuse to run where the system cannot lock the worker up completely.")
    var requireJail = false

    func validate() throws {
        if inProcess, requireJail { throw ValidationError("--in-process and --require-jail exclude each other") }
    }

    var execution: LuaExecution { inProcess ? .inProcess : .process(requiresJail: requireJail) }

    /// - Throws: ``UsageError``.
    func runOptions() throws -> RunOptions {
        var grants: [Grant] = []
        for text in allowed {
            do { grants += try Grant.list(text) } catch { throw UsageError("--allow: \(error)") }
        }
        for (flag, value) in [("--max-changes", maxChanges), ("--canary", canary), ("--batch", batch)] {
            let least = flag == "--max-changes" ? 0 : 1
            if let value, value < least { throw UsageError("\(flag) takes a number from \(least)") }
        }
        var options = RunOptions(
            grants: grants, maximumChanges: maxChanges, time: try Self.duration(time, "--time"),
            seed: seed ?? .random(in: 0 ... .max))
        options.rules.radius = BlastRadius(
            canary: canary, batch: batch, pause: try Self.duration(pause, "--pause") ?? .zero,
            stopAfter: try failures())
        return options
    }

    private func failures() throws -> BlastRadius.Failures? {
        guard let text = stopAfterFailures else { return nil }
        guard let failures = BlastRadius.Failures(text) else {
            throw UsageError("--stop-after-failures \(text): write it like 3 or 10%")
        }
        return failures
    }

    static func duration(_ text: String?, _ flag: String) throws -> Duration? {
        try text.map { text in
            guard let duration = Duration(parsing: text) else {
                throw UsageError("\(flag) \(text): write it like 30s, 5m or 1h")
            }
            return duration
        }
    }

    /// - Throws: ``UsageError``.
    func luaLimits() throws -> LuaLimits {
        var limits = LuaLimits()
        let (cpuText, memoryText) = (cpu ?? "10s", memory ?? "64M")
        guard let cpu = Duration(parsing: cpuText), cpu > .zero else { throw UsageError("--cpu \(cpuText): write it like 10s") }
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
