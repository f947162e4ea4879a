import Clocks
import Gate
import IwinvCatalog
import IwinvClient
import RunEngine
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

    /// Too old to be trusted, or made at a time that has not come: then no age can be told.
    func outdated(maximumAge: Duration) -> RunReport? {
        let age = session.clock.now - plan.origin.madeAt
        // Clocks of two machines differ by a little.
        guard age > .seconds(-60) else {
            return .denied(
                LocalizedText(
                    "the plan was made \(Duration.seconds(-age.components.seconds).text) from now, by the clock of this machine",
                    "이 컴퓨터의 시계로 보면 계획이 \(Duration.seconds(-age.components.seconds).text) 뒤에 만들어졌습니다"),
                advice: LocalizedText(
                    "set the clock right, or make a new plan", "시계를 맞추거나 계획을 다시 만드세요"))
        }
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
        return await conductor.ask(question).refusal
    }
}
