import Clocks
import Foundation
import Gate
import Glibc
import IwinvCatalog
import IwinvClient
import RunEngine
import ScriptHost

/// Asks before each change at a prompt: what it would do, and whether it may.
struct ReplDelegate: RunDelegate {
    let desk: ReplDesk
    let engine: RunEngine
    let progress: ProgressLine

    var isAttended: Bool { Terminal.isInteractive }

    func decide(_ change: ProposedChange) async -> Decision {
        if desk.writes(at: engine.session.clock.elapsed) { return .allow }
        guard Terminal.isInteractive, let session = desk.session else { return .unattended }
        let call = change.call
        let terminal = desk.terminal
        let (plan, problem) = await session.preview(call, engine.origin(of: "repl"))
        // The cloud may see it otherwise, and it is the cloud's to say.
        let context: TerminalText =
            problem.map {
                ChangeText.line(change.change) + "\n" + terminal.say("the plan says: ", "계획: ") + "\($0)\n"
            }
            ?? PlanText(plan: plan, remaining: engine.session.budget.remaining, terminal: terminal).tableAndNotes
        let question: TerminalText = terminal.say("Make this change?", "이 변경을 진행할까요?")
        return await Self.ask(question, context: context, desk).decision
    }

    func goesOn(after made: Int, failed: Int) async -> Decision {
        let question: TerminalText = desk.terminal.say(
            "\(made) changes made, \(failed) of them failed. Go on?", "변경 \(made)건 완료, 실패 \(failed)건. 계속할까요?")
        return await Self.ask(question, desk).decision
    }

    /// Asks on the terminal; Ctrl-C ends the evaluation. The lines of a paste behind the one that asks do not answer.
    static func ask(_ question: TerminalText, context: TerminalText = "", _ desk: ReplDesk) async -> Answer {
        tcflush(STDIN_FILENO, TCIFLUSH)
        return await desk.terminal.ask(question, context: context) { desk.isInterrupted }
    }
}
