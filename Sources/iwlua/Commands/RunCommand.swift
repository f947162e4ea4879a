import ArgumentParser
import Clocks
import Foundation
import Gate
import IwinvCatalog
import IwinvClient
import IwinvWire
import LuaRuntime
import ScriptHost

struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run a Lua script.",
        discussion: """
            The script's header says what it needs and which parameters it takes. Reading is always allowed; every other \
            kind of call must be allowed with --allow, or with a yes when a terminal asks. Before its first change a run \
            asks once more, unless --yes is given; without a terminal it is refused.

              iwlua run inventory.lua
              iwlua run bulk-rename.lua --param from=web- --param to=www- --allow instances:edit
              iwlua run bulk-rename.lua --param renames=@names.csv --param dry=true
              iwlua run rolling-reboot.lua --simulate --allow instances:power --yes

            Grants are written resource:effect. Effects are read, edit, power, create, destroy and secret.
            """)

    @Argument(help: "The script.")
    var script: String

    @Option(
        name: .customLong("param"),
        help: ArgumentHelp(
            "A parameter of the script; @FILE reads its value from a file, @- from standard input.",
            valueName: "name=value"))
    var parameters: [String] = []

    @Option(
        name: .customLong("allow"),
        help: ArgumentHelp("Allow calls of a kind, such as instances:edit.", valueName: "grant"))
    var allowed: [String] = []

    @Flag(help: "Make changes without asking.")
    var yes = false

    @Option(help: ArgumentHelp("Stop before the change after this many.", valueName: "n"))
    var maxChanges: Int?

    @Option(help: ArgumentHelp("Stop after this time, such as 30m.", valueName: "duration"))
    var time: String?

    @Option(help: ArgumentHelp("Processor time for the script.", valueName: "duration"))
    var cpu: String = "10s"

    @Option(help: ArgumentHelp("Memory for the script, such as 64M.", valueName: "size"))
    var memory: String = "64M"

    @Option(help: ArgumentHelp("Seed of math.random; drawn if not given.", valueName: "number"))
    var seed: UInt64?

    @Flag(help: "Run the script in this process, without the jailed worker (the outer wall of the sandbox).")
    var inProcess = false

    @Flag(help: "Refuse to run where the system cannot lock the worker up completely.")
    var requireJail = false

    @Flag(help: "Let ui.show_secret write passwords to the terminal (with the grant `secret`).")
    var showSecrets = false

    @Option(
        help: ArgumentHelp(
            "Which log lines to show: error, warn, info, debug, or trace for each request too (IWLUA_LOG_LEVEL).",
            valueName: "level"))
    var logLevel: LogLevel?

    @OptionGroup(title: "Cloud") var cloud: CloudOptions
    @OptionGroup(title: "Display") var display: DisplayOptions

    func validate() throws {
        if inProcess, requireJail { throw ValidationError("--in-process and --require-jail exclude each other") }
    }

    func run() async throws {
        let settings = try Settings()
        let terminal = try display.terminal(settings)
        let format = try display.format(settings)
        let level: LogLevel = try logLevel ?? settings.value(.logLevel) ?? .debug
        let script = try loadScript()
        let values: [String: JSONValue]
        do { values = try script.bind(try given(), read: Self.readFile) } catch { throw UsageError("\(error)") }
        var options = try runOptions(settings)
        let missing = options.grants.missing(from: script.header.needs)
        if !missing.isEmpty { options.grants = try grants(for: missing, script, options.grants, terminal, format) }
        let limits = try limits()
        // From here on nothing throws before the session is closed.
        let session = try await CloudSession.open(cloud, settings)
        let progress = ProgressLine(clock: session.clock) { session.budget.remaining }
        let interrupts = Interrupts(terminal)
        interrupts.listen()
        if !yes { options.confirm = confirmation(script, terminal, progress, interrupts) }
        var host = ScriptHost(client: session.client, clock: session.clock, limits: limits)
        host.execution = inProcess ? .inProcess : .process(requiresJail: requireJail)
        host.onJail = { report in
            guard !report.isTight else { return }
            progress.clear()
            Terminal.error(
                terminal.say(
                    "warning: this system cannot lock the script up completely (\(report)); see `iwlua doctor`\n",
                    "경고: 이 시스템은 스크립트를 완전히 격리하지 못합니다(\(report)). `iwlua doctor`를 확인하세요\n"))
        }
        let run = host.start(script, parameters: values, options: options)
        let printer = RunPrinter(format: format, terminal: terminal, progress: progress, level: level)
        interrupts.attach {
            run.cancel()
        } giveUp: {
            let report = run.reportIfAbandoned()
            printer.finish(report, script: script)
            return report.exitCode
        }
        let waiting = progress.watchingBudget(session.budget)
        for await event in run.events { printer.show(event) }
        let report = await run.report()
        interrupts.stop()
        waiting?.cancel()
        await session.close()
        printer.finish(report, script: script)
        try Terminal.checkOutput()
        if report.exitCode != 0 { throw ExitCode(report.exitCode) }
    }

    private func loadScript() throws -> Script {
        do { return try Script(contentsOf: URL(fileURLWithPath: script)) } catch let problem as HeaderProblem {
            throw UsageError("\(script): \(problem)")
        } catch {
            throw UsageError("\(error)")
        }
    }

    private func given() throws -> [String: String] {
        var values: [String: String] = [:]
        for text in parameters {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty else { throw UsageError("--param \(text): write it name=value") }
            guard values.updateValue(String(parts[1]), forKey: String(parts[0])) == nil else {
                throw UsageError("--param \(parts[0]) is given twice")
            }
        }
        return values
    }

    private static func readFile(_ path: String) throws -> String {
        guard let handle = FileHandle(forReadingAtPath: path == "-" ? "/dev/stdin" : path) else {
            throw UsageError("\(path): cannot be read: \(String(cString: strerror(errno)))")
        }
        let data: Data
        do { data = try handle.readToEnd() ?? Data() } catch {
            throw UsageError("\(path): cannot be read: it is no file")
        }
        guard let text = String(bytes: data, encoding: .utf8) else {
            throw UsageError("\(path): is not UTF-8 text; save it as UTF-8 (in Excel: CSV UTF-8)")
        }
        return text
    }

    private func runOptions(_ settings: Settings) throws -> RunOptions {
        var grants: [Grant] = []
        for text in allowed.flatMap({ $0.split(whereSeparator: { $0 == "," || $0 == " " }) }) {
            do { grants.append(try Grant(String(text))) } catch { throw UsageError("--allow: \(error)") }
        }
        if showSecrets, isatty(STDOUT_FILENO) == 0 {
            throw UsageError("--show-secrets writes to a terminal only, and standard output is none")
        }
        if let maxChanges, maxChanges < 0 { throw UsageError("--max-changes takes a number from 0") }
        let time = try time.map { text in
            guard let duration = Duration(parsing: text) else {
                throw UsageError("--time \(text): write it like 30s, 5m or 1h")
            }
            return duration
        }
        return RunOptions(
            grants: grants, maximumChanges: maxChanges, time: time, seed: seed ?? .random(in: 0 ... .max),
            showsSecrets: showSecrets)
    }

    private func limits() throws -> LuaLimits {
        var limits = LuaLimits()
        guard let cpu = Duration(parsing: cpu), cpu > .zero else { throw UsageError("--cpu \(cpu): write it like 10s") }
        guard let memory = Self.bytes(memory), memory >= 1 << 20 else {
            throw UsageError("--memory \(memory): write it like 64M; at least 1M")
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

    /// What the header asks for and nobody has given: asked on a terminal, refused without one.
    private func grants(
        for missing: [Grant], _ script: Script, _ grants: Grants, _ terminal: Terminal, _ format: OutputFormat
    ) throws -> Grants {
        let list = missing.map(\.description)
        if Terminal.isInteractive {
            let names = list.joined(separator: ", ")
            if terminal.confirm(
                terminal.say(
                    "\(script.name) asks for \(names). Allow?", "\(script.name)이(가) \(names) 권한을 요청합니다. 허용할까요?"))
            {
                return Grants(grants.all.union(missing))
            }
        }
        let flags = list.map { "--allow \($0)" }.joined(separator: " ")
        let message = "\(script.name) needs what this run was not given: \(list.joined(separator: ", "))"
        try refuse(
            message, LocalizedText("run it again with \(flags)", "\(flags) 를 붙여 다시 실행하세요"), script, terminal, format)
    }

    private func refuse(
        _ message: String, _ advice: LocalizedText, _ script: Script, _ terminal: Terminal, _ format: OutputFormat
    ) throws -> Never {
        let report = RunReport.denied(message, advice: advice)
        RunPrinter(format: format, terminal: terminal, progress: nil).finish(report, script: script)
        throw ExitCode(report.exitCode)
    }

    private func confirmation(
        _ script: Script, _ terminal: Terminal, _ progress: ProgressLine, _ interrupts: Interrupts
    ) -> ChangeConfirmation {
        { call in
            guard Terminal.isInteractive else { return .unattended }
            progress.clear()
            let arguments = (call.arguments?.values ?? [:]).filter {
                $0.key != call.operation.subject?.name && $0.key != "fields"
            }
            let details = String(decoding: JSONCodec.encode(.object(arguments)), as: UTF8.self).escapedForTerminal()
            let subject = call.subject.map { " " + $0 } ?? ""
            Terminal.error(
                terminal.say("first change: ", "첫 변경: ") + "\(call.operation.name)\(subject) \(details)\n")
            let question = terminal.say(
                "Let \(script.name) make this change and those that follow?", "이 변경과 이후 변경을 모두 진행할까요?")
            return await withCheckedContinuation { continuation in
                // On a thread of its own: the person may take long, and Swift's pool has few.
                Thread.detachNewThread {
                    let isYes = terminal.confirm(question) { interrupts.isInterrupted }
                    continuation.resume(returning: isYes ? .given : .refused)
                }
            }
        }
    }
}
