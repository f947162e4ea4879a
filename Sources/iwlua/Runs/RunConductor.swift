import Clocks
import Foundation
import Gate
import IwinvCatalog
import IwinvClient
import IwinvWire
import RunEngine
import RunStore
import ScriptHost

/// One run in front of a person: questions, events, interruptions, the end.
struct RunConductor: Sendable {
    let engine: RunEngine
    let terminal: Terminal
    let format: OutputFormat
    let level: LogLevel
    let progress: ProgressLine
    let interrupts: Interrupts

    var session: CloudSession { engine.session }

    /// - Parameter journal: Nil for a simulated cloud, which ends with this process.
    init(
        _ session: CloudSession, journal: Journal?, _ terminal: Terminal, _ format: OutputFormat, _ level: LogLevel,
        interrupts: Interrupts? = nil
    ) {
        self.terminal = terminal
        self.format = format
        self.level = level
        let progress = ProgressLine(clock: session.clock) { session.budget.remaining }
        self.progress = progress
        var engine = RunEngine(session, journal: journal, tool: Iwlua.version)
        engine.onJail = { report in
            guard !report.isTight else { return }
            progress.clear()
            Terminal.error(
                terminal.say(
                    "warning: this system cannot lock the script up completely (\(report)); see `iwlua doctor`\n",
                    "경고: 이 시스템은 스크립트를 완전히 격리하지 못합니다(\(report)). `iwlua doctor`를 확인하세요\n"))
        }
        self.engine = engine
        self.interrupts = interrupts ?? .listening(terminal)
    }

    /// With the journal of this machine, unless the cloud is simulated in this process. Closes the session if it cannot be
    /// opened.
    static func open(
        _ session: CloudSession, _ settings: Settings, _ terminal: Terminal, _ format: OutputFormat, _ level: LogLevel
    ) async throws -> RunConductor {
        do {
            return RunConductor(
                session, journal: session.isSimulated ? nil : try await settings.journal(), terminal, format, level)
        } catch {
            session.close()
            throw error
        }
    }

    /// Whom the engine asks: the person at the terminal.
    func delegate(_ script: String) -> TerminalDelegate { TerminalDelegate(conductor: self, script: script) }

    /// Begins a run and shows it to its end. The session is closed then, whatever happens.
    ///
    /// - Parameter planned: How many changes it is to make, if that is known.
    func conduct(
        _ sources: Script?, tidy: Settings?, planned: Int? = nil, _ begin: () async throws -> ScriptRun
    ) async throws -> RunReport {
        let run: ScriptRun
        do {
            run = try await begin()
        } catch {
            session.close()
            if let refusal = error as? RunRefusal { return try end(refusal) }
            throw (error as? StoreError).map { UsageError($0) } ?? error
        }
        let report = await show(run, sources, planned)
        if let journal = engine.journal, let tidy { await RunJournals.tidy(journal, tidy) }
        return report
    }

    /// Shows a run to its end.
    private func show(_ run: ScriptRun, _ script: Script?, _ planned: Int?) async -> RunReport {
        let printer = RunPrinter(format: format, terminal: terminal, progress: progress, level: level)
        @Sendable func finish(_ report: RunReport) {
            if let script { printer.finish(report, script: script) } else { printer.finish(report, sources: [:]) }
            // What a simulated cloud has seen ends with it.
            guard engine.journal != nil, format == .text else { return }
            Terminal.error(RunEndText(report: report, planned: planned, terminal: terminal).text)
        }
        interrupts.attach {
            run.cancel()
        } giveUp: {
            let report = run.reportIfAbandoned()
            finish(report)
            return report.exitCode
        }
        let waiting = progress.watchingBudget(session.budget, terminal, format)
        for await event in run.events { printer.show(event) }
        let report = await run.report()
        interrupts.stop()
        waiting.cancel()
        session.close()
        finish(report)
        return report
    }

    /// The end of what did not begin.
    func end(_ refusal: RunRefusal) throws -> RunReport {
        switch refusal.kind {
        case .usage: throw UsageError("\(refusal.message(terminal.language))")
        case .denied:
            let report = RunReport.denied(refusal.message, advice: refusal.advice ?? LocalizedText("", ""))
            finish(report)
            return report
        }
    }

    /// Shows a report of a run that did not begin.
    func finish(_ report: RunReport) {
        interrupts.stop()
        RunPrinter(format: format, terminal: terminal, progress: progress).finish(report, sources: [:])
    }

    func ask(_ question: TerminalText, context: TerminalText = "", offersAll: Bool = false) async -> Answer {
        await terminal.ask(question, context: context, offersAll: offersAll) { [interrupts] in interrupts.isInterrupted
        }
    }
}
