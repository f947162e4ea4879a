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
        // `_` is what the line before gave; lines that use it go on working.
        text += lines.map { $0.isExpression ? "_ = " + $0.text : $0.text }
        return text.joined(separator: "\n") + "\n"
    }
}
