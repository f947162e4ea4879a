import ArgumentParser
import Clocks
import IwinvCatalog
import RunStore

struct RunsPruneCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune", abstract: "Take old runs out of the journal.",
        discussion: """
            Without --keep and --keep-count the setting `retention` holds (IWLUA_RETENTION, 400 days), which is also applied \
            after each run. Runs under way stay, and so do runs that were cut with a change on its way. The hash of each run \
            that goes stays, so that `iwlua runs verify` can tell taken away from missing.
            """)

    @Option(help: ArgumentHelp("Keep runs that began within this time, such as 90d.", valueName: "duration"))
    var keep: String?

    @Option(help: ArgumentHelp("Keep so many of the newest.", valueName: "n"))
    var keepCount: Int?

    @Flag(help: "Only list what would go.")
    var dryRun = false

    @OptionGroup var display: DisplayOptions

    func validate() throws {
        if let keepCount, keepCount < 0 { throw ValidationError("--keep-count takes a number from 0") }
    }

    func run() async throws {
        let settings = try Settings()
        let terminal = try display.terminal(settings)
        let retention = try retention(settings)
        let (isDry, now) = (dryRun, SystemClock().now)
        let journal = try await settings.journal()
        let gone = try await RunJournals.reporting { () async throws(StoreError) in
            isDry ? try await journal.prunable(retention, at: now) : try await journal.prune(retention, at: now)
        }
        if try display.format(settings) == .json {
            Terminal.out(json: ["runs": .array(gone.map(JSONValue.string)), "dry_run": .boolean(isDry)])
        } else if isDry {
            Terminal.out(gone.map { "\($0)\n" }.joined())
            Terminal.error(terminal.say("\(gone.count) runs would go\n", "실행 기록 \(gone.count)건이 삭제됩니다\n"))
        } else {
            Terminal.error(terminal.say("\(gone.count) runs taken away\n", "실행 기록 \(gone.count)건을 삭제했습니다\n"))
        }
        try Terminal.checkOutput()
    }

    private func retention(_ settings: Settings) throws(UsageError) -> Retention {
        guard keep != nil || keepCount != nil else { return try settings.retention() }
        var retention = Retention(count: keepCount)
        if let keep {
            guard let age = Duration(parsing: keep), age >= .zero else {
                throw UsageError("--keep \(keep): write it like 90d or 12h")
            }
            retention.age = age
        }
        return retention
    }
}
