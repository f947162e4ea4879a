import Clocks
import Gate
import IwinvCatalog
import IwinvClient
import RunEngine
import RunStore
import ScriptHost

extension ReplShell {
    /// Plans what takes the session's changes back, shows it, asks, and carries it out as a run of its own.
    func undo() async -> Next {
        let bench = bench
        let runs = bench.session.runs
        guard let last = runs.last else { return say("nothing was changed yet", "아직 변경된 것이 없습니다") }
        desk.begin()
        do {
            let plan = try await undoPlan(of: runs, last, bench)
            Terminal.error(PlanText(plan: plan, remaining: bench.cloud.budget.remaining, terminal: terminal).text)
            guard !plan.isEmpty else { return .goOn }
            if !desk.writes(at: bench.cloud.clock.elapsed) {
                guard isInteractive else {
                    return refuse("a plan needs a yes, and there is no terminal to ask on: use --yes", "--yes가 필요합니다")
                }
                let question: TerminalText = terminal.say("Make these changes?", "이 변경을 진행할까요?")
                guard await ReplDelegate.ask(question, desk).refusal == nil else {
                    return say("nothing was changed", "변경된 것이 없습니다")
                }
            }
            return try await carryOut(plan, parent: last, bench)
        } catch {
            return refuse("\(error)", "\(error)")
        }
    }

    private func undoPlan(of runs: [String], _ last: String, _ bench: ReplBench) async throws -> Plan {
        try await bench.session.flush()
        var histories: [RunHistory] = []
        for run in runs { histories.append(try await bench.journal.history(of: run)) }
        let policy = RunPolicy.resolve(
            account: bench.cloud, request: PolicyRequest(limits: bench.limits, agreement: .none))
        let plan = try await bench.engine.planUndo(of: last, histories, deletesCreated: false, policy)
        bench.progress.clear()
        return plan
    }

    private func carryOut(_ plan: Plan, parent: String, _ bench: ReplBench) async throws -> Next {
        let policy = RunPolicy.resolve(
            account: bench.cloud, request: PolicyRequest(applying: plan, limits: bench.limits))
        let engine = RunEngine(bench.cloud, journal: try await bench.journal.open(), tool: Iwlua.version)
        let run = try await engine.apply(plan, onDrift: .stop, policy, delegate: bench.delegate)
        let printer = RunPrinter(format: .text, terminal: terminal, progress: bench.progress, level: level)
        desk.attach { run.cancel() }
        for await event in run.events { printer.show(event) }
        desk.attach(nil)
        let report = await run.report()
        bench.progress.clear()
        // What the session has read is as it was before.
        bench.session.forgetRows()
        printer.showChanges(report.changes)
        guard report.failure != nil else { return .goOn }
        Terminal.error(FailureText(report: report, sources: [:], terminal: terminal).text)
        return .failed(report.exitCode)
    }
}
