internal import Glibc

/// Answers after each line of a growing text whether more lines are needed, without reading the whole of it each time.
///
/// ```swift
/// var tracker = LuaInputTracker()
/// for line in lines {
///     guard tracker.append(line).isIncomplete else { break }
/// }
/// ```
///
/// A line costs what it is long: an open block, bracket or string is known from its words. The text is parsed when nothing
/// is open, and where it might be wrong although something is: always while it is short (``shortText`` bytes), then each
/// time that it has doubled. So a mistake inside a long pasted function may be reported some lines later, never lost.
public struct LuaInputTracker: Sendable {
    /// Up to this many bytes a mistake is reported with its own line.
    public static let shortText = 2048

    /// The lines so far.
    public private(set) var bytes: [UInt8] = []
    private var mode = Mode.code
    /// What has to be closed.
    private var open: [LuaTokenKind] = []
    private var last: LuaTokenKind?
    private var scanned = 0
    private var parsedAt = 0
    /// The last line has no line break yet.
    private var isLineOpen = false

    private enum Mode: Sendable {
        case code
        case longBracket(level: Int, isComment: Bool)
        case string(quote: UInt8)
    }

    public init() {}

    /// Adds a line, with or without its line break, or several.
    public mutating func append(_ line: String) -> LuaInput.Completeness {
        if isLineOpen { bytes.append(.newline) }
        bytes += line.utf8
        isLineOpen = line.utf8.last != .newline
        return status()
    }

    /// Whether this text, which may be the last one with more at its end, needs more lines.
    ///
    /// For callers that keep the text themselves. A text that is not the last one with more at its end is read anew.
    public mutating func status(of text: String) -> LuaInput.Completeness {
        var text = text
        text.withUTF8 { new in
            let isLonger =
                new.count >= bytes.count
                && bytes.withUnsafeBytes { old in
                    // As bytes: comparing characters would take longer than reading the text anew.
                    old.isEmpty || memcmp(old.baseAddress!, new.baseAddress!, old.count) == 0
                }
            if !isLonger
                || (new.count > bytes.count && bytes.last.map { !$0.isLineBreak } ?? false
                    && !new[bytes.count].isLineBreak)
            {
                self = LuaInputTracker()
            }
            bytes += new.dropFirst(bytes.count)
            isLineOpen = bytes.last != .newline
        }
        return status()
    }

    private mutating func status() -> LuaInput.Completeness {
        scan()
        var isOpen = !open.isEmpty || last.map(Self.continues) ?? false
        if case .longBracket = mode { isOpen = true }
        if case .string = mode { isOpen = true }
        if isOpen, bytes.count > Self.shortText, bytes.count < 2 * parsedAt { return .incomplete }
        if isOpen, bytes.count > Self.shortText { parsedAt = bytes.count }
        return LuaInput(LuaSource(bytes: bytes)).completeness
    }

    /// Reads the tokens that have come since the last time.
    private mutating func scan() {
        switch mode {
        case .code: break
        case .longBracket(let level, let isComment):
            guard let end = LuaLexer.endOfLongBracket(bytes, level: level, from: scanned) else {
                // The closing bracket may have come in part.
                scanned = max(scanned, bytes.count - level - 2)
                return
            }
            scanned = end
            if !isComment { last = .string }
        case .string(let quote):
            let scan = LuaStringScan(bytes, from: scanned, quote: quote)
            scanned = scan.end
            if case .open(let resume) = scan.state {
                scanned = resume
                return
            }
            last = .string
        }
        mode = .code
        scanCode()
    }

    private mutating func scanCode() {
        var lexer = LuaLexer(bytes, from: scanned)
        while true {
            let before = lexer.problems.count
            let token = lexer.next()
            if lexer.problems.count > before, let problem = lexer.problems.last, problem.code == .unfinished {
                return stop(at: problem.range.lowerBound)
            }
            scanned = token.end
            guard token.kind != .endOfFile else { return }
            note(token.kind)
        }
    }

    /// A string or comment that is open at the end of the text.
    private mutating func stop(at start: Int) {
        let isComment = bytes[start] == UInt8(ascii: "-")
        let bracket = start + (isComment ? 2 : 0)
        if bytes[bracket] == UInt8(ascii: "[") {
            let level = bytes[(bracket + 1)...].prefix { $0 == UInt8(ascii: "=") }.count
            mode = .longBracket(level: level, isComment: isComment)
            scanned = max(bracket + level + 2, bytes.count - level - 2)
        } else {
            mode = .string(quote: bytes[start])
            scanned = start + 1
            if case .open(let resume) = LuaStringScan(bytes, from: scanned, quote: bytes[start]).state {
                scanned = resume
            }
        }
    }

    private mutating func note(_ kind: LuaTokenKind) {
        switch kind {
        case .function, .if, .repeat, .leftParenthesis, .leftBrace, .leftBracket: open.append(kind)
        // `while … do` and `for … do` are one block each.
        case .while, .for: open.append(kind)
        case .do:
            if open.last == .while || open.last == .for { open.removeLast() }
            open.append(.do)
        case .end, .until, .rightParenthesis, .rightBrace, .rightBracket: _ = open.popLast()
        default: break
        }
        last = kind
    }

    /// After this token no text is complete.
    private static func continues(_ kind: LuaTokenKind) -> Bool {
        switch kind {
        case .and, .or, .not, .local, .goto, .in, .comma, .dot, .colon, .assign, .plus, .minus, .star, .slash,
            .floorDivision, .percent, .caret, .hash, .ampersand, .tilde, .pipe, .shiftLeft, .shiftRight, .equal,
            .notEqual,
            .lessOrEqual, .greaterOrEqual, .less, .greater, .concat:
            true
        default: false
        }
    }
}
