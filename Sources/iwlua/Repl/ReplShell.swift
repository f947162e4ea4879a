import Clocks
import Foundation
import Gate
import IwinvCatalog
import IwinvClient
import LineEditor
import LuaSyntax
import RunEngine
import ScriptHost
import Synchronization

/// The loop of a prompt: text, answer, text, ….
final class ReplShell {
    let desk: ReplDesk
    let limits: LimitOptions
    let level: LogLevel
    let showsSecrets: Bool
    let settings: Settings
    /// The one in use, for whoever has to end it.
    let current: Mutex<ReplBench>
    var isVertical = false
    var hasHintedAtLocals = false
    let isInteractive = Terminal.isInteractive

    var bench: ReplBench { current.withLock { $0 } }
    var terminal: Terminal { desk.terminal }

    static func open(
        _ desk: ReplDesk, cloud: CloudOptions, limits: LimitOptions, level: LogLevel, showsSecrets: Bool,
        _ settings: Settings
    ) async throws -> ReplShell {
        _ = try limits.request(.each)
        let session = try await CloudSession.open(cloud, settings)
        do {
            let bench = try ReplBench(session, desk, limits, level, showsSecrets: showsSecrets, settings)
            return ReplShell(desk, limits, level, showsSecrets, settings, bench)
        } catch {
            session.close()
            throw error
        }
    }

    private init(
        _ desk: ReplDesk, _ limits: LimitOptions, _ level: LogLevel, _ showsSecrets: Bool, _ settings: Settings,
        _ bench: ReplBench
    ) {
        (self.desk, self.limits, self.level) = (desk, limits, level)
        (self.showsSecrets, self.settings) = (showsSecrets, settings)
        current = Mutex(bench)
    }

    /// Until the end of the input.
    ///
    /// - Returns: The exit code: that of the first error where nobody sits.
    func run() async -> Int32 {
        let signals = ReplSignals(desk)
        defer { withExtendedLifetime(signals) {} }
        let input = ReplInput(desk, historyFile: historyFile)
        if isInteractive { greet() }
        var code: Int32 = 0
        loop: while true {
            switch await input.next(prompt: prompt) {
            case .endOfFile: break loop
            case .interrupted: continue
            case .line(let text):
                desk.beginAnswer()
                let next = await answer(text)
                if desk.endAnswer() { break loop }
                // What was pasted behind a text that was interrupted was meant to follow it.
                if desk.isInterrupted { await input.discard() }
                switch next {
                case .leave: break loop
                case .goOn: break
                case .failed(let failure):
                    guard !isInteractive else { break }
                    code = failure
                    break loop
                }
            }
        }
        if isInteractive, let problem = await input.problem {
            Terminal.error("iwlua: \(problem)\n")
        }
        await desk.close()
        return desk.isLeaving ? 130 : code
    }

    /// In the state folder, and kept with it; without one lines live as long as the process.
    private var historyFile: String? {
        guard isInteractive else { return nil }
        let folder = StateFolder.path(settings.environment)
        do { try StateFolder.prepare(folder) } catch {
            Terminal.error("iwlua: \(error)\n")
            return nil
        }
        return folder + "/repl-history"
    }

    private func greet() {
        Terminal.error(
            terminal.say(
                """
                iwlua \(Iwlua.version), \(bench.cloud.isSimulated ? "a simulated cloud" : bench.cloud.name). \
                Changes are asked for. :help; Ctrl-D leaves.

                """,
                """
                iwlua \(Iwlua.version), \(bench.cloud.isSimulated ? "시뮬레이션 클라우드" : bench.cloud.name). \
                변경은 먼저 보여 주고 묻습니다. :help; 종료는 Ctrl-D.

                """))
    }

    /// `live ro 57> `
    private var prompt: String {
        let bench = bench
        let mode = desk.writes(at: bench.cloud.clock.elapsed) ? "rw" : "ro"
        return "\(bench.name) \(mode) \(bench.cloud.budget.remaining)> ".escapedForTerminal()
    }

    /// What follows a text.
    enum Next: Equatable {
        case goOn, leave
        case failed(Int32)
    }

    private func answer(_ text: String) async -> Next {
        let trimmed = text.trimmingCharacters(in: .whitespacesAndNewlines)
        if trimmed.isEmpty { return .goOn }
        if trimmed.hasPrefix("?") { return await help(String(trimmed.dropFirst())) }
        if trimmed.hasPrefix(":"), !trimmed.hasPrefix("::") { return await command(trimmed) }
        return await evaluate(text)
    }

    func help(_ topic: String) async -> Next {
        await bench.session.look()
        let topic = topic.trimmingCharacters(in: .whitespaces)
        Terminal.out(ReplHelp(terminal: terminal, session: bench.session).text(about: topic))
        return .goOn
    }

    // MARK: - Evaluating

    /// - Parameter name: what positions call the text.
    func evaluate(_ text: String, name: String? = nil) async -> Next {
        let bench = bench
        desk.begin()
        let waiting = bench.progress.watchingBudget(bench.cloud.budget, terminal)
        let outcome = await bench.session.evaluate(text, name: name)
        waiting.cancel()
        bench.progress.clear()
        show(outcome)
        hintAtLocals(text, outcome)
        if isInteractive { await bench.session.look() }
        return outcome.exitCode == 0 ? .goOn : .failed(outcome.exitCode)
    }

    func show(_ outcome: ReplOutcome) {
        let text = ReplText(width: Terminal.columns, isVertical: isVertical, language: terminal.language)
        for value in outcome.values { Terminal.out("\(lines: text.text(value))") }
        if outcome.count > outcome.values.count { Terminal.out("… (\(outcome.count))\n") }
        RunPrinter(format: .text, terminal: terminal, progress: nil, level: level).showChanges(outcome.changes)
        if let failure = outcome.failure {
            let report = RunReport.failed(failure, changes: outcome.changes)
            Terminal.error(
                FailureText(report: report, sources: bench.session.sources, terminal: terminal, isBrief: true).text)
        }
        if outcome.ending == .lost {
            Terminal.error(
                terminal.say(
                    "the session's variables are gone; the next line begins afresh\n",
                    "세션의 변수가 사라졌습니다. 다음 줄부터 새로 시작합니다\n"))
        }
    }

    /// Lua's own prompt forgets locals with their line, and so does this one: told once.
    private func hintAtLocals(_ text: String, _ outcome: ReplOutcome) {
        guard isInteractive, outcome.ending == .done, !hasHintedAtLocals, text.contains("local"),
            let name = LuaTree(parsing: text).names.topLevelLocals.first
        else { return }
        hasHintedAtLocals = true
        Terminal.error(
            terminal.say(
                "`\(name)` was local to that text; leave `local` out to keep it\n",
                "`\(name)`은(는) 그 입력에서만 유효합니다. 계속 쓰려면 local을 빼세요\n"))
    }
}
