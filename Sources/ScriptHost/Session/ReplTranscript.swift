public import Gate
public import IwinvCatalog

/// What went well in a session, as a script that does it again.
public struct ReplTranscript: Sendable {
    /// A text that was evaluated without an error.
    public struct Line: Sendable {
        public var text: String
        public var form: Form
        /// What it called.
        public var operations: Set<OperationName>

        public init(text: String, form: Form, operations: Set<OperationName>) {
            (self.text, self.form, self.operations) = (text, form, operations)
        }
    }

    /// How a text stands in a script.
    public enum Form: Sendable, Hashable {
        case statements
        /// It gave a value, which became `_`.
        case expression
        /// It returned a value, which became `_`; what follows it in a script would not be reached.
        case returning
        /// The same without a value.
        case leaving
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
        let keeping = kept.joined(separator: ", ") + " = " + before
        text += lines.map { line in
            switch line.form {
            case .expression: keeping + line.text
            case .returning: keeping + "(function()\n\(line.text)\nend)()"
            case .leaving: ";(function()\n\(line.text)\nend)()"
            // What begins with a bracket would be a call of what the line before ends with.
            case .statements: line.text.hasPrefix("(") ? ";" + line.text : line.text
            }
        }
        return text.joined(separator: "\n") + "\n"
    }
}
