/// A parsed Lua file: every byte of it, what it means, and what is wrong with it.
///
/// ```swift
/// let tree = LuaTree(parsing: "local x <const> = 1\nx = 2")
/// for problem in tree.problems {
///     let place = tree.source.position(at: problem.range.lowerBound)
///     print("\(place.line):\(place.column): \(problem.message)")   // 2:1: `x` is a constant …
/// }
/// ```
///
/// The parser goes on after a mistake, so a tree with problems still has everything else of the file. Parsing takes time
/// in proportion to the text, and no more than ``maximumDepth`` levels of stack.
public struct LuaTree: Sendable {
    /// How deep expressions and statements may be nested, as in Lua's own compiler.
    public static let maximumDepth = 200

    public let source: LuaSource
    /// All tokens; the last is the end of the file.
    public let tokens: [LuaToken]
    /// What Lua would refuse, in the order of the text, at most one in a line. Empty: Lua takes it.
    public let problems: [LuaProblem]
    public let block: LuaBlock
    /// Which variable each name means.
    public let names: LuaNames

    /// Parses a chunk.
    public init(parsing text: String) {
        self.init(source: LuaSource(text), mode: .chunk)
    }

    /// Parses a chunk.
    public init(parsing source: LuaSource) {
        self.init(source: source, mode: .chunk)
    }

    /// Parses `a, b + 1`: the tree has one statement, a `return` without its word.
    public init(parsingExpressions text: String) {
        self.init(source: LuaSource(text), mode: .expressions)
    }

    enum Mode { case chunk, expressions }

    init(source: LuaSource, mode: Mode) {
        self.source = source
        let lexed = LuaLexer.tokens(source.bytes)
        tokens = lexed.tokens
        var parser = LuaParser(source: source, tokens: lexed.tokens)
        block = mode == .chunk ? parser.parseChunk() : parser.parseExpressions()
        var resolver = LuaResolver(source: source, tokens: lexed.tokens)
        resolver.resolve(block)
        names = resolver.names
        var found = lexed.problems + parser.problems
        // Without a syntax tree that is right, a label may only seem to be missing.
        if found.isEmpty { found = resolver.problems }
        problems = Self.firstOfEachLine(found, source)
    }

    private static func firstOfEachLine(_ problems: [LuaProblem], _ source: LuaSource) -> [LuaProblem] {
        var lines: Set<Int> = []
        let sorted = problems.enumerated().sorted {
            ($0.element.range.lowerBound, $0.offset) < ($1.element.range.lowerBound, $1.offset)
        }
        return sorted.map(\.element).filter { lines.insert(source.line(at: $0.range.lowerBound)).inserted }
    }

    // MARK: - Text

    /// The file as it was read, put together from the tree's tokens and what stands between them.
    public var bytes: [UInt8] {
        tokens.reduce(into: []) { $0 += source.bytes[$1.trivia] + source.bytes[$1.range] }
    }

    /// The bytes of a node, from its first token to its last.
    public func range(_ tokens: Range<Int>) -> Range<Int> {
        guard let first = tokens.first, let last = tokens.last else {
            let at = self.tokens[min(tokens.lowerBound, self.tokens.count - 1)].start
            return at..<at
        }
        return self.tokens[first].start..<self.tokens[last].end
    }

    /// The text of a node.
    public func text(_ tokens: Range<Int>) -> String { source.text(range(tokens)) }

    public func position(ofToken index: Int) -> SourcePosition { source.position(at: tokens[index].start) }

    /// Blanks and comments before a token.
    public func trivia(beforeToken index: Int) -> [LuaTrivia] {
        let range = tokens[index].trivia
        var lexer = LuaLexer(source.bytes, from: range.lowerBound)
        var pieces: [LuaTrivia] = []
        while lexer.offset < range.upperBound, let piece = lexer.nextTrivia() { pieces.append(piece) }
        return pieces
    }
}
