public import Gate
public import IwinvCatalog

/// What went well in a session, as a script that does it again.
public struct ReplTranscript: Sendable {
    /// A text that was evaluated without an error.
    public struct Line: Sendable {
        public var text: String
        /// It gave a value, which became `_`.
        public var isExpression: Bool
        /// What it called.
        public var operations: Set<OperationName>

        public init(text: String, isExpression: Bool, operations: Set<OperationName>) {
            (self.text, self.isExpression, self.operations) = (text, isExpression, operations)
        }
    }

    public var lines: [Line] = []

    public init() {}

    /// The grants that the calls needed.
    public var needs: [Grant] {
        let operations = Set(lines.flatMap(\.operations)).compactMap { Catalog.iwinv[$0] }
        return Set(operations.map { Grant(for: $0) }).sorted { $0.description < $1.description }
    }

    /// A script with its header.
    ///
    /// - Parameter name: the script's name, `web-audit`.
    public func script(name: String) -> String {
        var text = ["-- ==Script==", "-- @name     \(name)", "-- @summary  Saved from a session"]
        if !needs.isEmpty { text.append("-- @needs    " + needs.map(\.description).joined(separator: " ")) }
        text += ["-- ==/Script==", "", "local iwinv = require \"iwinv\"", ""]
        // `_` is what the line before gave, `_1` what the one before that gave; lines that use them go on working.
        let deepest = (1...9).last { depth in lines.contains { $0.text.contains("_\(depth)") } } ?? 0
        let names = (1..<max(2, deepest + 1)).reversed().map { "_\($0)" }
        let kept = (deepest > 0 ? names : []) + ["_"]
        let before = kept.dropFirst().map { $0 + ", " }.joined()
        text += lines.map { line in
            line.isExpression ? kept.joined(separator: ", ") + " = " + before + line.text : line.text
        }
        return text.joined(separator: "\n") + "\n"
    }
}
