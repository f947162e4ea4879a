import Gate
import IwinvCatalog
import RunEngine
import RunStore
import ScriptHost

extension RunConductor {
    /// Plans how to take back what a run did.
    func undo(
        _ history: RunHistory, of run: String, _ policy: RunPolicy, deletesCreated: Bool,
        deletesSeen: Bool
    ) async throws(CloudError) -> Plan {
        let waiting = progress.watchingBudget(session.budget, terminal, format)
        defer {
            waiting.cancel()
            progress.clear()
        }
        return try await engine.planUndo(
            of: run, [history], deletesCreated: deletesCreated, deletesSeen: deletesSeen, policy)
    }

    /// Carries a plan out, after a question if nobody has agreed to it. The session is closed then.
    func carryOut(
        _ approval: PlanApproval, yes: Bool, _ onDrift: PlanScript.DriftRule, _ limits: LimitOptions,
        _ settings: Settings
    ) async throws -> RunReport {
        let plan = approval.plan
        if plan.isEmpty {
            session.close()
            let report = RunReport.nothingToDo(["made": 0, "planned": 0])
            finish(report)
            return report
        }
        if !yes, let denial = await approval.ask(self) {
            session.close()
            finish(denial)
            return denial
        }
        return try await conduct(nil, tidy: settings, planned: plan.entries.size) {
            let request = PolicyRequest(applying: plan, limits: try limits.limits(), isAgreed: yes)
            let policy = RunPolicy.resolve(account: session, request: request)
            return try await engine.apply(
                plan, onDrift: onDrift, policy, limits.settings(), delegate: delegate(plan.origin.script))
        }
    }
}
