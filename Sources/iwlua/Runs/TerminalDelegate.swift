import Gate
import RunEngine

/// Asks the person at the terminal, if there is one.
struct TerminalDelegate: RunDelegate {
    let conductor: RunConductor
    /// What the question calls the script.
    let script: String

    private var terminal: Terminal { conductor.terminal }

    var isAttended: Bool { Terminal.isInteractive }

    func decide(_ change: ProposedChange) async -> Decision {
        guard isAttended else { return .unattended }
        let kind: TerminalText =
            change.reason == .notInPlan
            ? terminal.say("not in the plan: ", "계획에 없는 변경: ") : terminal.say("change: ", "변경: ")
        let question: TerminalText = terminal.say("Let \(script) make this change?", "이 변경을 진행할까요?")
        return await conductor.ask(question, context: kind + ChangeText.line(change.change) + "\n", offersAll: true)
            .decision
    }

    func goesOn(after made: Int, failed: Int) async -> Decision {
        await conductor.ask(
            terminal.say(
                "\(made) changes made, \(failed) of them failed. Go on?", "변경 \(made)건 완료, 실패 \(failed)건. 계속할까요?")
        ).decision
    }
}
