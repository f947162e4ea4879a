import ArgumentParser
import Foundation
import Gate
import IwinvCatalog
import IwinvClient
import IwinvWire
import RunEngine
import ScriptHost

struct PlanCommand: AsyncParsableCommand, ScriptRunning {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Show what a script would change, without changing it.",
        discussion: """
            The script runs for real, its reads are the cloud's, and its changes are written down in place of being sent; \
            later reads show the world as it would be. What only the cloud can know is told as such. What the script prints \
            is shown beside the plan, on standard error.

              iwlua plan bulk-rename.lua --param from=web- --param to=www-
              iwlua plan bulk-rename.lua --param from=web- --param to=www- -o rename.plan
              iwlua apply rename.plan
            """)

    @OptionGroup var chosen: ScriptOptions

    @Option(name: .customShort("o"), help: ArgumentHelp("Save the plan for `iwlua apply`.", valueName: "file"))
    var file: String?

    @Option(
        help: ArgumentHelp(
            "With trace: show each request (IWLUA_LOG_LEVEL).", valueName: "level"))
    var logLevel: LogLevel?

    @OptionGroup(title: "Limits") var limits: LimitOptions
    @OptionGroup(title: "Cloud") var cloud: CloudOptions
    @OptionGroup(title: "Display") var display: DisplayOptions

    func run() async throws {
        let settings = try Settings()
        let terminal = try display.terminal(settings)
        let format = try display.format(settings)
        let level: LogLevel = try logLevel ?? settings.value(.logLevel) ?? .warn
        let (script, parameters) = try chosen.load()
        let request = try limits.request(.none)
        // From here on nothing throws before the session is closed.
        let session = try await CloudSession.open(cloud, settings)
        let conductor = RunConductor(
            session, journal: session.isSimulated ? nil : try? await settings.journal(), terminal, format, level)
        let (report, plan) = await conductor.plan(
            script, parameters, RunPolicy.resolve(account: session, request: request), limits.settings(),
            showsOutput: true)
        let remaining = session.budget.remaining
        conductor.interrupts.stop()
        session.close()
        try show(plan, report, remaining, script, terminal, format)
    }

    private func show(
        _ plan: Plan, _ report: RunReport, _ remaining: Int, _ script: Script, _ terminal: Terminal,
        _ format: OutputFormat
    ) throws {
        let isDone = report.exitCode == 0
        if isDone, let file { try PlanFile.write(plan, to: file) }
        switch format {
        case .text:
            // What a script that failed would have done until then is no plan; a look at it helps all the same.
            if isDone || !plan.isEmpty {
                Terminal.out(PlanText(plan: plan, remaining: remaining, terminal: terminal).text)
            }
        case .json:
            Terminal.out(json: isDone ? plan.json : Self.failure(report, plan))
        }
        try Terminal.checkOutput()
        guard !isDone else { return }
        var report = report
        report.changes = []
        RunPrinter(format: .text, terminal: terminal, progress: nil).finish(report, script: script)
        throw ExitCode(report.exitCode)
    }

    /// The document of a run that failed while it was planned: nothing was changed.
    private static func failure(_ report: RunReport, _ plan: Plan) -> JSONValue {
        var report = report
        report.changes = []
        guard case .object(var members) = report.json else { return report.json }
        members["plan"] = plan.json
        return .object(members)
    }
}
