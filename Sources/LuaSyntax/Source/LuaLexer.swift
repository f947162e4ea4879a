/// Cuts bytes into tokens, as Lua 5.4's own lexer does.
struct LuaLexer {
    let bytes: [UInt8]
    private(set) var offset: Int
    private(set) var problems: [LuaProblem] = []

    init(_ bytes: [UInt8], from offset: Int = 0) {
        self.bytes = bytes
        self.offset = offset
    }

    /// All tokens of a file; the last is the end of the file.
    static func tokens(_ bytes: [UInt8]) -> (tokens: [LuaToken], problems: [LuaProblem]) {
        var lexer = LuaLexer(bytes)
        var tokens: [LuaToken] = []
        tokens.reserveCapacity(bytes.count / 4)
        repeat { tokens.append(lexer.next()) } while tokens.last?.kind != .endOfFile
        return (tokens, lexer.problems)
    }

    mutating func next() -> LuaToken {
        let triviaStart = offset
        while let trivia = nextTrivia() {
            if trivia.kind == .longComment, !isClosed(trivia) {
                report(.unfinished, trivia.range, "the comment is not closed", ends: true)
            }
        }
        let start = offset
        let kind = readToken()
        return LuaToken(kind: kind, triviaStart: triviaStart, start: start, end: offset)
    }

    // MARK: - Between tokens

    /// The next piece of blanks or comment, if there is one.
    mutating func nextTrivia() -> LuaTrivia? {
        let start = offset
        if start == 0, peek() == UInt8(ascii: "#"), peek(1) == UInt8(ascii: "!") {
            skipLine()
            return LuaTrivia(kind: .interpreterLine, range: start..<offset)
        }
        while let byte = peek(), byte.isBlank { offset += 1 }
        if offset > start { return LuaTrivia(kind: .blank, range: start..<offset) }
        guard peek() == UInt8(ascii: "-"), peek(1) == UInt8(ascii: "-") else { return nil }
        offset += 2
        if let level = longBracketLevel() {
            offset += level + 2
            skipLongBracket(level)
            return LuaTrivia(kind: .longComment, range: start..<offset)
        }
        skipLine()
        return LuaTrivia(kind: .lineComment, range: start..<offset)
    }

    private mutating func skipLine() {
        while let byte = peek(), !byte.isLineBreak { offset += 1 }
    }

    private func isClosed(_ comment: LuaTrivia) -> Bool {
        let opening = bytes[(comment.range.lowerBound + 3)...]
        let level = opening.prefix { $0 == UInt8(ascii: "=") }.count
        let closing = [UInt8(ascii: "]")] + [UInt8](repeating: UInt8(ascii: "="), count: level) + [UInt8(ascii: "]")]
        return comment.range.count >= 2 * (level + 2) + 2
            && bytes[comment.range].suffix(level + 2).elementsEqual(closing)
    }

    // MARK: - Tokens

    private mutating func readToken() -> LuaTokenKind {
        guard let byte = peek() else { return .endOfFile }
        if byte.isNameStart { return readName() }
        if byte.isDigit { return readNumber() }
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "'"): return readString()
        case UInt8(ascii: "["):
            if let level = longBracketLevel() { return readLongString(level) }
            if peek(1) == UInt8(ascii: "=") {
                let start = offset
                offset += 1
                while peek() == UInt8(ascii: "=") { offset += 1 }
                report(.string, start..<offset, "a long string begins with `[`, equals signs and another `[`")
                return .string
            }
            return take(.leftBracket)
        case UInt8(ascii: "."):
            if peek(1)?.isDigit == true { return readNumber() }
            guard peek(1) == byte else { return take(.dot) }
            return peek(2) == byte ? take(.ellipsis) : take(.concat)
        case UInt8(ascii: "="): return peek(1) == byte ? take(.equal) : take(.assign)
        case UInt8(ascii: "<"):
            return peek(1) == UInt8(ascii: "=") ? take(.lessOrEqual) : peek(1) == byte ? take(.shiftLeft) : take(.less)
        case UInt8(ascii: ">"):
            return peek(1) == UInt8(ascii: "=")
                ? take(.greaterOrEqual) : peek(1) == byte ? take(.shiftRight) : take(.greater)
        case UInt8(ascii: "/"): return peek(1) == byte ? take(.floorDivision) : take(.slash)
        case UInt8(ascii: "~"): return peek(1) == UInt8(ascii: "=") ? take(.notEqual) : take(.tilde)
        case UInt8(ascii: ":"): return peek(1) == byte ? take(.doubleColon) : take(.colon)
        case UInt8(ascii: "+"): return take(.plus)
        case UInt8(ascii: "-"): return take(.minus)
        case UInt8(ascii: "*"): return take(.star)
        case UInt8(ascii: "%"): return take(.percent)
        case UInt8(ascii: "^"): return take(.caret)
        case UInt8(ascii: "#"): return take(.hash)
        case UInt8(ascii: "&"): return take(.ampersand)
        case UInt8(ascii: "|"): return take(.pipe)
        case UInt8(ascii: "("): return take(.leftParenthesis)
        case UInt8(ascii: ")"): return take(.rightParenthesis)
        case UInt8(ascii: "{"): return take(.leftBrace)
        case UInt8(ascii: "}"): return take(.rightBrace)
        case UInt8(ascii: "]"): return take(.rightBracket)
        case UInt8(ascii: ";"): return take(.semicolon)
        case UInt8(ascii: ","): return take(.comma)
        default: return readInvalid()
        }
    }

    private mutating func take(_ kind: LuaTokenKind) -> LuaTokenKind {
        offset += kind.rawValue.utf8.count
        return kind
    }

    private mutating func readName() -> LuaTokenKind {
        let start = offset
        while let byte = peek(), byte.isNamePart { offset += 1 }
        guard offset - start <= 8 else { return .name }
        return LuaTokenKind.keywordsByText[String(decoding: bytes[start..<offset], as: UTF8.self)] ?? .name
    }

    /// Everything that could belong to a number, even if it makes it none: `3x` is one wrong number, not `3` and `x`.
    private mutating func readNumber() -> LuaTokenKind {
        let start = offset
        let isHex = peek() == UInt8(ascii: "0") && (peek(1) == UInt8(ascii: "x") || peek(1) == UInt8(ascii: "X"))
        let exponent: [UInt8] = isHex ? [0x50, 0x70] : [0x45, 0x65]
        offset += isHex ? 2 : 1
        while let byte = peek() {
            if exponent.contains(byte) {
                offset += 1
                if let sign = peek(), sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { offset += 1 }
            } else if byte.isHexDigit || byte == UInt8(ascii: ".") {
                offset += 1
            } else {
                break
            }
        }
        if let byte = peek(), byte.isNameStart { offset += 1 }
        if LuaNumber(bytes[start..<offset]) == nil {
            report(.number, start..<offset, "`\(visible(start..<offset))` is not a number")
        }
        return .number
    }

    private mutating func readString() -> LuaTokenKind {
        let start = offset
        let scan = LuaStringScan(bytes, from: start + 1, quote: bytes[start])
        offset = scan.end
        if let fault = scan.fault {
            report(.string, fault.range, fault.message)
        }
        switch scan.state {
        case .closed: break
        case .cut: report(.string, start..<offset, "the string is not closed in its line")
        case .open: report(.unfinished, start..<offset, "the string is not closed", ends: true)
        }
        return .string
    }

    private mutating func readLongString(_ level: Int) -> LuaTokenKind {
        let start = offset
        offset += level + 2
        if !skipLongBracket(level) { report(.unfinished, start..<offset, "the long string is not closed", ends: true) }
        return .string
    }

    private mutating func readInvalid() -> LuaTokenKind {
        let start = offset
        offset += 1
        // The rest of the character: half of one is of no use in a message.
        while let byte = peek(), byte & 0xC0 == 0x80 { offset += 1 }
        let text = visible(start..<offset)
        let hint =
            switch text {
            case "!": peek() == UInt8(ascii: "=") ? "; unequal is `~=` in Lua" : "; use `not`"
            case "\u{FEFF}": "; save the file without a byte order mark"
            case "“", "”", "‘", "’": "; strings stand in \" or '"
            default: ""
            }
        if text == "!", peek() == UInt8(ascii: "=") { offset += 1 }
        report(.symbol, start..<offset, "`\(visible(start..<offset))` means nothing in Lua\(hint)")
        return .invalid
    }

    // MARK: - Long brackets

    /// The number of `=` in the `[==[` that stands here; nil if none does.
    private func longBracketLevel() -> Int? {
        guard peek() == UInt8(ascii: "[") else { return nil }
        var level = 0
        while peek(1 + level) == UInt8(ascii: "=") { level += 1 }
        return peek(1 + level) == UInt8(ascii: "[") ? level : nil
    }

    /// Goes behind the closing `]==]`, or to the end of the file; says whether there was one.
    @discardableResult
    private mutating func skipLongBracket(_ level: Int) -> Bool {
        let end = Self.endOfLongBracket(bytes, level: level, from: offset)
        offset = end ?? bytes.count
        return end != nil
    }

    static func endOfLongBracket(_ bytes: [UInt8], level: Int, from start: Int) -> Int? {
        var index = start
        while index < bytes.count {
            guard bytes[index] == UInt8(ascii: "]") else {
                index += 1
                continue
            }
            var equals = 0
            while index + 1 + equals < bytes.count, bytes[index + 1 + equals] == UInt8(ascii: "=") { equals += 1 }
            let close = index + 1 + equals
            if equals == level, close < bytes.count, bytes[close] == UInt8(ascii: "]") { return close + 1 }
            index = close
        }
        return nil
    }

    // MARK: - Bytes

    private func peek(_ ahead: Int = 0) -> UInt8? {
        let index = offset + ahead
        return index < bytes.count ? bytes[index] : nil
    }

    private func visible(_ range: Range<Int>) -> String { LuaProblem.visible(bytes[range]) }

    private mutating func report(_ code: LuaProblem.Code, _ range: Range<Int>, _ message: String, ends: Bool = false) {
        problems.append(LuaProblem(code: code, range: range, message: message, isAtEnd: ends))
    }
}
