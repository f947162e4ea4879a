import Clocks
import Gate
import IwinvCatalog
import IwinvClient
import RunStore
import ScriptHost

/// Whether a plan may be carried out here and now.
struct PlanApproval {
    var plan: Plan
    var file: String
    var session: CloudSession
    var terminal: Terminal

    /// Made for another account: the wrong profile was named.
    var wrongAccount: UsageError? {
        guard plan.origin.account != session.planAccount else { return nil }
        return UsageError(
            "\(file): the plan was made for \(plan.origin.profile) (\(plan.origin.account)), not for \(session.name)"
        )
    }

    /// Too old to be trusted.
    func outdated(maximumAge: Duration) -> RunReport? {
        let age = session.clock.now - plan.origin.madeAt
        guard age > maximumAge else { return nil }
        return .denied(
            LocalizedText(
                "the plan is \(Duration.seconds(age.components.seconds).text) old, and at most \(maximumAge.text) is allowed",
                "계획이 \(Duration.seconds(age.components.seconds).text) 전의 것입니다. \(maximumAge.text)까지만 허용됩니다"),
            advice: LocalizedText(
                "make a new plan, or allow more with --max-age", "계획을 다시 만들거나 --max-age로 늘리세요"))
    }

    func show() {
        Terminal.error(PlanText(plan: plan, remaining: session.budget.remaining, terminal: terminal).text)
    }

    /// Asks on a terminal.
    ///
    /// - Returns: Nil after a yes.
    func ask(_ conductor: RunConductor) async -> RunReport? {
        guard Terminal.isInteractive else {
            return .denied(
                LocalizedText(
                    "a plan needs a yes, and there is no terminal to ask on", "계획에는 승인이 필요하지만 물어볼 터미널이 없습니다"),
                advice: LocalizedText("carry it out with --yes", "--yes를 붙여 실행하세요"))
        }
        let question: TerminalText = terminal.say("Make these changes?", "이 변경을 진행할까요?")
        guard await conductor.ask(question) else {
            return .unconfirmedPlan
        }
        return nil
    }
}

extension RunConductor {
    /// Carries a plan out; its approval is the leave for it.
    private func apply(
        _ plan: Plan, yes: Bool, _ onDrift: PlanScript.DriftRule, _ limits: LimitOptions, _ options: RunOptions,
        _ settings: Settings
    ) async throws -> RunReport {
        var options = options
        options.rules.grants = Grants(plan.grants.compactMap { try? Grant($0) })
        options.rules.protected = limits.overrideProtection ? [] : session.protected
        options.rules.confirm = nil
        // Its script makes what the plan has, and nothing else.
        options.rules.consent = RunConsent(yes ? .flag : .plan)
        options.rules.confirmCanary = canaryConfirmation(limits, yes: yes)
        options.locks = session.locks
        let script = try PlanScript.script(for: plan)
        let parameters = PlanScript.parameters(for: plan, onDrift: onDrift)
        return try await conduct(
            script, parameters, options, limits, in: try await session.journal(settings),
            kind: plan.origin.kind == "undo" ? "undo" : "apply", parent: plan.origin.parent, settings)
    }

    /// Carries a plan out, after a question if nobody has said yes. The session is closed then.
    func carryOut(
        _ approval: PlanApproval, yes: Bool, _ onDrift: PlanScript.DriftRule, _ limits: LimitOptions,
        _ options: RunOptions, _ settings: Settings
    ) async throws -> RunReport {
        if approval.plan.isEmpty {
            session.close()
            return finish(nothingToDoIn: approval.plan)
        }
        if !yes, let denial = await approval.ask(self) {
            session.close()
            finish(denial)
            return denial
        }
        return try await apply(approval.plan, yes: yes, onDrift, limits, options, settings)
    }

    /// Shows a report of a run that did not begin.
    func finish(_ report: RunReport) {
        interrupts.stop()
        RunPrinter(format: format, terminal: terminal, progress: progress).finish(report, sources: [:])
    }

    /// The report of a plan without changes.
    func finish(nothingToDoIn plan: Plan) -> RunReport {
        let report = RunReport.nothingToDo(["made": 0, "planned": 0])
        finish(report)
        return report
    }
}
