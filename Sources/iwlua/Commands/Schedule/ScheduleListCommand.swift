import ArgumentParser
import Clocks
import IwinvCatalog
import RunStore
import Scheduler

struct ScheduleListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List schedules, by name.")

    @Flag(help: "Only those that are paused.")
    var paused = false

    @OptionGroup var display: DisplayOptions

    func run() async throws {
        let settings = try Settings()
        let terminal = try display.terminal(settings)
        let ledger = try await settings.schedules()
        let records = try await RunJournals.reporting { () async throws(StoreError) in try await ledger.schedules() }
            .filter { !paused || $0.state != .active }
        let text = ScheduleText(zones: ZoneCatalog(), now: SystemClock().now, terminal: terminal)
        if try display.format(settings) == .json {
            Terminal.out(json: .array(records.map(text.json)))
        } else if records.isEmpty {
            Terminal.error(terminal.say("no schedules\n", "예약이 없습니다\n"))
        } else {
            Terminal.out(text.table(records))
            if records.contains(where: { $0.state == .active }) {
                try await ledger.warnIfUnserved(at: text.now, terminal)
            }
        }
        try Terminal.checkOutput()
    }
}
