import ArgumentParser
import Clocks
import Gate
import IwinvCatalog
import RunEngine

/// What a run may do, how fast, and how long it may take: the flags of ``RunLimits`` and of grants.
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
    func grants() throws -> Grants {
        Grants(
            try allowed.flatMap { text in
                do { return try Grant.list(text) } catch { throw UsageError("--allow: \(error)") }
            })
    }

    /// What the flags say; a limit that no flag gives is not set.
    ///
    /// - Throws: ``UsageError``.
    func limits() throws -> RunLimits {
        var limits = try sandbox.limits()
        do {
            for key in RunLimits.Key.allCases { try set(key, in: &limits) }
        } catch { throw UsageError("\(error)") }
        return limits
    }

    private func set(_ key: RunLimits.Key, in limits: inout RunLimits) throws(LimitProblem) {
        func count(_ count: Int?) throws(LimitProblem) { if let count { try limits.set(key, to: count) } }
        func text(_ text: String?) throws(LimitProblem) { if let text { try limits.set(key, to: text) } }
        switch key {
        case .changes: try count(maxChanges)
        case .canary: try count(canary)
        case .batch: try count(batch)
        case .pause: try text(pause)
        case .failures: try text(stopAfterFailures)
        case .time: try text(time)
        case .overrideProtection: if overrideProtection { limits.turnOn(key) }
        case .cpu, .memory, .inProcess, .requireJail: break
        }
    }

    /// What somebody asks for who starts a run with these flags.
    func request(_ agreement: PolicyRequest.Agreement) throws -> PolicyRequest {
        PolicyRequest(grants: try grants(), limits: try limits(), agreement: agreement)
    }

    /// What a run is besides.
    func settings(showsSecrets: Bool = false) -> RunEngine.Settings {
        RunEngine.Settings(seed: seed ?? .random(in: 0 ... .max), showsSecrets: showsSecrets)
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
