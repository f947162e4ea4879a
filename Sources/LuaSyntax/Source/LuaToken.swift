/// A word or sign of a Lua file, with the blanks and comments before it.
public struct LuaToken: Sendable, Hashable {
    public var kind: LuaTokenKind
    /// Where the blanks and comments before the token begin: the end of the token before.
    public var triviaStart: Int
    public var start: Int
    public var end: Int

    /// The token's own bytes.
    public var range: Range<Int> { start..<end }
    /// The bytes of the blanks and comments before it.
    public var trivia: Range<Int> { triviaStart..<start }
}

public enum LuaTokenKind: String, Sendable, Hashable, CaseIterable {
    case and, `break`, `do`, `else`, elseif, end, `false`, `for`, function, goto, `if`, `in`, local, `nil`, not, or
    case `repeat`, `return`, then, `true`, until, `while`

    case plus = "+"
    case minus = "-"
    case star = "*"
    case slash = "/"
    case floorDivision = "//"
    case percent = "%"
    case caret = "^"
    case hash = "#"
    case ampersand = "&"
    case tilde = "~"
    case pipe = "|"
    case shiftLeft = "<<"
    case shiftRight = ">>"
    case equal = "=="
    case notEqual = "~="
    case lessOrEqual = "<="
    case greaterOrEqual = ">="
    case less = "<"
    case greater = ">"
    case assign = "="
    case leftParenthesis = "("
    case rightParenthesis = ")"
    case leftBrace = "{"
    case rightBrace = "}"
    case leftBracket = "["
    case rightBracket = "]"
    case doubleColon = "::"
    case semicolon = ";"
    case colon = ":"
    case comma = ","
    case dot = "."
    case concat = ".."
    case ellipsis = "..."

    case name = "<name>"
    case number = "<number>"
    case string = "<string>"
    /// A byte that no token begins with.
    case invalid = "<invalid>"
    case endOfFile = "<eof>"

    /// The reserved words of Lua 5.4.
    public static let keywords: [LuaTokenKind] = allCases.filter(\.isKeyword)

    public var isKeyword: Bool { rawValue.utf8.first.map { $0.isNameStart } ?? false }

    static let keywordsByText = Dictionary(uniqueKeysWithValues: keywords.map { ($0.rawValue, $0) })
}

/// What stands between tokens.
public struct LuaTrivia: Sendable, Hashable {
    public enum Kind: Sendable, Hashable {
        case blank
        /// `-- …` up to the end of the line.
        case lineComment
        /// `--[[ … ]]`
        case longComment
        /// A first line that begins with `#!`.
        case interpreterLine
    }

    public var kind: Kind
    public var range: Range<Int>
}
