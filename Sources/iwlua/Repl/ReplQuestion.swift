import Clocks
import Foundation
import Gate
import Glibc
import IwinvCatalog
import IwinvClient
import IwinvWire
import ScriptHost

/// The question before a change at a prompt: what it would do, and whether it may.
struct ReplQuestion: Sendable {
    let desk: ReplDesk
    let cloud: CloudSession
    let progress: ProgressLine

    func ask(_ call: Call) async -> Consent {
        if desk.writes(at: cloud.clock.elapsed) { return .given }
        guard Terminal.isInteractive, let session = desk.session else { return .unattended }
        let terminal = desk.terminal
        let origin = Plan.Origin(
            script: "repl", profile: cloud.name, account: cloud.planAccount, madeAt: cloud.clock.now,
            tool: Iwlua.version)
        let (plan, problem) = await session.preview(call, origin)
        progress.clear()
        if let problem {
            // The cloud may see it otherwise, and it is the cloud's to say.
            Terminal.error(
                Self.line(call) + terminal.say("the plan says: ", "계획: ") + "\(problem)\n")
        } else {
            Terminal.error(PlanText(plan: plan, remaining: cloud.budget.remaining, terminal: terminal).tableAndNotes)
        }
        let question: TerminalText = terminal.say("Make this change?", "이 변경을 진행할까요?")
        return await Self.confirm(question, desk) ? .given : .refused
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
