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
    /// Errors of the journal as a person's: a run that is not there, a file that cannot be read.
    func reading<Value>(_ work: (Journal) async throws(StoreError) -> Value) async throws(UsageError) -> Value {
        do { return try await work(self) } catch { throw UsageError("\(error)", isAboutStore: true) }
    }

    /// A run by its id, the beginning of it, or `last`.
    func record(_ name: String) async throws(UsageError) -> RunRecord {
        try await reading { (journal) throws(StoreError) in
            let summary = try await journal.find(name)
            return RunRecord(summary, entries: try await journal.entries(of: summary.id))
        }
    }
}
