import ArgumentParser
import Clocks
import Foundation
import Gate
import IwinvCatalog
import IwinvClient
import LuaRuntime
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
        let decision = unknown.flatMap { Change.Decision(rawValue: $0.rawValue) }
        let clock = SystemClock()
        let (log, entries) = try await RunJournals.reporting { () async throws(StoreError) in
            try await journal.reopen(found.id, clock: clock)
        }
        let recorded: RecordedRun
        let session: CloudSession
        var options: RunOptions
        let limits: RecordedLimits
        let script: Script
        let consent: ResumeConsent
        do {
            do { recorded = try await RecordedRun(entries, in: journal) } catch { throw UsageError("\(error)") }
            var goesOn = changed ?? recorded.script
            // Its `store` is that of the file which the run began with.
            goesOn.owner = recorded.script.owner
            script = goesOn
            limits = RecordedLimits(self.limits, over: recorded.header.options)
            options = try limits.runOptions()
            options.rules.grants = Grants(options.rules.grants.all.union(recorded.grants))
            options.seed = recorded.header.seed
            options.showsSecrets = showSecrets
            options.log = log
            if recorded.history.ending?.word == "done" {
                throw UsageError("\(found.id) has ended well: there is nothing to go on with")
            }
            consent = try await self.consent(of: recorded, options, in: journal)
            var history = recorded.history
            for event in consent.events { history.add(event) }
            do { options.tape = try Tape(history, decision: decision) } catch { throw UsageError("\(error)") }
            session = try await CloudSession.open(
                profile: cloud.profile ?? Self.profile(of: recorded.header, settings), endpoint: cloud.endpoint,
                settings)
            guard session.account == recorded.header.account else {
                session.close()
                throw UsageError(
                    "\(found.id) was made for another account (profile \(recorded.header.profile)); name it with --profile"
                )
            }
            try await RunJournals.reporting { () async throws(StoreError) in
                for event in consent.events { log.note(event) }
                try await log.resume(with: changed)
            }
        } catch {
            await log.letGo()
            throw error
        }
        options.rules.protected = self.limits.overrideProtection ? [] : session.protected
        options.locks = session.locks
        let conductor = RunConductor(
            session, terminal, try display.format(settings), try display.level(settings))
        options.rules.consent = consent.consent
        options.rules.approved = consent.approved
        options.rules.confirmCanary = conductor.canaryConfirmation(self.limits, yes: yes)
        // Who said yes to a plan has not said yes to more.
        if consent.consent.source == .nobody || consent.approved != nil {
            options.rules.confirm = conductor.confirmation(script, isPlanned: consent.approved != nil)
        }
        announce(recorded, consent, session, terminal)
        let report = await conductor.conduct(
            script, recorded.parameters, on: try conductor.host(limits.flags.sandbox), options)
        await RunJournals.tidy(journal, settings)
        try Terminal.checkOutput()
        if report.exitCode != 0 { throw ExitCode(report.exitCode) }
    }

    private static func profile(of header: RunHeader, _ settings: Settings) -> String? {
        settings.file.profiles[header.profile] == nil ? nil : header.profile
    }

    private func consent(
        of recorded: RecordedRun, _ options: RunOptions, in journal: Journal
    ) async throws -> ResumeConsent {
        let standing = try await RunJournals.reporting { () async throws(StoreError) in try await journal.approvals() }
        do {
            return try ResumeConsent(
                recorded, standing: Set(standing.map(\.id)),
                isWidened: changedScript != nil || RecordedLimits.widens(limits, options, over: recorded), yes: yes)
        } catch { throw UsageError("\(recorded.header.script): \(error)") }
    }

    private func announce(
        _ run: RecordedRun, _ consent: ResumeConsent, _ session: CloudSession, _ terminal: Terminal
    ) {
        let given = run.history.given.count
        let open = run.history.changes.values.filter { change in
            if case .inFlight = change.stage { true } else { false }
        }
        Terminal.error(
            terminal.say(
                "\(run.header.script): \(given) answers are given again, \(open.count) changes were cut on their way\n",
                "\(run.header.script): 기록된 응답 \(given)건을 다시 사용합니다. 전송 중 끊긴 변경 \(open.count)건\n"))
        if let (left, all) = run.remaining(of: consent.approved) {
            Terminal.error(
                terminal.say(
                    "\(left) of \(all) approved changes are left\n", "승인된 변경 \(all)건 중 \(left)건이 남아 있습니다\n"))
        }
        let now = session.clock.now
        let latest = open.compactMap { $0.attempts.last?.at }.max()
        guard let latest else { return }
        let rest = session.client.configuration.requestTimeout - (now - latest)
        guard rest > .seconds(1) else { return }
        Terminal.error(
            terminal.say(
                "what was on its way may still arrive: looking in \(rest.text)\n",
                "전송 중이던 요청이 아직 도착할 수 있어 \(rest.text) 뒤에 확인합니다\n"))
    }
}
