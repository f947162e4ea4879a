import ArgumentParser
import Clocks
import Foundation
import Gate
import IwinvCatalog
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
        help: ArgumentHelp(
            "Make no further change when this many have failed: 3, or 10% (from the tenth change on).", valueName: "n"))
    var stopAfterFailures: String?

    @Flag(help: "Let the run destroy, switch off or rename what the profile protects.")
    var overrideProtection = false

    @Option(help: ArgumentHelp("Stop after this time, such as 30m.", valueName: "duration"))
    var time: String?

    @Option(help: "Seed of math.random; drawn if not given.")
    var seed: UInt64?

    @OptionGroup var sandbox: SandboxOptions

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
}
