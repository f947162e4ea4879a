/// Which variable each name of a chunk means.
public struct LuaNames: Sendable {
    /// All local variables, in the order of their declarations.
    public internal(set) var variables: [LuaVariable] = []
    /// All uses of variables, local and global, in the order in which Lua reads them.
    public internal(set) var references: [LuaReference] = []

    /// The uses that are no local variable's, nor a field's of a local `_ENV`.
    public var globals: [LuaReference] { references.filter { $0.variable == nil && $0.environment == nil } }

    /// The global variables that the chunk assigns, its functions included; each once, in order.
    public var assignedGlobals: [String] {
        var seen: Set<String> = []
        return globals.filter { $0.isWrite && seen.insert($0.name).inserted }.map(\.name)
    }

    /// The local variables that stand in the chunk's outermost block: what a REPL loses after the line.
    public var topLevelLocals: [String] {
        var seen: Set<String> = []
        return variables.filter { $0.isTopLevel && seen.insert($0.name).inserted }.map(\.name)
    }

    /// The local variables that a name in this token could mean; an inner one hides an outer one of the same name.
    public func visible(atToken token: Int) -> [LuaVariable] {
        var byName: [String: LuaVariable] = [:]
        for variable in variables where variable.scope.contains(token) { byName[variable.name] = variable }
        return byName.values.sorted { $0.token < $1.token }
    }
}

/// A local variable.
public struct LuaVariable: Sendable, Hashable {
    public enum Kind: Sendable, Hashable {
        case local, function, parameter, loop
        /// The `self` that `function a:b()` declares.
        case implicitSelf
    }

    public var name: String
    /// Index of the token that declares it.
    public var token: Int
    public var kind: Kind
    /// `const` or `close`.
    public var attribute: String?
    /// It stands in the chunk's outermost block.
    public var isTopLevel: Bool
    /// The tokens between which its name means it.
    public var scope: Range<Int>
}

/// A use of a variable.
public struct LuaReference: Sendable, Hashable {
    public var name: String
    /// Index of the name's token.
    public var token: Int
    /// Index into ``LuaNames/variables``; nil for a global one.
    public var variable: Int?
    /// It is assigned here.
    public var isWrite: Bool
    /// For a global: the local `_ENV` whose field it is, where there is one.
    public var environment: Int?
}
