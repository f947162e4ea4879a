/// Reads statements and expressions by recursive descent, as Lua's own parser does, and goes on after a mistake.
struct LuaParser {
    let source: LuaSource
    let tokens: [LuaToken]
    private(set) var problems: [LuaProblem] = []
    private(set) var index = 0
    private var depth = 0
    /// A mistake was found, and what follows may only seem wrong until the reading is in step again.
    private var isLost = false

    init(source: LuaSource, tokens: [LuaToken]) {
        self.source = source
        self.tokens = tokens
    }

    mutating func parseChunk() -> LuaBlock {
        var statements: [LuaStatement] = []
        while true {
            statements += block(closing: nil).statements
            guard kind != .endOfFile else { break }
            // `end` without a beginning, or something after `return`.
            let start = index
            unexpected(isBlockEnd ? "there is nothing for `\(kind.rawValue)` to close" : "nothing may follow `return`")
            advance()
            statements.append(LuaStatement(tokens: start..<index, kind: .invalid(parts: [])))
        }
        return LuaBlock(tokens: 0..<tokens.count - 1, statements: statements)
    }

    mutating func parseExpressions() -> LuaBlock {
        let values = expressionList()
        if kind != .endOfFile { unexpected() }
        let all = 0..<tokens.count - 1
        return LuaBlock(tokens: all, statements: [LuaStatement(tokens: all, kind: .return(values))])
    }

    // MARK: - Tokens

    var kind: LuaTokenKind { tokens[index].kind }
    var nextKind: LuaTokenKind { tokens[min(index + 1, tokens.count - 1)].kind }
    var isBlockEnd: Bool {
        switch kind {
        case .endOfFile, .end, .else, .elseif, .until: true
        default: false
        }
    }

    mutating func advance() {
        if index < tokens.count - 1 { index += 1 }
    }

    /// Takes the token if it is of a kind.
    mutating func take(_ wanted: LuaTokenKind) -> Bool {
        guard kind == wanted else { return false }
        advance()
        return true
    }

    /// Takes the token, or reports that it is missing and goes on as if it stood there.
    mutating func expect(_ wanted: LuaTokenKind, toClose opening: Int? = nil) {
        if take(wanted) { return }
        var message = "`\(wanted.rawValue)` is missing"
        if let opening {
            let word = source.text(tokens[opening].range)
            let line = source.line(at: tokens[opening].start)
            message += " for the `\(word)`" + (line == source.line(at: tokens[index].start) ? "" : " in line \(line)")
        }
        unexpected(message)
    }

    mutating func expectName() -> LuaName {
        let name = LuaName(text: kind == .name ? source.text(tokens[index].range) : "", token: index)
        if kind == .name {
            advance()
        } else if kind.isKeyword {
            unexpected("`\(kind.rawValue)` is a word of the language and cannot be a name")
        } else {
            unexpected("a name is missing")
        }
        return name
    }

    // MARK: - Mistakes

    mutating func unexpected(_ reason: String? = nil, at token: Int? = nil) {
        let token = token ?? index
        let found = tokens[token]
        defer { isLost = true }
        // What the lexer refused it has reported.
        guard !isLost, found.kind != .invalid else { return }
        let text =
            found.kind == .endOfFile ? "the end of the text" : "`\(LuaProblem.visible(source.bytes[found.range]))`"
        let message = reason.map { "\($0), before \(text)" } ?? "\(text) cannot stand here"
        problems.append(
            LuaProblem(code: .unexpected, range: found.range, message: message, isAtEnd: found.kind == .endOfFile))
    }

    mutating func report(_ code: LuaProblem.Code, token: Int, _ message: String) {
        if !isLost { problems.append(LuaProblem(code: code, range: tokens[token].range, message: message)) }
        isLost = true
    }

    /// Goes on to where a statement probably begins; what is passed over is a statement that means nothing.
    private mutating func synchronise(_ statements: inout [LuaStatement]) {
        guard isLost else { return }
        isLost = false
        let start = index
        while !isBlockEnd, !startsStatement { advance() }
        if index > start { statements.append(LuaStatement(tokens: start..<index, kind: .invalid(parts: []))) }
    }

    private var startsStatement: Bool {
        switch kind {
        case .local, .if, .for, .while, .function, .return, .repeat, .goto, .break, .doubleColon, .semicolon:
            return true
        case .name, .do, .leftParenthesis:
            return index == 0
                || source.line(at: tokens[index].start) > source.line(at: tokens[index - 1].start)
        default: return false
        }
    }

    // MARK: - Blocks

    /// Runs one level deeper. Too deep a file is given up: what it would take to go on is the stack it must not have.
    mutating func deeper<Result>(_ body: (inout LuaParser) -> Result) -> Result? {
        guard depth < LuaTree.maximumDepth - 4 else {
            report(.depth, token: index, "this is nested too deep; Lua takes \(LuaTree.maximumDepth) levels")
            index = tokens.count - 1
            return nil
        }
        depth += 1
        defer { depth -= 1 }
        return body(&self)
    }

    /// Statements up to a word that ends a block.
    mutating func block(closing opening: Int?) -> LuaBlock {
        let start = index
        var statements: [LuaStatement] = []
        synchronise(&statements)
        while !isBlockEnd {
            let isReturn = kind == .return
            let before = index
            let statement = deeper { $0.statement() }
            if let statement { statements.append(statement) }
            if index == before {
                unexpected()
                advance()
                statements.append(LuaStatement(tokens: before..<index, kind: .invalid(parts: [])))
            }
            synchronise(&statements)
            if isReturn {
                if isBlockEnd { break }
                unexpected("nothing may follow `return`")
                isLost = false
            }
        }
        return LuaBlock(tokens: start..<index, statements: statements)
    }
}
