import Clocks
import IwinvCatalog
public import RunStore

/// What a run did, in a few words.
public struct RunDigest: Sendable, Hashable {
    public var run: String
    public var script: String
    /// Nil while it is under way, or if it was cut.
    public var took: Duration?
    /// How many changes ended how, by ``Outcome``'s words.
    public var outcomes: [String: Int]
    /// The first line of what went wrong, cleaned and cut.
    public var error: String?

    public init(run: String, script: String, took: Duration?, outcomes: [String: Int], error: String?) {
        self.run = run
        self.script = script
        self.took = took
        self.outcomes = outcomes
        self.error = error
    }

    public init(_ record: RunRecord) {
        let error = record.history.ending?.report["error"]
        let place = error?["chunk"]?.stringValue.map {
            $0 + (error?["line"]?.integerValue.map { ":\($0)" } ?? "") + ": "
        }
        let line = error?["message"]?.stringValue?.split(whereSeparator: \.isNewline).first
        let text = line.map { ((place ?? "") + $0).escapedForTerminal() }
        self.init(
            run: record.summary.id, script: record.summary.script,
            took: record.summary.endedAt.map { $0 - record.summary.started },
            outcomes: Dictionary(grouping: record.changes, by: \.outcome).mapValues(\.count),
            error: text.map { $0.count > Self.longest ? $0.prefix(Self.longest) + "…" : $0 })
    }

    private static let longest = 300

    /// Outcomes in the order of ``Outcome``: `2 confirmed, 1 unknown`.
    var counted: String {
        let known = Outcome.allCases.map(\.rawValue)
        let words = known.filter { outcomes[$0] != nil } + outcomes.keys.filter { !known.contains($0) }.sorted()
        return words.map { "\(outcomes[$0] ?? 0) \($0)" }.joined(separator: ", ")
    }
}
