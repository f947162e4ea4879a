import Clocks
import Gate
import IwinvCatalog
import IwinvClient
import RunEngine
import RunStore
import ScriptHost

extension RunConductor {
    /// Plans a run; nothing is changed.
    func plan(
        _ script: Script, _ parameters: [String: JSONValue], _ policy: RunPolicy, _ settings: RunEngine.Settings,
        showsOutput: Bool = false
    ) async -> (report: RunReport, plan: Plan) {
        let planning = engine.plan(script, parameters: parameters, policy, settings)
        interrupts.attach {
            planning.run.cancel()
        } giveUp: {
            130
        }
        let waiting = progress.watchingBudget(session.budget, terminal, format)
        for await event in planning.run.events { show(event, showsOutput) }
        let report = await planning.report()
        waiting.cancel()
        interrupts.detach()
        progress.reset()
        return (report, planning.plan)
    }

    /// What the script says in a plan is not true yet, so it is kept back, or marked; warnings are worth a look.
    private func show(_ event: RunEvent, _ showsOutput: Bool) {
        switch event {
        case .logged(let line):
            guard line.level == .warn || line.level == .error || level == .trace else { return }
        case .attempted: guard level == .trace else { return }
        case .progress: break
        case .printed(let text):
            guard showsOutput || level == .trace else { return }
            let mark = terminal.style(terminal.say("planned │ ", "계획 │ "), .dim)
            progress.clear()
            // Standard output is the plan's.
            Terminal.error(
                TerminalText(lines: text).lines.map { "\(mark)\($0)\n" }.joined())
            return
        case .called, .answered, .waiting, .secret, .ended: return
        }
        RunPrinter(format: .json, terminal: terminal, progress: progress, level: level).show(event)
    }

    /// What a person approves before a run.
    enum Approval {
        /// These changes; empty if there are none, or if the person wants to be asked at the first one.
        case given([PlanEntry]?)
        case denied(RunReport)
    }

    /// Plans a run, shows it and asks.
    func approve(
        _ script: Script, _ parameters: [String: JSONValue], _ policy: RunPolicy, _ settings: RunEngine.Settings
    ) async -> Approval {
        let (report, plan) = await plan(script, parameters, policy, settings)
        if report.ended == .interrupted { return .denied(report) }
        if !plan.isEmpty || report.exitCode != 0 {
            Terminal.error(PlanText(plan: plan, remaining: session.budget.remaining, terminal: terminal).text)
        }
        guard report.exitCode == 0 else {
            // A run may get further than its plan: some things only the cloud can tell.
            let reason = report.failure?.message ?? ""
            Terminal.error(terminal.say("the plan ends there: ", "계획은 여기까지입니다: ") + "\(reason)\n")
            let question: TerminalText = terminal.say(
                "Run \(script.name) all the same, and ask before its first change?", "그래도 실행하고 첫 변경 전에 다시 물을까요?")
            return await ask(question).refusal.map(Approval.denied) ?? .given(nil)
        }
        guard !plan.isEmpty else { return .given([]) }
        let question: TerminalText = terminal.say("Let \(script.name) make these changes?", "이 변경을 모두 진행할까요?")
        return await ask(question).refusal.map(Approval.denied) ?? .given(plan.entries)
    }
}
