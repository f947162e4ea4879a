import ArgumentParser
import Clocks
import Foundation
import Gate
import IwinvCatalog
import IwinvClient
import IwinvWire
import LuaRuntime
import RunEngine
import RunStore
import ScriptHost
import ScriptTools

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

            --as-test writes the recorded replies and what came of them as a test for `iwlua test`, which needs no journal: \
            yesterday's failure, for good.

              iwlua replay r7k2 --as-test incident_test.lua
            """)

    @Argument(help: "The run: its name, the beginning of it, or `last`.", completion: ShellCompletions.runs)
    var run: String

    @Argument(help: "The script; that of the run if not given.", completion: .file(extensions: ["lua"]))
    var script: String?

    @Option(
        name: .customLong("as-test"),
        help: ArgumentHelp("Write a test for `iwlua test` in place of showing the run.", valueName: "file"))
    var asTest: String?

    @Flag(help: "Let --as-test write over a file that is there.")
    var force = false

    @OptionGroup(title: "Limits") var limits: SandboxOptions
    @OptionGroup(title: "Display") var display: RunDisplayOptions

    func run() async throws {
        let settings = try Settings()
        let terminal = try display.terminal(settings)
        let given = try script.map(ScriptOptions.script)
        let journal = try await settings.journal()
        let recorded = try await RunJournals.recorded(run, in: journal)
        if let asTest {
            let name = try await RunJournals.reporting { () async throws(StoreError) in try await journal.find(run).id }
            return try await write(asTest, of: name, recorded, in: journal, terminal)
        }
        let session = try CloudSession.unreachable(VirtualClock(start: recorded.header.clockStart))
        let conductor = RunConductor(
            session, journal: nil, terminal, try display.format(settings), try display.level(settings))
        let script = given ?? recorded.script
        let report = try await conductor.conduct(script, tidy: nil) {
            do { return try conductor.engine.replay(recorded, script: given, try limits.limits()) } catch {
                throw UsageError(error)
            }
        }
        try Terminal.checkOutput()
        if report.exitCode != 0 { throw ExitCode(report.exitCode) }
    }

    /// Writes the test, which expects what comes of the replies now.
    private func write(
        _ path: String, of name: String, _ recorded: RecordedRun, in journal: Journal, _ terminal: Terminal
    ) async throws {
        guard path.hasSuffix(".lua") else {
            throw UsageError("--as-test \(path): a test is a Lua file, such as incident\(TestFinder.suffix)")
        }
        guard force || !FileManager.default.fileExists(atPath: path) else {
            throw UsageError("\(path) is there already; --force writes over it")
        }
        guard recorded.header.kind == "run" || recorded.header.kind.hasPrefix("schedule ") else {
            throw UsageError("\(name) carried a plan out (\(recorded.header.kind)): only runs of scripts become tests")
        }
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
        let file = try scriptFile(recorded, beside: folder)
        let current = try ScriptOptions.script(at: file.path)
        let report: RunReport
        do {
            report = try await RecordedReplay(recorded.history)
                .run(current, execution: limits.execution, limits: limits.luaLimits()) { await $0.report() }
        } catch { throw UsageError(error) }
        let entries = try await RunJournals.reporting { () async throws(StoreError) in
            try await journal.entries(of: name)
        }
        let test = RegressionTest(
            run: name, entries: entries, script: Self.path(of: file, from: folder), report: report)
        try NewFile.write(test.text, to: path, .inputs)
        if current.source != recorded.script.source || current.modules != recorded.script.modules {
            Terminal.error(
                terminal.say(
                    "\(file.lastPathComponent) is not what ran then: the test expects what comes of it now\n",
                    "\(file.lastPathComponent)이(가) 그때 실행된 것과 다릅니다. 테스트는 지금의 결과를 기대합니다\n"))
        }
        Terminal.error(
            terminal.say(
                "wrote \(path); run it with `iwlua test \(path)`\n", "\(path) 작성. `iwlua test \(path)`로 실행하세요\n"))
    }

    /// The script that the test is about: the one that is named, or the one of the run's name beside the test, or here.
    private func scriptFile(_ recorded: RecordedRun, beside folder: URL) throws -> URL {
        if let script { return URL(fileURLWithPath: script).standardizedFileURL }
        let name = recorded.script.name
        let places = [folder.appendingPathComponent(name), URL(fileURLWithPath: name)]
        guard let found = places.first(where: { FileManager.default.fileExists(atPath: $0.path) }) else {
            throw UsageError("say where \(name) is: iwlua replay \(run) PATH/\(name) --as-test …")
        }
        return found.standardizedFileURL
    }

    /// The path of a file as seen from a folder.
    private static func path(of file: URL, from folder: URL) -> String {
        let (to, from) = (file.standardizedFileURL.pathComponents, folder.standardizedFileURL.pathComponents)
        let shared = zip(to, from).prefix { $0 == $1 }.count
        return (Array(repeating: "..", count: from.count - shared) + to[shared...]).joined(separator: "/")
    }
}
