import ArgumentParser
import Clocks
import Foundation
import Gate
import IwinvCatalog
import IwinvClient
import IwinvWire
import LuaRuntime
import RunEngine
import RunStore
import ScriptHost

struct RunCommand: AsyncParsableCommand, ScriptRunning {
    static let configuration = CommandConfiguration(
        commandName: "run",
        // So that the parser does not first look for its own options, as it does in a root; see ``Iwlua/parse(_:)``.
        _superCommandName: "iwlua",
        abstract: "Run a Lua script.",
        discussion: """
            The script's header says what it needs and which parameters it takes. Reading is always allowed; every other \
            kind of call must be allowed with --allow, or with a yes when a terminal asks. A run that may change something is \
            planned first: the plan is shown, and after a yes the script runs; a change that is not in the plan asks \
            again. --yes skips plan and questions; without a terminal it is needed.

              iwlua run inventory.lua
              iwlua run bulk-rename.lua --param from=web- --param to=www- --allow instances:edit
              iwlua run bulk-rename.lua --param renames=@names.csv --param dry=true
              iwlua run rolling-reboot.lua --simulate --allow instances:power --yes
              iwlua run -e 'print(#require("iwinv").instances.list())'
              generate | iwlua run -

            A text given by -e or on standard input is a script like any other: it prints what it prints, and its values are \
            shown by --output json; iwlua repl is for expressions.

            Grants are written resource:effect. Effects are read, edit, power, create, destroy and secret.
            """)

    @OptionGroup var chosen: ScriptOptions

    @Flag(help: "Make changes without asking.")
    var yes = false

    @Flag(help: "Let ui.show_secret write passwords to the terminal (with the grant `secret`).")
    var showSecrets = false

    @OptionGroup(title: "Limits") var limits: LimitOptions
    @OptionGroup(title: "Cloud") var cloud: CloudOptions
    @OptionGroup(title: "Display") var display: RunDisplayOptions

    func run() async throws {
        let settings = try Settings()
        let terminal = try display.terminal(settings)
        let format = try display.format(settings)
        let level = try display.level(settings)
        let (script, parameters) = try chosen.load()
        if showSecrets, isatty(STDOUT_FILENO) == 0 {
            throw UsageError("--show-secrets writes to a terminal only, and standard output is none")
        }
        var request = try limits.request(yes ? .flag : .none)
        let runSettings = limits.settings(showsSecrets: showSecrets)
        // Both take their time, and neither needs the other.
        async let opened = cloud.simulate ? nil : settings.journal()
        let session = try await CloudSession.open(cloud, settings)
        var approval: StandingApproval?
        var interrupts: Interrupts?
        let journal: Journal?
        do {
            journal = try await opened
            approval = try await self.approval(script, parameters, request, session, journal)
            let missing = (approval?.grants ?? request.grants).missing(from: script.header.needs)
            if !missing.isEmpty {
                if Terminal.isInteractive { interrupts = .listening(terminal) }
                let granted = try await grants(for: missing, script, terminal, format, interrupts)
                if let given = approval {
                    approval = StandingApproval(id: given.id, grants: Grants(given.grants.all.union(granted)))
                } else {
                    request.grants = Grants(request.grants.all.union(granted))
                }
            }
        } catch {
            session.close()
            throw error
        }
        let conductor = RunConductor(session, journal: journal, terminal, format, level, interrupts: interrupts)
        if !yes, approval == nil, Terminal.isInteractive, request.grants.all.contains(where: { $0.effect.isChange }) {
            let policy = RunPolicy.resolve(account: session, request: request)
            switch await conductor.approve(script, parameters, policy, runSettings) {
            case .given(let entries): if let entries { request.agreement = .plan(entries) }
            case .denied(let report):
                session.close()
                conductor.finish(report)
                throw ExitCode(report.exitCode)
            }
        }
        let policy = RunPolicy.resolve(account: session, request: request, approval: approval)
        let report = try await conductor.conduct(script, tidy: settings, planned: policy.approved?.size) {
            try await conductor.engine.run(
                script, parameters: parameters, policy, runSettings, delegate: conductor.delegate(script.name))
        }
        try Terminal.checkOutput()
        if report.exitCode != 0 { throw ExitCode(report.exitCode) }
    }

    /// The standing approval of just this run; nil if there is none.
    private func approval(
        _ script: Script, _ parameters: [String: JSONValue], _ request: PolicyRequest, _ session: CloudSession,
        _ journal: Journal?
    ) async throws -> StandingApproval? {
        guard let journal else { return nil }
        let terms = ApprovalTerms(script, parameters, grants: request.grants, request.limits, account: session)
        do { return try await StandingApproval.find(matching: terms, in: journal) } catch let error as StoreError {
            throw UsageError(error)
        } catch { throw UsageError("an approval of this run cannot be read: \(error)", .machine) }
    }

    /// What the header asks for and nobody has given: asked on a terminal, refused without one.
    private func grants(
        for missing: [Grant], _ script: Script, _ terminal: Terminal, _ format: OutputFormat,
        _ interrupts: Interrupts?
    ) async throws -> [Grant] {
        let list = missing.map(\.description)
        if let interrupts {
            let names = list.joined(separator: ", ")
            let question: TerminalText = terminal.say(
                "\(script.name) asks for \(names). Allow?", "\(script.name)이(가) \(names) 권한을 요청합니다. 허용할까요?")
            switch await terminal.ask(question, isInterrupted: { interrupts.isInterrupted }) {
            case .yes, .all: return missing
            case .no: break
            case .interrupted:
                let report = RunReport.interruptedPlan
                RunPrinter(format: format, terminal: terminal, progress: nil).finish(report, script: script)
                throw ExitCode(report.exitCode)
            }
        }
        let flags = list.map { "--allow \($0)" }.joined(separator: " ")
        try refuse(
            .missingGrants(list, of: script.name),
            LocalizedText("run it again with \(flags)", "\(flags) 를 붙여 다시 실행하세요"), script, terminal, format)
    }

    private func refuse(
        _ message: LocalizedText, _ advice: LocalizedText, _ script: Script, _ terminal: Terminal,
        _ format: OutputFormat
    ) throws -> Never {
        let report = RunReport.denied(message, advice: advice)
        RunPrinter(format: format, terminal: terminal, progress: nil).finish(report, script: script)
        throw ExitCode(report.exitCode)
    }
}
