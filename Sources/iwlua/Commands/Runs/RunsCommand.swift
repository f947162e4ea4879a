import ArgumentParser
import RunStore

struct RunsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runs",
        abstract: "Look at what runs did: list, show, compare, export, check, prune.",
        discussion: """
            Every run of this machine keeps a journal: what the script asked, what was changed, what the cloud said. A run \
            is named by its id, by the beginning of one, or by `last`.

              iwlua runs
              iwlua runs show last
              iwlua runs diff r7k2 last
              iwlua runs verify
            """,
        subcommands: [
            RunsListCommand.self, RunsShowCommand.self, RunsDiffCommand.self, RunsExportCommand.self,
            RunsVerifyCommand.self, RunsPruneCommand.self,
        ],
        defaultSubcommand: RunsListCommand.self)
}

extension Journal {
    /// A run by its id, the beginning of it, or `last`.
    func record(_ name: String) async throws(UsageError) -> RunRecord {
        try await RunJournals.reporting { () async throws(StoreError) in
            let summary = try await find(name)
            return RunRecord(summary, entries: try await entries(of: summary.id))
        }
    }
}
