/// What a person has typed so far at a prompt.
///
/// ```swift
/// LuaInput("for i = 1, 3 do").completeness    // .incomplete
/// LuaInput("1 + 1").isExpression              // true: print it
/// LuaInput("x = = 2").completeness            // .invalid
/// ```
public struct LuaInput: Sendable {
    public enum Completeness: Sendable, Hashable {
        case complete
        /// More lines are needed: a block, bracket, long string or comment is open, or an operator waits for its operand.
        case incomplete
        /// No further line can mend it.
        case invalid(LuaProblem)

        public var isIncomplete: Bool { self == .incomplete }
    }

    public let completeness: Completeness
    /// It is one expression or several with commas between, and has a value without `return`. A call is one too.
    public let isExpression: Bool
    /// The tree of what it is; of the chunk if it is neither complete nor an expression.
    public let tree: LuaTree

    /// Whether `isExpression`, what has to be run to have the values; else the text itself.
    public var chunk: String {
        let text = tree.source.text(0..<tree.source.bytes.count)
        // The line numbers stay as they are.
        return isExpression ? "return " + text : text
    }

    public init(_ text: String) { self.init(LuaSource(text)) }

    init(_ source: LuaSource) {
        let chunk = LuaTree(source: source, mode: .chunk)
        // An empty line, or comments: a chunk that does nothing.
        if chunk.tokens.count == 1, chunk.problems.isEmpty {
            (completeness, isExpression, tree) = (.complete, false, chunk)
            return
        }
        let values = LuaTree(source: source, mode: .expressions)
        isExpression = values.problems.isEmpty
        tree = isExpression ? values : chunk
        guard let refused = chunk.problems.first, let unread = values.problems.first else {
            completeness = .complete
            return
        }
        if refused.isAtEnd || unread.isAtEnd {
            completeness = .incomplete
        } else {
            // What got further is what was meant.
            completeness = .invalid(unread.range.lowerBound > refused.range.lowerBound ? unread : refused)
        }
    }
}
