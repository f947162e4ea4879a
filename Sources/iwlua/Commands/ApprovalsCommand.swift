import ArgumentParser
import Clocks
import IwinvCatalog
import RunStore

struct ApprovalsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "approvals", abstract: "List approvals, or take one back.",
        discussion: """
            An approval lets a script make changes without a question, also without a terminal, as long as nothing of what \
            it names has changed: `iwlua approve` makes one.
            """,
        subcommands: [List.self, Remove.self], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "List the approvals that hold.")
        @OptionGroup var display: DisplayOptions

        func run() async throws {
            let settings = try Settings()
            let terminal = try display.terminal(settings)
            let journal = try await settings.journal()
            let approvals = try await RunJournals.reporting { () async throws(StoreError) in
                try await journal.approvals()
            }
            let text = ApprovalText(approvals: approvals, terminal: terminal)
            if try display.format(settings) == .json {
                Terminal.out(json: text.json)
            } else if approvals.isEmpty {
                Terminal.error(terminal.say("no approvals\n", "승인이 없습니다\n"))
            } else {
                Terminal.out(text.table)
            }
            try Terminal.checkOutput()
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "remove", abstract: "Take an approval back.")
        @Argument(help: "Its id, or the beginning of it.") var id: String
        @OptionGroup var display: DisplayOptions

        func run() async throws {
            let settings = try Settings()
            let terminal = try display.terminal(settings)
            let journal = try await settings.journal()
            let approvals = try await RunJournals.reporting { () async throws(StoreError) in
                try await journal.approvals()
            }
            let exact = approvals.filter { $0.id == id }
            let found = exact.isEmpty ? approvals.filter { !id.isEmpty && $0.id.hasPrefix(id) } : exact
            guard let approval = found.first else {
                throw UsageError("no approval \(id): `iwlua approvals` lists them")
            }
            guard found.count == 1 else {
                throw UsageError(
                    "several approvals begin with that: \(found.prefix(3).map(\.id).joined(separator: ", "))")
            }
            let now = SystemClock().now
            try await RunJournals.reporting { () async throws(StoreError) in
                try await journal.forget(approval.id, at: now)
            }
            Terminal.error(terminal.say("\(approval.id) was taken back\n", "\(approval.id) 승인을 취소했습니다\n"))
        }
    }
}
