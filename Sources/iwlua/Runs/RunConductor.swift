import Clocks
import Foundation
import Gate
import IwinvCatalog
import IwinvClient
import IwinvWire
import LuaRuntime
import ScriptHost

/// One run in front of a person: questions, events, interruptions, the end.
struct RunConductor: Sendable {
    let session: CloudSession
    let terminal: Terminal
    let format: OutputFormat
    let level: LogLevel
    let progress: ProgressLine
    let interrupts: Interrupts

    init(_ session: CloudSession, _ terminal: Terminal, _ format: OutputFormat, _ level: LogLevel) {
        self.session = session
        self.terminal = terminal
        self.format = format
        self.level = level
        progress = ProgressLine(clock: session.clock) { session.budget.remaining }
        interrupts = Interrupts(terminal)
        interrupts.listen()
    }

    /// A host as the flags say.
    func host(_ sandbox: SandboxOptions) throws -> ScriptHost {
        var host = try session.host(sandbox)
        host.onJail = { report in
            guard !report.isTight else { return }
            progress.clear()
            Terminal.error(
                terminal.say(
                    "warning: this system cannot lock the script up completely (\(report)); see `iwlua doctor`\n",
                    "경고: 이 시스템은 스크립트를 완전히 격리하지 못합니다(\(report)). `iwlua doctor`를 확인하세요\n"))
        }
        return host
    }

    /// Runs to the end and shows it.
    func conduct(
        _ script: Script, _ parameters: [String: JSONValue], on host: ScriptHost, _ options: RunOptions
    ) async -> RunReport {
        let run = host.start(script, parameters: parameters, options: options)
        let printer = RunPrinter(format: format, terminal: terminal, progress: progress, level: level)
        interrupts.attach {
            run.cancel()
        } giveUp: {
            let report = run.reportIfAbandoned()
            printer.finish(report, script: script)
            return report.exitCode
        }
        let waiting = progress.watchingBudget(session.budget)
        for await event in run.events { printer.show(event) }
        let report = await run.report()
        interrupts.stop()
        waiting?.cancel()
        session.close()
        printer.finish(report, script: script)
        return report
    }

    // MARK: - Questions

    /// Asks before the first change, or before each that is not in the plan that was approved.
    func confirmation(_ script: Script, isPlanned: Bool = false) -> ChangeConfirmation {
        { call in
            guard Terminal.isInteractive else { return .unattended }
            progress.clear()
            let arguments = (call.arguments?.values ?? [:]).filter {
                $0.key != call.operation.subject?.name && $0.key != "fields"
            }
            let details = String(decoding: JSONCodec.encode(.object(arguments)), as: UTF8.self)
            let subject = call.subject.map { " " + $0 } ?? ""
            Terminal.error(
                (isPlanned
                    ? terminal.say("not in the plan: ", "계획에 없는 변경: ") : terminal.say("first change: ", "첫 변경: "))
                    + "\(call.operation.name)\(subject) \(details)\n")
            let question: TerminalText =
                isPlanned
                ? terminal.say("Let \(script.name) make this change?", "이 변경을 진행할까요?")
                : terminal.say(
                    "Let \(script.name) make this change and those that follow?", "이 변경과 이후 변경을 모두 진행할까요?")
            return await ask(question) ? .given : .refused
        }
    }

    /// Asks after the canary; nil where nobody can be asked, or a yes and a pause were given in advance.
    func canaryConfirmation(_ limits: LimitOptions, yes: Bool) -> CanaryConfirmation? {
        guard Terminal.isInteractive, !(yes && limits.pause != nil) else { return nil }
        return { made, failed in
            progress.clear()
            let question: TerminalText = terminal.say(
                "\(made) changes made, \(failed) of them failed. Go on?", "변경 \(made)건 완료, 실패 \(failed)건. 계속할까요?")
            return await ask(question)
        }
    }

    func ask(_ question: TerminalText) async -> Bool {
        await withCheckedContinuation { continuation in
            // On a thread of its own: the person may take long, and Swift's pool has few.
            Thread.detachNewThread {
                continuation.resume(returning: terminal.confirm(question) { interrupts.isInterrupted })
            }
        }
    }
}
