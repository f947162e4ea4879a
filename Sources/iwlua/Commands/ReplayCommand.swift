import ArgumentParser
import Clocks
import Foundation
import Gate
import IwinvCatalog
import IwinvClient
import IwinvWire
import LuaRuntime
import RunStore
import ScriptHost

struct ReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Run a script against the recorded replies of a run, without the cloud.",
        discussion: """
            Nothing leaves this machine: every call gets the reply that the journal has for it, on a clock that begins when \
            the run began. With another text of the script you see whether it does what the run did, and where it stops \
            doing so.

              iwlua replay last
              iwlua replay r7k2 mended.lua
            """)

    @Argument(help: "The run: its name, the beginning of it, or `last`.")
    var run: String

    @Argument(help: "The script; that of the run if not given.")
    var script: String?

    @OptionGroup(title: "Limits") var limits: SandboxOptions
    @OptionGroup(title: "Display") var display: RunDisplayOptions

    func run() async throws {
        let settings = try Settings()
        let terminal = try display.terminal(settings)
        let given = try script.map(ScriptOptions.script)
        let journal = try await settings.journal()
        let recorded = try await RunJournals.recorded(run, in: journal)
        var options = RunOptions(grants: recorded.grants, seed: recorded.header.seed, id: nil)
        do { options.tape = try Tape(recorded.history, goesOn: false) } catch { throw UsageError("\(error)") }
        let session = try CloudSession.unreachable(VirtualClock(start: recorded.header.clockStart))
        let conductor = RunConductor(session, terminal, try display.format(settings), try display.level(settings))
        let host = try conductor.host(limits)
        let report = await conductor.conduct(given ?? recorded.script, recorded.parameters, on: host, options)
        try Terminal.checkOutput()
        if report.exitCode != 0 { throw ExitCode(report.exitCode) }
    }
}
