import LuaSyntax

/// What a first look at a file tells, before anything is followed.
struct CheckSurvey {
    /// The local variable that a token declares.
    let variables: [Int: Int]
    let references: [Int: LuaReference]
    /// What stands behind the `=` of variables that are given no other value.
    private let initial: [Int: LuaExpression]
    /// Variables that go somewhere as a whole: what is done to their rows there is not known.
    let travelling: Set<Int>
    /// Keys that the file gives to tables; rows are tables and may get some too.
    let assignedKeys: Set<String>
    /// Something is raised that is no text.
    let raisesTables: Bool
    private let gotos: [String: [Int]]

    init(_ tree: LuaTree) {
        let all = tree.names.variables
        variables = Dictionary(
            all.enumerated().filter { $0.element.kind != .implicitSelf }.map { ($0.element.token, $0.offset) },
            uniquingKeysWith: { $1 })
        references = Dictionary(tree.names.references.map { ($0.token, $0) }, uniquingKeysWith: { $1 })
        let rewritten = Set(tree.names.references.filter(\.isWrite).compactMap(\.variable))
        let (variables, references) = (variables, references)
        var initial: [Int: LuaExpression] = [:]
        var keys: Set<String> = []
        var gotos: [String: [Int]] = [:]
        tree.block.forEachStatement { statement in
            switch statement.kind {
            case .local(let locals, let values):
                for (local, value) in zip(locals, values) {
                    guard let variable = variables[local.name.token], !rewritten.contains(variable) else { continue }
                    initial[variable] = value
                }
            case .assignment(let targets, _):
                for target in targets {
                    guard case .suffixed(_, let suffixes) = target.kind else { continue }
                    switch suffixes.last?.kind {
                    case .field(let name): keys.insert(name.text)
                    case .index(let key): if let name = key.stringValue { keys.insert(name) }
                    default: break
                    }
                }
            case .goto(let name): gotos[name.text, default: []].append(name.token)
            default: break
            }
        }
        var uses: [Int: Int] = [:]
        var raisesTables = false
        func count(_ expression: LuaExpression, _ step: Int) {
            guard case .name(let name) = expression.kind, let variable = references[name.token]?.variable else {
                return
            }
            uses[variable, default: 0] += step
        }
        tree.block.forEachExpression { expression in
            count(expression, 1)
            guard case .suffixed(let base, let suffixes) = expression.kind else { return }
            switch suffixes.first?.kind {
            case .field, .index: count(base, -1)
            case .method(let name, _) where name.text != "edit": count(base, -1)
            case .call(let arguments):
                if case .name(let name) = base.kind, name.text == "error", let raised = arguments.first {
                    raisesTables = raisesTables || !Self.isText(raised)
                }
            case .method, nil: break
            }
        }
        self.initial = initial
        self.gotos = gotos.mapValues { $0.sorted() }
        self.raisesTables = raisesTables
        travelling = Set(uses.filter { $0.value > 0 }.keys)
        assignedKeys = keys
    }

    private static func isText(_ expression: LuaExpression) -> Bool {
        switch expression.kind {
        case .string: true
        case .chain(_, let operations): operations.contains { $0.operator == .concat }
        case .parenthesized(let inner): isText(inner)
        case .suffixed(let base, let suffixes):
            if case .method(let name, _)? = suffixes.last?.kind { isText(base) && name.text == "format" } else { false }
        default: false
        }
    }

    /// An expression, or the number, text or truth that the variable it names was given once and for all.
    func literal(_ expression: LuaExpression) -> LuaExpression {
        var found = expression
        // Each step goes to a declaration before it; the bound is for what nobody thought of.
        for _ in 0..<20 {
            guard case .name(let name) = found.kind, let variable = references[name.token]?.variable,
                let value = initial[variable]
            else { break }
            found = value
        }
        switch found.kind {
        case .string, .number, .true, .false: return found
        case .unary(.minus, let operand): if case .number = operand.kind { return found }
        default: break
        }
        return expression
    }

    /// The last `goto` to a label within some tokens.
    func lastGoto(to name: String, in tokens: Range<Int>) -> Int? {
        guard let all = gotos[name] else { return nil }
        var (low, high) = (0, all.count)
        while low < high {
            let middle = (low + high) / 2
            if all[middle] < tokens.upperBound { low = middle + 1 } else { high = middle }
        }
        return low > 0 && all[low - 1] >= tokens.lowerBound ? all[low - 1] : nil
    }
}
