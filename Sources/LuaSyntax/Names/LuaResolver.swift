/// Goes through a tree as Lua's compiler does: which variable is meant, which label, what may not be assigned.
struct LuaResolver {
    let source: LuaSource
    let tokens: [LuaToken]
    var names = LuaNames()
    private(set) var problems: [LuaProblem] = []

    /// Variables that can be named now; nil stands for the hidden ones of a loop.
    private var active: [Int?] = []
    private var byName: [String: [Int]] = [:]
    private var functions: [Function] = []
    /// For each open block: how many jumps of its function looked for their label when it began.
    private var jumpBases: [Int] = []

    /// What the compiler keeps of a function.
    private struct Function {
        var isVararg: Bool
        var firstActive: Int
        var labels: [Label] = []
        var jumps: [Jump] = []
        var outer: Set<Int> = []
        var isTooLarge = false
    }

    private struct Label {
        var name: String
        var activeCount: Int
    }

    private struct Jump {
        var name: String
        var token: Int
        var activeCount: Int
    }

    private static let maximumLocals = 200
    private static let maximumOuter = 255
    /// How a jump to the end of a loop is called; no label can be.
    private static let breakName = "break"

    init(source: LuaSource, tokens: [LuaToken]) {
        self.source = source
        self.tokens = tokens
    }

    mutating func resolve(_ chunk: LuaBlock) {
        functions = [Function(isVararg: true, firstActive: 0)]
        functions[0].outer.insert(-1)
        block(chunk, isTopLevel: true)
        endFunction()
    }

    // MARK: - Variables

    mutating func declare(
        _ name: LuaName, _ kind: LuaVariable.Kind, attribute: String? = nil, until end: Int, isTopLevel: Bool = false,
        from start: Int? = nil
    ) {
        guard !name.text.isEmpty else { return }
        let variable = LuaVariable(
            name: name.text, token: name.token, kind: kind, attribute: attribute, isTopLevel: isTopLevel,
            scope: min(start ?? name.token + 1, end)..<end)
        byName[name.text, default: []].append(names.variables.count)
        push(names.variables.count, at: name.token)
        names.variables.append(variable)
    }

    /// The variables that Lua keeps for a loop.
    mutating func declareHidden(_ count: Int, at token: Int) {
        for _ in 0..<count { push(nil, at: token) }
    }

    private mutating func push(_ variable: Int?, at token: Int) {
        active.append(variable)
        let last = functions.count - 1
        if active.count - functions[last].firstActive > Self.maximumLocals, !functions[last].isTooLarge {
            functions[last].isTooLarge = true
            report(.limit, token, "a function has at most \(Self.maximumLocals) local variables at a time")
        }
    }

    private mutating func forget(to count: Int) {
        while active.count > count {
            if let variable = active.removeLast() { byName[names.variables[variable].name]?.removeLast() }
        }
    }

    mutating func use(_ name: LuaName, isWrite: Bool = false) {
        guard !name.text.isEmpty else { return }
        let variable = byName[name.text]?.last
        var reference = LuaReference(name: name.text, token: name.token, variable: variable, isWrite: isWrite)
        if let variable {
            capture(variable, name.token)
            if isWrite, names.variables[variable].attribute != nil {
                let how = names.variables[variable].attribute == "const" ? "a constant" : "to be closed"
                report(.constant, name.token, "`\(name.text)` is \(how) and cannot be assigned")
            }
        } else {
            reference.environment = byName["_ENV"]?.last
            capture(reference.environment ?? -1, name.token)
        }
        names.references.append(reference)
    }

    /// Notes in every function between here and the variable's own that it reaches out for it.
    private mutating func capture(_ variable: Int, _ token: Int) {
        for index in functions.indices.reversed() {
            let first = functions[index].firstActive
            if variable >= 0, active[first...].contains(variable) { return }
            functions[index].outer.insert(variable)
            if functions[index].outer.count > Self.maximumOuter, !functions[index].isTooLarge {
                functions[index].isTooLarge = true
                report(.limit, token, "a function uses at most \(Self.maximumOuter) variables from outside")
            }
        }
    }

    mutating func report(_ code: LuaProblem.Code, _ token: Int, _ message: String) {
        problems.append(LuaProblem(code: code, range: tokens[token].range, message: message))
    }

    // MARK: - Scopes

    /// Statements with a scope of their own; `then` sees it still.
    mutating func block(
        _ block: LuaBlock, isTopLevel: Bool = false, isRepeated: Bool = false, until end: Int? = nil,
        then: ((inout LuaResolver) -> Void)? = nil
    ) {
        scope(isLoop: false) { resolver in
            let entry = resolver.active.count
            for (index, statement) in block.statements.enumerated() {
                if case .label(let name) = statement.kind {
                    let isLast = !isRepeated && block.statements[(index + 1)...].allSatisfy(\.isVoid)
                    resolver.label(name, activeCount: isLast ? entry : resolver.active.count)
                } else {
                    resolver.statement(statement, end: end ?? block.tokens.upperBound, isTopLevel: isTopLevel)
                }
            }
            then?(&resolver)
        }
    }

    mutating func scope(isLoop: Bool, _ body: (inout LuaResolver) -> Void) {
        let entry = active.count
        let function = functions.count - 1
        let firstLabel = functions[function].labels.count
        let firstJump = functions[function].jumps.count
        jumpBases.append(firstJump)
        body(&self)
        forget(to: entry)
        functions[function].labels.removeSubrange(firstLabel...)
        if isLoop {
            functions[function].jumps = functions[function].jumps.enumerated()
                .filter { $0.offset < firstJump || $0.element.name != Self.breakName }.map(\.element)
        }
        // Who jumps out has left the variables of the block behind.
        for index in functions[function].jumps.indices where index >= firstJump {
            functions[function].jumps[index].activeCount = min(functions[function].jumps[index].activeCount, entry)
        }
        jumpBases.removeLast()
    }

    mutating func function(_ function: LuaFunction, method: LuaName? = nil) {
        functions.append(Function(isVararg: function.isVararg, firstActive: active.count))
        let end = function.tokens.upperBound - 1
        let entry = active.count
        if let method {
            declare(
                LuaName(text: "self", token: method.token), .implicitSelf, until: end, from: function.tokens.lowerBound)
        }
        for parameter in function.parameters { declare(parameter, .parameter, until: end) }
        block(function.body, until: end)
        forget(to: entry)
        endFunction()
    }

    private mutating func endFunction() {
        guard let function = functions.popLast() else { return }
        for jump in function.jumps {
            report(
                .jump, jump.token,
                jump.name == Self.breakName
                    ? "`break` stands in no loop" : "no label `::\(jump.name)::` can be seen from this `goto`")
        }
    }

    // MARK: - Jumps

    mutating func useVarargs(token: Int) {
        if functions.last?.isVararg == false {
            report(.varargs, token, "`...` stands in a function that does not take `...`")
        }
    }

    mutating func jump(to name: String, token: Int) {
        let function = functions.count - 1
        if functions[function].labels.contains(where: { $0.name == name }) { return }
        functions[function].jumps.append(Jump(name: name, token: token, activeCount: active.count))
    }

    mutating func breakLoop(token: Int) { jump(to: Self.breakName, token: token) }

    private mutating func label(_ name: LuaName, activeCount: Int) {
        let function = functions.count - 1
        if functions[function].labels.contains(where: { $0.name == name.text }) {
            report(.jump, name.token, "there is a label `::\(name.text)::` already")
        }
        functions[function].labels.append(Label(name: name.text, activeCount: activeCount))
        // Jumps from here on back to the block's beginning end here.
        let first = jumpBases.last ?? 0
        var kept: [Jump] = []
        for (index, jump) in functions[function].jumps.enumerated() {
            guard index >= first, jump.name == name.text else {
                kept.append(jump)
                continue
            }
            if jump.activeCount < activeCount {
                report(
                    .jump, jump.token,
                    "this `goto` jumps into the scope of a local variable: put the label at the end of its block, "
                        + "or the variable into a `do … end`")
            }
        }
        functions[function].jumps = kept
    }
}
