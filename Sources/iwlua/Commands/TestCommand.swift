import ArgumentParser
import Foundation
import ScriptHost
import ScriptTools

struct TestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Run the tests of scripts, each against a simulated cloud of its own.",
        discussion: """
            A test is a Lua file whose name ends in _test.lua; folders are searched. It runs in the same sandbox as a script \
            and says what the cloud holds, runs the script, and looks at what came of it:

              it("renames what it was told to", function()
                  cloud.add { servers = { { name = "web-%02d", count = 3 } } }
                  local run = script.run("bulk-rename.lua", {
                      params = { from = "web-", to = "www-" }, allow = "instances:edit",
                  })
                  expect(run.ended):equals("done")
                  expect(cloud.instances()[1].name):equals("www-01")
              end)

            Time is virtual and begins on a Sunday at 04:00 in Seoul: a test that sleeps an hour ends at once. `iwlua new NAME` \
            writes a script and its test. Besides what scripts have, tests have:

              describe(name, fn)   it(name, fn)   before_each(fn)   after_each(fn)
              expect(v):equals(x), :is_true(), :is_false(), :is_nil(),
                  :is_above(n), :is_below(n), :has_length(n), :contains(part),
                  :matches(pattern), :raises(text); expect(v).never:equals(x), …
              script.run(file, { params, allow, max_changes, time, protect, … })
                  → { ended, exit_code, limit, error, result, changes,
                      output, log }
              script.replay(recording, file) → the same, and `diverged`;
                  `iwlua replay --as-test` writes recordings
              cloud.add { servers, volumes, firewalls, bills, … }
                  as in a file for --simulate=FILE; cloud.demo()
              cloud.fault { "instances.reboot: 5% lost-reply" }, cloud.no_faults(),
                  cloud.profile("live"), cloud.set_status(server, "error")
              cloud.advance("5m")
              cloud.instances(), cloud.world()
                  what the cloud holds, without asking it
              cloud.calls([operation])
                  what the scripts have sent: { operation, arguments, status, … }

            Exit codes: 0 all passed, 1 some failed, 2 there is no test.
            """)

    @Argument(help: "Test files, or folders to search.")
    var paths: [String] = ["."]

    @Option(help: ArgumentHelp("Only tests whose names contain this text.", valueName: "text"))
    var filter: String?

    @Option(help: "Draws identifiers, random numbers and faults.")
    var seed: UInt64 = 1

    @Option(help: ArgumentHelp("How many tests run at the same time (default: the number of cores).", valueName: "n"))
    var jobs: Int?

    @Option(help: ArgumentHelp("The longest that one test may take in real time.", valueName: "duration"))
    var timeout = "60s"

    @Option(help: ArgumentHelp("Also write the results to a JUnit XML file.", valueName: "file"))
    var junit: String?

    @OptionGroup(title: "Limits") var limits: SandboxOptions
    @OptionGroup(title: "Display") var display: DisplayOptions

    func validate() throws {
        if let jobs, jobs < 1 { throw ValidationError("--jobs takes a number from 1") }
    }

    func run() async throws {
        let settings = try Settings()
        let format = try display.format(settings)
        let text = TestText(terminal: try display.terminal(settings))
        let files: [String]
        do { files = try TestFinder.files(at: paths) } catch { throw UsageError("\(error)") }
        guard !files.isEmpty else {
            throw UsageError(
                "there is no test in \(paths.joined(separator: ", ")): tests are files whose names end in "
                    + "\(TestFinder.suffix); `iwlua new NAME` writes a script and its test")
        }
        var runner = TestRunner()
        runner.filter = filter
        runner.seed = seed
        if let jobs { runner.jobs = jobs }
        guard let time = try LimitOptions.duration(timeout, "--timeout"), time > .zero else {
            throw UsageError("--timeout \(timeout): write it like 60s")
        }
        runner.timeout = time
        runner.execution = limits.execution
        runner.limits = try limits.luaLimits()
        let report = await runner.run(files) { file in
            if format == .text { Terminal.out(text.text(of: file)) }
        }
        if let junit {
            let sink = try LineSink(path: junit == "-" ? nil : junit, .report)
            // The sink ends the last line.
            sink.write(String(report.junit.dropLast()))
            try sink.finish()
        }
        guard report.total + report.broken > 0 else {
            throw UsageError("no test has a name that contains `\(filter ?? "")`")
        }
        if format == .json { Terminal.out(json: report.json) } else { Terminal.out(text.summary(of: report)) }
        try Terminal.checkOutput()
        if !report.hasPassed { throw ExitCode(1) }
    }
}
