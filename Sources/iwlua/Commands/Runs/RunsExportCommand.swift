import ArgumentParser
import Foundation
import RunStore

struct RunsExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write the journals of runs as JSON lines, one an entry.",
        discussion: """
            Each line has run, seq, at (nanoseconds since 1970), kind, call, body (JSON as text) and hash, with which \
            somebody who has only these lines can check that none was edited. Without an id: all runs, the oldest first.
            """)

    @Argument(help: "Runs: ids, beginnings of them, or `last`.", completion: ShellCompletions.runs)
    var ids: [String] = []

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "Write to this file, which only you can read, instead of standard output.", valueName: "file"))
    var out: String?

    func run() async throws {
        let settings = try Settings()
        let journal = try await settings.journal()
        let runs = try await chosen(journal)
        let sink = try LineSink(path: out == "-" ? nil : out, .inputs)
        for run in runs {
            try await RunJournals.reporting { () async throws(StoreError) in
                try await journal.export(run) { sink.write($0) }
            }
            // A reader that went away (`| head`) wants no more.
            if sink.isBroken { break }
        }
        try sink.finish()
        try Terminal.checkOutput()
    }

    private func chosen(_ journal: Journal) async throws(UsageError) -> [String] {
        let names = ids
        return try await RunJournals.reporting { () async throws(StoreError) in
            guard !names.isEmpty else { return try await journal.runs(limit: .max).map(\.id).reversed() }
            var runs: [String] = []
            for name in names {
                let run = try await journal.find(name).id
                if !runs.contains(run) { runs.append(run) }
            }
            return runs
        }
    }
}
