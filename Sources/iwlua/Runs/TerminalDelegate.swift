import Gate
import IwinvCatalog
import IwinvWire
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
        conductor.progress.clear()
        let isFirst = change.reason == .first
        let call = change.call
        let arguments = (call.arguments?.values ?? [:]).filter {
            $0.key != call.operation.subject?.name && $0.key != "fields"
        }
        let details = String(decoding: JSONCodec.encode(.object(arguments)), as: UTF8.self)
        let subject = call.subject.map { " " + $0 } ?? ""
        Terminal.error(
            (isFirst ? terminal.say("first change: ", "첫 변경: ") : terminal.say("not in the plan: ", "계획에 없는 변경: "))
                + "\(call.operation.name)\(subject) \(details)\n")
        let question: TerminalText =
            isFirst
            ? terminal.say(
                "Let \(script) make this change and those that follow?", "이 변경과 이후 변경을 모두 진행할까요?")
            : terminal.say("Let \(script) make this change?", "이 변경을 진행할까요?")
        return await conductor.ask(question) ? .allow : .refuse
    }

    func goesOn(after made: Int, failed: Int) async -> Bool {
        conductor.progress.clear()
        return await conductor.ask(
            terminal.say(
                "\(made) changes made, \(failed) of them failed. Go on?", "변경 \(made)건 완료, 실패 \(failed)건. 계속할까요?"))
    }
}
