import ArgumentParser
import RunStore

extension RunShowText.View: Choice {}

struct RunsShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show what a run did, by resource and by call, and what to do next.")

    @Argument(help: "The run: its id, the beginning of it, or `last`.", completion: ShellCompletions.runs)
    var id: String

    @Option(help: "List only one: what was changed (resource), or what was called (call).")
    var by: RunShowText.View?

    @OptionGroup var display: DisplayOptions

    func run() async throws {
        let settings = try Settings()
        let terminal = try display.terminal(settings)
        let record = try await settings.journal().record(id)
        if try display.format(settings) == .json {
            Terminal.out(json: record.json)
        } else {
            Terminal.out(RunShowText(record: record, view: by, terminal: terminal).text)
        }
        try Terminal.checkOutput()
    }
}
