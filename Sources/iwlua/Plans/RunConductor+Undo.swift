import Clocks
import Gate
import IwinvCatalog
import IwinvClient
import RunStore
import ScriptHost

extension RunConductor {
    /// Plans how to take back what a run did.
    func undo(
        _ history: RunHistory, of run: String, _ limits: LimitOptions, deletesCreated: Bool
    ) async throws(CloudError) -> Plan {
        let start = session.clock.now
        let planner = Planner(at: start)
        var rules = GateRules()
        rules.protected = limits.overrideProtection ? [] : session.protected
        let gate = Gate(planning: planner, client: session.client, rules: rules)
        let waiting = progress.watchingBudget(session.budget)
        defer {
            waiting?.cancel()
            progress.clear()
        }
        try await Undoer(gate: gate, planner: planner, deletesCreated: deletesCreated).plan(history)
        return planner.plan(
            Plan.Origin(
                kind: "undo", script: "undo of \(history.header?.script ?? run)", parent: run, profile: session.name,
                account: session.planAccount, madeAt: start, tool: Iwlua.version))
    }

    /// What a person approves before a run.
    enum Approval {
        /// These changes; empty if there are none, or if the person wants to be asked at the first one.
        case given([PlanEntry]?)
        case denied(RunReport)
    }

    /// Plans a run, shows it and asks.
    func approve(
        _ script: Script, _ parameters: [String: JSONValue], on host: ScriptHost, _ options: RunOptions
    ) async -> Approval {
        let (report, plan) = await plan(script, parameters, on: host, options)
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
            return await ask(question) ? .given(nil) : .denied(.unconfirmedPlan)
        }
        guard !plan.isEmpty else { return .given([]) }
        let question: TerminalText = terminal.say("Let \(script.name) make these changes?", "이 변경을 모두 진행할까요?")
        return await ask(question) ? .given(plan.entries) : .denied(.unconfirmedPlan)
    }
}
