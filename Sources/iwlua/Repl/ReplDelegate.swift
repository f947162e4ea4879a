import Clocks
import Foundation
import Gate
import Glibc
import IwinvCatalog
import IwinvClient
import IwinvWire
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
        progress.clear()
        if let problem {
            // The cloud may see it otherwise, and it is the cloud's to say.
            Terminal.error(
                Self.line(call) + terminal.say("the plan says: ", "계획: ") + "\(problem)\n")
        } else {
            Terminal.error(
                PlanText(plan: plan, remaining: engine.session.budget.remaining, terminal: terminal).tableAndNotes)
        }
        let question: TerminalText = terminal.say("Make this change?", "이 변경을 진행할까요?")
        return await Self.confirm(question, desk) ? .allow : .refuse
    }

    func goesOn(after made: Int, failed: Int) async -> Bool {
        let question: TerminalText = desk.terminal.say(
            "\(made) changes made, \(failed) of them failed. Go on?", "변경 \(made)건 완료, 실패 \(failed)건. 계속할까요?")
        progress.clear()
        return await Self.confirm(question, desk)
    }

    private static func line(_ call: Call) -> TerminalText {
        let arguments = (call.arguments?.values ?? [:]).filter { $0.key != "fields" }
        let details = String(decoding: JSONCodec.encode(.object(arguments)), as: UTF8.self)
        return "\(call.operation.name) \(details)\n"
    }

    /// Asks on the terminal; Ctrl-C is a no. The lines of a paste behind the one that asks do not answer.
    static func confirm(_ question: TerminalText, _ desk: ReplDesk) async -> Bool {
        await withCheckedContinuation { continuation in
            // On a thread of its own: the person may take long, and Swift's pool has few.
            Thread.detachNewThread {
                tcflush(STDIN_FILENO, TCIFLUSH)
                continuation.resume(returning: desk.terminal.confirm(question) { desk.isInterrupted })
            }
        }
    }
}
