/// Statements that share a scope.
public struct LuaBlock: Sendable {
    /// Indices into ``LuaTree/tokens``.
    public var tokens: Range<Int>
    public var statements: [LuaStatement]
}

public struct LuaStatement: Sendable {
    /// Indices into ``LuaTree/tokens``.
    public var tokens: Range<Int>
    public var kind: Kind

    public indirect enum Kind: Sendable {
        /// `;`
        case empty
        /// `local a <const>, b = 1, 2`
        case local([LuaLocal], values: [LuaExpression])
        /// `local function f() end`
        case localFunction(LuaName, LuaFunction)
        /// `function a.b:c() end`
        case function(path: [LuaName], method: LuaName?, LuaFunction)
        /// `a, b.c = 1, 2`
        case assignment([LuaExpression], values: [LuaExpression])
        /// A call that stands for itself.
        case call(LuaExpression)
        case `do`(LuaBlock)
        case `while`(LuaExpression, LuaBlock)
        case `repeat`(LuaBlock, until: LuaExpression)
        case `if`([LuaBranch], else: LuaBlock?)
        /// `for i = 1, 10, 2 do end`
        case numericFor(LuaName, from: LuaExpression, to: LuaExpression, step: LuaExpression?, LuaBlock)
        /// `for k, v in pairs(t) do end`
        case genericFor([LuaName], in: [LuaExpression], LuaBlock)
        case `return`([LuaExpression])
        case `break`
        case goto(LuaName)
        case label(LuaName)
        /// What could not be read; `parts` are the expressions found in it.
        case invalid(parts: [LuaExpression])
    }
}

/// A name, and the token that it is.
public struct LuaName: Sendable, Hashable {
    public var text: String
    /// Index into ``LuaTree/tokens``.
    public var token: Int
}

/// A variable of a `local` statement.
public struct LuaLocal: Sendable {
    public var name: LuaName
    /// `const` or `close`.
    public var attribute: LuaName?
}

/// `if` or `elseif`, with what follows.
public struct LuaBranch: Sendable {
    public var condition: LuaExpression
    public var block: LuaBlock
}
