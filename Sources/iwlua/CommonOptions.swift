import ArgumentParser
import Foundation
import IwinvCatalog
import IwinvModel
import ScriptHost

extension Terminal.ColorChoice: Choice {}

/// A language's short name, as the command line and the environment give it.
enum LanguageChoice: String, Choice {
    case en, ko

    var language: Language { self == .ko ? .korean : .english }
}

/// How results are written.
enum OutputFormat: String, Choice {
    case text, json
}

/// Which lines of a run are shown.
enum LogLevel: String, Choice {
    case error, warn, info, debug, trace

    func shows(_ level: LogLine.Level) -> Bool {
        let lines: [LogLine.Level] = [.error, .warn, .info, .debug]
        let rank = LogLevel.allCases.firstIndex(of: self) ?? 0
        return (lines.firstIndex(of: level) ?? 0) <= rank
    }
}

/// Flags of every command that shows something.
struct DisplayOptions: ParsableArguments {
    @Option(help: "How results are written.")
    var output: OutputFormat?

    @Option(help: "Colours: auto, always or never (IWLUA_COLOR).")
    var color: Terminal.ColorChoice?

    @Option(help: "Language of messages: en or ko (IWLUA_LANG).")
    var lang: LanguageChoice?

    func format(_ settings: Settings) throws -> OutputFormat {
        try output ?? settings.value(.output) ?? .text
    }

    func terminal(_ settings: Settings) throws -> Terminal {
        let color: Terminal.ColorChoice = try self.color ?? settings.value(.color) ?? .auto
        let language: LanguageChoice = try lang ?? settings.value(.lang) ?? .en
        return Terminal(color: color, language: language.language, environment: settings.environment)
    }
}

/// Flags of commands that show a run.
struct RunDisplayOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Which log lines to show: error, warn, info, debug, or trace for each request too (IWLUA_LOG_LEVEL).",
            valueName: "level"))
    var logLevel: LogLevel?

    @OptionGroup var display: DisplayOptions

    func level(_ settings: Settings) throws -> LogLevel { try logLevel ?? settings.value(.logLevel) ?? .debug }
    func format(_ settings: Settings) throws -> OutputFormat { try display.format(settings) }
    func terminal(_ settings: Settings) throws -> Terminal { try display.terminal(settings) }
}

/// Flags that say whose cloud, where it is no simulated one.
struct AccountOptions: ParsableArguments {
    @Option(help: "The profile to use (IWLUA_PROFILE).", completion: ShellCompletions.profiles)
    var profile: String?

    @Option(help: "The cloud's address (IWLUA_ENDPOINT).")
    var endpoint: String?
}

/// Flags that say which cloud.
struct CloudOptions: ParsableArguments {
    @Option(help: "The profile to use (IWLUA_PROFILE).", completion: ShellCompletions.profiles)
    var profile: String?

    @Option(help: "The cloud's address (IWLUA_ENDPOINT).")
    var endpoint: String?

    @Flag(
        help: ArgumentHelp(
            "Use a simulated cloud with a fleet of 30 servers; no account needed. SEED in --simulate=SEED is a number "
                + "for another one, or a file that describes a fleet."
        ))
    var simulate = false

    @Option(
        help: ArgumentHelp(
            "What the simulated cloud is made from: a number, or a JSON file that describes a fleet.",
            valueName: "seed",
            visibility: .hidden))
    var simulateSeed: String?

    @Option(help: "With --simulate: virtual (time jumps while everybody waits) or real.")
    var clock: ClockChoice?

    @Option(
        help: ArgumentHelp("With --simulate: when it starts, such as 2026-03-01T04:00:00+09:00.", valueName: "instant"))
    var now: String?

    @Option(
        name: .customLong("simulate-as"),
        help: ArgumentHelp(
            "With --simulate: a cloud as documented, or live: as it was seen to answer.", valueName: "profile"))
    var simulateAs: CloudProfile?

    @Option(
        name: .customLong("fault"),
        help: ArgumentHelp(
            "With --simulate: a fault, such as 'instances.reboot: 5% lost-reply'; see iwlua doc faults.",
            valueName: "rule"))
    var faults: [String] = []

    enum ClockChoice: String, Choice {
        case virtual, real
    }

    func validate() throws {
        guard !simulate else {
            if profile != nil { throw ValidationError("--profile and --simulate name different clouds") }
            if endpoint != nil { throw ValidationError("--endpoint and --simulate name different clouds") }
            return
        }
        if simulateSeed != nil { throw ValidationError("--simulate-seed goes with --simulate only") }
        if clock != nil { throw ValidationError("--clock goes with --simulate only") }
        if now != nil { throw ValidationError("--now goes with --simulate only") }
        if simulateAs != nil { throw ValidationError("--simulate-as goes with --simulate only") }
        if !faults.isEmpty { throw ValidationError("--fault goes with --simulate only") }
    }

    /// `--simulate` may have a value, but a word that stands behind it is not one: it is the script. The parser's own
    /// flags with a default take that word, so `--simulate=SEED` is split before it sees it.
    static func splitting(_ arguments: [String]) -> [String] {
        let end = arguments.firstIndex(of: "--") ?? arguments.endIndex
        return arguments[..<end].flatMap { argument in
            argument.hasPrefix("--simulate=")
                ? ["--simulate", "--simulate-seed=" + argument.dropFirst("--simulate=".count)] : [argument]
        } + arguments[end...]
    }
}
