import IwinvCatalog

/// Why a text is no ``FaultRule``.
public struct FaultRuleProblem: Error, Sendable, Hashable, CustomStringConvertible {
    /// A sentence without a full stop; quotes the part that cannot be read.
    public var message: String

    init(_ message: String) {
        self.message = message
    }

    init(_ message: String, nearest word: String, among words: [String]) {
        let nearest = word.isEmpty ? nil : Suggestion.nearest(to: word, among: words)
        self.message =
            message
            + (nearest.map { "; did you mean `\($0)`?" } ?? (words.count > 30 ? "" : "; there are " + Self.list(words)))
    }

    public var description: String { message }

    private static func list(_ words: [String]) -> String {
        words.map { "`\($0)`" }.joined(separator: ", ")
    }
}
