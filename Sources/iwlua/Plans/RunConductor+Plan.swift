import Clocks
import Gate
import IwinvCatalog
import IwinvWire
import ScriptHost

extension RunConductor {
    /// Plans a run; nothing is changed.
    func plan(
        _ script: Script, _ parameters: [String: JSONValue], on host: ScriptHost, _ options: RunOptions,
        showsOutput: Bool = false
    ) async -> (report: RunReport, plan: Plan) {
        var options = options
        let start = session.clock.now
        let planner = Planner(at: start)
        options.planner = planner
        options.rules.confirm = nil
        options.rules.confirmCanary = nil
        let run = host.start(script, parameters: parameters, options: options)
        interrupts.attach {
            run.cancel()
        } giveUp: {
            130
        }
        let waiting = progress.watchingBudget(session.budget)
        for await event in run.events { show(event, showsOutput) }
        let report = await run.report()
        waiting?.cancel()
        progress.clear()
        let origin = Plan.Origin(
            script: script.name, hash: SHA256.hex(script.source), modules: script.modules.mapValues { SHA256.hex($0) },
            parameters: .object(parameters), profile: session.name, account: session.planAccount, madeAt: start,
            tool: Iwlua.version)
        return (report, planner.plan(origin))
    }

    /// What the script says in a plan is not true yet, so it is kept back, or marked; warnings are worth a look.
    private func show(_ event: RunEvent, _ showsOutput: Bool) {
        switch event {
        case .logged(let line):
            guard line.level == .warn || line.level == .error || level == .trace else { return }
        case .attempted: guard level == .trace else { return }
        case .progress: break
        case .printed(let text):
            guard showsOutput || level == .trace else { return }
            let mark = terminal.style(terminal.say("planned │ ", "계획 │ "), .dim)
            progress.clear()
            // Standard output is the plan's.
            Terminal.error(
                TerminalText(lines: text).lines.map { "\(mark)\($0)\n" }.joined())
            return
        case .called, .answered, .secret, .ended: return
        }
        RunPrinter(format: .json, terminal: terminal, progress: progress, level: level).show(event)
    }
}
