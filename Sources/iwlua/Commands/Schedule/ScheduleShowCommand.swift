import ArgumentParser
import Clocks
import RunStore
import Scheduler

struct ScheduleShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show a schedule: its next five instants, and what became of the last ones.")

    @Argument(help: "The schedule.")
    var name: String

    @Option(help: ArgumentHelp("Show so many of the last instants.", valueName: "n"))
    var last = 10

    @OptionGroup var display: DisplayOptions

    func validate() throws {
        guard last >= 0 else { throw ValidationError("--last takes a number from 0") }
    }

    func run() async throws {
        let settings = try Settings()
        let terminal = try display.terminal(settings)
        let ledger = try await settings.schedules()
        let (name, last) = (name, last)
        let (record, occurrences) = try await RunJournals.reporting { () async throws(StoreError) in
            let record = try await ledger.schedule(name)
            return (record, try await ledger.occurrences(of: record.id, limit: last))
        }
        let text = ScheduleText(zones: ZoneCatalog(), now: SystemClock().now, terminal: terminal)
        if try display.format(settings) == .json {
            Terminal.out(json: text.json(record, occurrences: occurrences))
        } else {
            Terminal.out(text.shown(record, occurrences: occurrences))
        }
        try Terminal.checkOutput()
    }
}
