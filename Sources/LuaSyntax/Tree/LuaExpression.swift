public struct LuaExpression: Sendable {
    /// Indices into ``LuaTree/tokens``.
    public var tokens: Range<Int>
    public var kind: Kind

    public indirect enum Kind: Sendable {
        case `nil`
        case `true`
        case `false`
        /// `...`
        case varargs
        case number(LuaNumber)
        /// The bytes that the literal stands for.
        case string([UInt8])
        case function(LuaFunction)
        case table([LuaField])
        case name(LuaName)
        case parenthesized(LuaExpression)
        /// `a.b[1]:c(2)`: a beginning, and what is applied to it from left to right.
        case suffixed(LuaExpression, [LuaSuffix])
        case unary(LuaUnaryOperator, LuaExpression)
        /// `a + b * c - d`: the first operand, and what is applied to it from left to right, each to the result of all
        /// before. Operators that bind tighter have chains of their own inside.
        case chain(LuaExpression, [LuaOperation])
        /// Nothing stands where an expression should.
        case missing
    }

    /// The text of a string literal that is UTF-8.
    public var stringValue: String? {
        guard case .string(let bytes) = kind else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }
}

public struct LuaOperation: Sendable {
    public var `operator`: LuaBinaryOperator
    /// Index of the operator's token.
    public var token: Int
    public var operand: LuaExpression
}

public struct LuaFunction: Sendable {
    /// From `function`, or from `(` in a statement, to `end`.
    public var tokens: Range<Int>
    public var parameters: [LuaName]
    public var isVararg: Bool
    public var body: LuaBlock
}

/// An entry of a table constructor.
public struct LuaField: Sendable {
    public var tokens: Range<Int>
    public var kind: Kind

    public enum Kind: Sendable {
        /// `x`
        case item(LuaExpression)
        /// `name = x`
        case named(LuaName, LuaExpression)
        /// `[key] = x`
        case keyed(LuaExpression, LuaExpression)
    }
}

/// What is applied to the expression before it.
public struct LuaSuffix: Sendable {
    public var tokens: Range<Int>
    public var kind: Kind

    public enum Kind: Sendable {
        /// `.name`
        case field(LuaName)
        /// `[key]`
        case index(LuaExpression)
        /// `(a, b)`, `{…}` or `"text"`
        case call([LuaExpression])
        /// `:name(a, b)`
        case method(LuaName, [LuaExpression])
    }

    public var isCall: Bool {
        switch kind {
        case .call, .method: true
        case .field, .index: false
        }
    }
}

public enum LuaUnaryOperator: String, Sendable, CaseIterable {
    case not
    case minus = "-"
    case length = "#"
    case bitwiseNot = "~"

    static let priority = 12

    init?(_ kind: LuaTokenKind) {
        switch kind {
        case .not, .minus, .hash, .tilde: self.init(rawValue: kind.rawValue)
        default: return nil
        }
    }
}

public enum LuaBinaryOperator: String, Sendable, CaseIterable {
    case or, and
    case less = "<"
    case greater = ">"
    case lessOrEqual = "<="
    case greaterOrEqual = ">="
    case notEqual = "~="
    case equal = "=="
    case bitwiseOr = "|"
    case bitwiseXor = "~"
    case bitwiseAnd = "&"
    case shiftLeft = "<<"
    case shiftRight = ">>"
    case concat = ".."
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case floorDivide = "//"
    case modulo = "%"
    case power = "^"

    private static let byText = Dictionary(uniqueKeysWithValues: allCases.map { ($0.rawValue, $0) })

    init?(_ kind: LuaTokenKind) {
        guard let found = Self.byText[kind.rawValue] else { return nil }
        self = found
    }

    /// How tight it binds to its left and to its right; a weaker right side makes it associate to the right.
    var priority: (left: Int, right: Int) {
        switch self {
        case .or: (1, 1)
        case .and: (2, 2)
        case .less, .greater, .lessOrEqual, .greaterOrEqual, .notEqual, .equal: (3, 3)
        case .bitwiseOr: (4, 4)
        case .bitwiseXor: (5, 5)
        case .bitwiseAnd: (6, 6)
        case .shiftLeft, .shiftRight: (7, 7)
        case .concat: (9, 8)
        case .add, .subtract: (10, 10)
        case .multiply, .divide, .floorDivide, .modulo: (11, 11)
        case .power: (14, 13)
        }
    }
}
