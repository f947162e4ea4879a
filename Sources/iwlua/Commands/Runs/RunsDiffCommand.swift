import ArgumentParser
import IwinvCatalog
import RunStore
import ScriptHost

struct RunsDiffCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "Show what two runs of a script did differently.",
        discussion: """
            Compares script and modules, parameters, grants, limits and state, and then the changes: those that only one \
            run made, and those that differ in values or outcome. Random seeds are left out.
            """)

    @Argument(help: "One run.", completion: ShellCompletions.runs) var a: String
    @Argument(help: "The other.", completion: ShellCompletions.runs) var b: String

    @OptionGroup var display: DisplayOptions

    func run() async throws {
        let settings = try Settings()
        let terminal = try display.terminal(settings)
        let journal = try await settings.journal()
        let (first, second) = (try await journal.record(a), try await journal.record(b))
        let text = RunDiffText(first, second, texts: try await texts(first, second, journal), terminal: terminal)
        if try display.format(settings) == .json {
            Terminal.out(json: text.json)
        } else {
            Terminal.out(text.text)
        }
        try Terminal.checkOutput()
    }

    /// The script and the modules whose text is not the same.
    private func texts(
        _ a: RunRecord, _ b: RunRecord, _ journal: Journal
    ) async throws -> [RunDiffText.ChangedText] {
        guard let first = a.history.header, let second = b.history.header else { return [] }
        var changed: [RunDiffText.ChangedText] = []
        if first.text != second.text {
            changed.append(try await text(first.script, second.script, first.text, second.text, journal))
        }
        for name in Set(first.modules.keys).union(second.modules.keys).sorted()
        where first.modules[name] != second.modules[name] {
            changed.append(
                try await text("\(name).lua", "\(name).lua", first.modules[name], second.modules[name], journal))
        }
        return changed
    }

    /// - Parameter hashOfA: Nil for a module that this run did not have.
    private func text(
        _ a: String, _ b: String, _ hashOfA: String?, _ hashOfB: String?, _ journal: Journal
    ) async throws -> RunDiffText.ChangedText {
        let kept = try await RunJournals.reporting { () async throws(StoreError) in
            (
                hashOfA == nil ? "" : try await journal.text(hashOfA ?? ""),
                hashOfB == nil ? "" : try await journal.text(hashOfB ?? "")
            )
        }
        guard let first = kept.0, let second = kept.1 else { return RunDiffText.ChangedText(name: b) }
        return RunDiffText.ChangedText(
            name: b, diff: UnifiedDiff(first, second, nameOfA: "A/\(a)", nameOfB: "B/\(b)"))
    }
}
