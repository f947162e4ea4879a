import ArgumentParser
import Clocks
import Foundation
import Gate
import IwinvCatalog
import IwinvClient
import RunEngine
import ScriptHost

struct ApplyCommand: AsyncParsableCommand, ScriptRunning {
    static let configuration = CommandConfiguration(
        commandName: "apply",
        abstract: "Carry a saved plan out: exactly its changes.",
        discussion: """
            Before each change the resource is looked at, by lists that are at most 30 seconds old. What is not as the plan \
            found it is left alone. The script's waits stand between the changes as they did in the plan.

            What is shown of a change is derived from what would be sent; a file that says something else is refused. The \
            digest in the file finds slips, not forgers: carry out the plans of people whom you trust, and read the table.

              iwlua plan bulk-rename.lua --param from=web- --param to=www- -o rename.plan
              iwlua apply rename.plan
            """)

    @Argument(help: "The plan, as `iwlua plan -o` saved it.", completion: .file())
    var file: String

    @Flag(help: "Carry it out without asking.")
    var yes = false

    @Option(
        help: ArgumentHelp("What to do about a resource that has changed since: stop, or skip it.", valueName: "rule"))
    var onDrift: DriftChoice = .stop

    @Option(help: ArgumentHelp("How old the plan may be.", valueName: "duration"))
    var maxAge = "1h"

    @OptionGroup(title: "Limits") var limits: LimitOptions
    @OptionGroup(title: "Cloud") var cloud: CloudOptions
    @OptionGroup(title: "Display") var display: RunDisplayOptions

    func run() async throws {
        let settings = try Settings()
        let terminal = try display.terminal(settings)
        let format = try display.format(settings)
        let level = try display.level(settings)
        guard let age = try LimitOptions.duration(maxAge, "--max-age") else { return }
        let plan = try PlanFile.read(file)
        _ = try limits.request(.none)
        // From here on nothing throws before the session is closed.
        let session = try await CloudSession.open(cloud, settings)
        let conductor = try await RunConductor.open(session, settings, terminal, format, level)
        let approval = PlanApproval(plan: plan, file: file, session: session, terminal: terminal)
        let report: RunReport
        if let refusal = approval.wrongAccount {
            session.close()
            throw refusal
        } else if let denial = approval.outdated(maximumAge: age) {
            session.close()
            report = denial
            conductor.finish(report)
        } else {
            if format == .text, !yes || Terminal.isInteractive { approval.show() }
            report = try await conductor.carryOut(approval, yes: yes, onDrift.rule, limits, settings)
        }
        try Terminal.checkOutput()
        if report.exitCode != 0 { throw ExitCode(report.exitCode) }
    }
}

/// ``PlanScript/DriftRule`` as the command line gives it.
enum DriftChoice: String, Choice {
    case stop, skip

    var rule: PlanScript.DriftRule { self == .skip ? .skip : .stop }
}
