import ArgumentParser
import Clocks
import Foundation
import Gate
import IwinvCatalog
import IwinvClient
import RunEngine
import RunStore
import ScriptHost

struct UndoCommand: AsyncParsableCommand, ScriptRunning {
    static let configuration = CommandConfiguration(
        commandName: "undo",
        abstract: "Take back what a run changed.",
        discussion: """
            From the run's journal a plan is made of what takes its changes back, the newest first: old names, old \
            attachments, old rules, old sizes, power as it was. Only what is still as the run left it is touched; what \
            nothing brings back is listed.

              iwlua undo last
              iwlua undo r7k2m9qd -o undo.plan
            """)

    @Argument(
        help: "The run: its id, the beginning of it, or `last`: the last one that was no undo itself.",
        completion: ShellCompletions.runs)
    var id: String

    @Option(name: .customShort("o"), help: ArgumentHelp("Only save the plan, for `iwlua apply`.", valueName: "file"))
    var file: String?

    @Flag(help: "Also delete what the run created.")
    var deleteCreated = false

    @Flag(
        help: """
            With --delete-created: also what no reply named, and a later read found by its name. It may be somebody else's; \
            without this a terminal is asked, and it stays where there is none.
            """)
    var deleteSeen = false

    @Flag(help: "Carry it out without asking.")
    var yes = false

    @Flag(help: "Take back what there is of a run that was interrupted and could still go on.")
    var partial = false

    @Option(
        help: ArgumentHelp("What to do about a resource that changes meanwhile: stop, or skip it.", valueName: "rule"))
    var onDrift: DriftChoice = .stop

    @OptionGroup(title: "Limits") var limits: LimitOptions
    @OptionGroup(title: "Cloud") var cloud: CloudOptions
    @OptionGroup(title: "Display") var display: RunDisplayOptions

    func run() async throws {
        let settings = try Settings()
        let terminal = try display.terminal(settings)
        let format = try display.format(settings)
        let level = try display.level(settings)
        let request = try limits.request(.none)
        let (summary, history) = try await history(settings)
        let run = summary.id
        // From here on nothing throws before the session is closed.
        let session = try await CloudSession.open(cloud, settings)
        let conductor = try await RunConductor.open(session, settings, terminal, format, level)
        do { try RunEngine.checkUndo(of: summary, isPartial: partial) } catch {
            session.close()
            throw ExitCode(try conductor.end(error).exitCode)
        }
        guard history.header?.account == session.planAccount else {
            session.close()
            let made = "\(history.header?.profile ?? "?") (\(history.header?.account ?? "?"))"
            throw UsageError(
                "run \(run) was made with \(made), not with \(session.name) (\(session.planAccount))")
        }
        let seen = await deletesSeen(history, conductor)
        if case .interrupted = seen {
            session.close()
            conductor.finish(.interruptedPlan)
            throw ExitCode(130)
        }
        let plan: Plan
        do {
            plan = try await conductor.undo(
                history, of: run, RunPolicy.resolve(account: session, request: request), deletesCreated: deleteCreated,
                deletesSeen: seen == .yes)
        } catch {
            session.close()
            conductor.finish(.refused(error))
            throw ExitCode(4)
        }
        let report = try await carryOut(plan, conductor, settings)
        try Terminal.checkOutput()
        if report.exitCode != 0 { throw ExitCode(report.exitCode) }
    }

    /// Whether creations of which only a read told are deleted, too: said by a flag, or asked.
    private func deletesSeen(_ history: RunHistory, _ conductor: RunConductor) async -> Answer {
        guard deleteCreated, !deleteSeen else { return deleteSeen ? .yes : .no }
        let seen = Undoer.seenCreations(of: history)
        guard !seen.isEmpty, Terminal.isInteractive else { return .no }
        let list = seen.map { "\($0.title) \($0.id)" }.joined(separator: ", ")
        let question: TerminalText = conductor.terminal.say(
            "No reply named \(list): a read found it by name, and it may be somebody else's. Delete it, too?",
            "\(list): 생성 응답을 받지 못해 이름으로 찾았습니다. 다른 사람이 만든 것일 수 있습니다. 이것도 삭제할까요?")
        return await conductor.ask(question)
    }

    private func carryOut(
        _ plan: Plan, _ conductor: RunConductor, _ settings: Settings
    ) async throws -> RunReport {
        let session = conductor.session
        let approval = PlanApproval(plan: plan, file: id, session: session, terminal: conductor.terminal)
        if let file {
            session.close()
            conductor.interrupts.stop()
            try PlanFile.write(plan, to: file)
            if conductor.format == .json { Terminal.out(json: plan.json) } else { approval.show() }
            return .nothingToDo(.null)
        }
        if conductor.format == .text { approval.show() }
        return try await conductor.carryOut(approval, yes: yes, onDrift.rule, limits, settings)
    }

    private func history(_ settings: Settings) async throws -> (run: RunSummary, history: RunHistory) {
        let journal = try await settings.journal()
        let run = try await RunJournals.reporting { () async throws(StoreError) in
            // Said twice, it does not bring back what it has taken back; that takes the undo's own name.
            if id == "last", let last = try await journal.runs(limit: 500).first(where: { $0.kind != "undo" }) {
                return last
            }
            return try await journal.find(id)
        }
        let entries = try await RunJournals.reporting { () async throws(StoreError) in
            try await journal.entries(of: run.id)
        }
        return (run, RunHistory(entries))
    }
}
