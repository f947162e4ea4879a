import ArgumentParser
import Clocks
import Foundation
import Gate
import IwinvCatalog
import IwinvClient
import LuaRuntime
import RunEngine
import RunStore
import ScriptHost

struct ResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Go on with a run that was killed, interrupted or failed.",
        discussion: """
            The script runs again from its beginning and is given what it was given before, from the journal, without a \
            single request; where the journal ends, it goes on. What was cut between sending and reply is looked up first, \
            and made again only if a read shows that it was not made.

            What an earlier process has read is read again before it is changed; if somebody has changed it meanwhile, the \
            run stops there, or leaves it alone with --on-drift skip.

            A change that leaves no trace, such as a reboot, may stay unknown: then the run stops with exit code 5 until you \
            say what to do.

            The run has the consent that it had, and no more: if it ended because nobody agreed to a change, or you give it \
            more than it had (a grant, a higher limit, another script), it asks before its first change. Without a terminal \
            it needs --yes.

              iwlua resume last
              iwlua resume r7k2 --unknown skip
              iwlua resume r7k2 --changed-script mended.lua
            """)

    enum UnknownChoice: String, Choice {
        case `repeat`, skip
    }

    @Argument(help: "The run: its name, the beginning of it, or `last`.", completion: ShellCompletions.runs)
    var run: String

    @Option(help: "What becomes of changes of which nobody can tell whether they were made: repeat or skip.")
    var unknown: UnknownChoice?

    @Option(
        name: .customLong("changed-script"),
        help: ArgumentHelp(
            "Go on with this text of the script: up to where the run was cut it must do what it did.", valueName: "file"
        ))
    var changedScript: String?

    @Option(
        help: ArgumentHelp(
            "What to do about a resource that has changed since the run read it: stop, or skip it.", valueName: "rule"))
    var onDrift: DriftChoice = .stop

    @Flag(help: "Make changes without asking.")
    var yes = false

    @Flag(help: "Let ui.show_secret write passwords to the terminal (with the grant `secret`).")
    var showSecrets = false

    @OptionGroup(title: "Limits") var limits: LimitOptions
    @OptionGroup(title: "Cloud") var cloud: AccountOptions
    @OptionGroup(title: "Display") var display: RunDisplayOptions

    func run() async throws {
        let settings = try Settings()
        let terminal = try display.terminal(settings)
        let changed = try changedScript.map(ScriptOptions.script)
        let journal = try await settings.journal()
        let found = try await RunJournals.reporting { () async throws(StoreError) in try await journal.find(run) }
        let reopened: RunEngine.Reopened
        do { reopened = try await RunEngine.reopen(found.id, in: journal, clock: SystemClock()) } catch {
            throw Self.problem(error)
        }
        let recorded = reopened.recorded
        let conductor: RunConductor
        do {
            let session = try await CloudSession.open(
                profile: cloud.profile ?? Self.profile(of: recorded.header, settings), endpoint: cloud.endpoint,
                settings)
            conductor = RunConductor(
                session, journal: journal, terminal, try display.format(settings), try display.level(settings))
        } catch {
            await reopened.letGo()
            throw error
        }
        let script = changed ?? recorded.script
        var running = limits.settings(showsSecrets: showSecrets)
        running.onDrift = onDrift.rule
        let report = try await conductor.conduct(script, tidy: settings, planned: Self.planned(recorded)) {
            do {
                let resumption = try await conductor.engine.resume(
                    reopened, try limits.request(yes ? .flag : .none),
                    approval: try await StandingApproval.find(recorded.history.consent?.approval, in: journal),
                    decision: unknown.flatMap { Change.Decision(rawValue: $0.rawValue) }, script: changed, running,
                    delegate: conductor.delegate(script.name))
                announce(recorded, resumption.policy.approved, conductor.session, terminal)
                return conductor.engine.start(resumption)
            } catch {
                await reopened.letGo()
                throw Self.problem(error)
            }
        }
        try Terminal.checkOutput()
        if report.exitCode != 0 { throw ExitCode(report.exitCode) }
    }

    /// What keeps a run from going on, as the command says it.
    private static func problem(_ error: any Error) -> any Error {
        switch error {
        case is RunRefusal, is UsageError, is ExitCode: error
        default: UsageError(error)
        }
    }

    /// How many changes it is to make in all.
    private static func planned(_ run: RecordedRun) -> Int? {
        let plan = run.parameters["plan"].flatMap { try? Plan(recorded: $0) }
        return (plan?.entries ?? (try? run.approved))?.size
    }

    private static func profile(of header: RunHeader, _ settings: Settings) -> String? {
        settings.file.profiles[header.profile] == nil ? nil : header.profile
    }

    private func announce(
        _ run: RecordedRun, _ approved: [PlanEntry]?, _ session: CloudSession, _ terminal: Terminal
    ) {
        let given = run.history.given.count
        let open = run.history.changes.values.filter { change in
            if case .inFlight = change.stage { true } else { false }
        }
        Terminal.error(
            terminal.say(
                "\(run.header.script): \(given) answers are given again, \(open.count) changes were cut on their way\n",
                "\(run.header.script): 기록된 응답 \(given)건을 다시 사용합니다. 전송 중 끊긴 변경 \(open.count)건\n"))
        if let (left, all) = run.remaining(of: approved) {
            Terminal.error(
                terminal.say(
                    "\(left) of \(all) approved changes are left\n", "승인된 변경 \(all)건 중 \(left)건이 남아 있습니다\n"))
        }
        let timeout = session.client.configuration.requestTimeout
        let rest = open.compactMap { $0.attempts.last?.rest(timeout: timeout, on: session.clock) }.max() ?? .zero
        guard rest > .seconds(1) else { return }
        Terminal.error(
            terminal.say(
                "what was on its way may still arrive: looking in \(rest.text)\n",
                "전송 중이던 요청이 아직 도착할 수 있어 \(rest.text) 뒤에 확인합니다\n"))
    }
}
