import ArgumentParser
import Foundation
import RunStore

struct RunsListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List runs, the newest first.",
        discussion: "`unknown` counts changes of which nobody knows what became of them: `iwlua runs show ID` has them."
    )

    @Option(help: ArgumentHelp("List so many at most.", valueName: "n"))
    var limit = 50

    @Option(help: ArgumentHelp("Only runs of this kind: run, apply, undo.", valueName: "kind"))
    var kind: String?

    @Option(help: ArgumentHelp("Only runs of this script.", valueName: "name"))
    var script: String?

    @Flag(help: "Only runs that have not ended: those under way, and those that were cut.")
    var open = false

    @OptionGroup var display: DisplayOptions

    func validate() throws {
        guard limit > 0 else { throw ValidationError("--limit takes a number from 1") }
    }

    func run() async throws {
        let settings = try Settings()
        let terminal = try display.terminal(settings)
        let filter = RunFilter(
            kind: kind, script: script.map { URL(fileURLWithPath: $0).lastPathComponent }, isOpen: open)
        let limit = limit
        let journal = try await settings.journal()
        let runs = try await RunJournals.reporting { () async throws(StoreError) in
            try await journal.runs(filter, limit: limit)
        }
        let list = RunListText(runs: runs, terminal: terminal)
        if try display.format(settings) == .json {
            Terminal.out(json: list.json)
        } else if runs.isEmpty {
            Terminal.error(
                filter == RunFilter()
                    ? terminal.say(
                        "no runs (those with --simulate are not kept: their cloud ends with them)\n",
                        "실행 기록이 없습니다(--simulate 실행은 클라우드와 함께 사라지므로 남지 않습니다)\n")
                    : terminal.say("no runs\n", "실행 기록이 없습니다\n"))
        } else {
            Terminal.out(list.text)
        }
        try Terminal.checkOutput()
    }
}
