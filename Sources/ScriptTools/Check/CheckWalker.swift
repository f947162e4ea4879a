import IwinvCatalog
import LuaSyntax
import ScriptHost

/// Goes through one file in the order in which it is written and keeps what each variable is known to be.
struct CheckWalker {
    var context: CheckContext
    let file: String
    let tree: LuaTree
    /// What variables mean that are given a value once.
    var meanings: [Int: Meaning] = [:]
    var loops = 0
    let variables: [Int: Int]
    let references: [Int: LuaReference]
    let rewritten: Set<Int>
    /// Variables that go somewhere as a whole: what is done to their rows there is not known.
    private(set) var travelling: Set<Int> = []
    /// Keys that the file gives to tables; rows are tables and may get some too.
    private(set) var assignedKeys: Set<String> = []
    /// Variables that began as `{}` and were given nothing but rows since.
    var emptyTables: Set<Int> = []
    /// Functions that are named inside a loop: what they do is done again and again.
    private var repeatedFunctions: Set<Int> = []

    init(context: CheckContext, file: String, tree: LuaTree) {
        self.context = context
        self.file = file
        self.tree = tree
        let all = tree.names.variables
        variables = Dictionary(
            all.enumerated().filter { $0.element.kind != .implicitSelf }.map { ($0.element.token, $0.offset) },
            uniquingKeysWith: { $1 })
        references = Dictionary(tree.names.references.map { ($0.token, $0) }, uniquingKeysWith: { $1 })
        rewritten = Set(tree.names.references.filter(\.isWrite).compactMap(\.variable))
        survey()
    }

    private mutating func survey() {
        var uses: [Int: Int] = [:]
        var keys: Set<String> = []
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
            case .method, .call, nil: break
            }
        }
        tree.block.forEachStatement { statement in
            guard case .assignment(let targets, _) = statement.kind else { return }
            for target in targets {
                guard case .suffixed(_, let suffixes) = target.kind else { continue }
                switch suffixes.last?.kind {
                case .field(let name): keys.insert(name.text)
                case .index(let key): if let name = key.stringValue { keys.insert(name) }
                default: break
                }
            }
        }
        repeatedFunctions = functionsNamedInLoops()
        travelling = Set(uses.filter { $0.value > 0 }.keys)
        assignedKeys = keys
    }

    private func functionsNamedInLoops() -> Set<Int> {
        var loops: [Range<Int>] = []
        tree.block.forEachStatement { statement in
            switch statement.kind {
            case .while(_, let body), .repeat(let body, _), .numericFor(_, _, _, _, let body),
                .genericFor(_, _, let body):
                loops.append(body.tokens)
            default: break
            }
        }
        tree.block.forEachExpression { expression in
            if tree.text(expression.tokens.prefix(3)) == "task.map" { loops.append(expression.tokens) }
        }
        return Set(
            references.values.filter { use in !use.isWrite && loops.contains { $0.contains(use.token) } }
                .compactMap(\.variable))
    }

    mutating func check() {
        for problem in tree.problems {
            context.report(
                CheckContext.finding(.syntax, .error, file, tree.source, problem.range, problem.message))
        }
        block(tree.block)
        // What a broken file uses is not known.
        if tree.problems.isEmpty { reportUnusedLocals() }
    }

    // MARK: - Findings

    func finding(
        _ rule: ScriptFinding.Rule, _ severity: ScriptFinding.Severity, _ tokens: Range<Int>, _ message: String,
        suggestion: String? = nil
    ) -> ScriptFinding {
        CheckContext.finding(rule, severity, file, tree.source, tree.range(tokens), message, suggestion: suggestion)
    }

    mutating func report(
        _ rule: ScriptFinding.Rule, _ severity: ScriptFinding.Severity, _ tokens: Range<Int>, _ message: String,
        suggestion: String? = nil
    ) {
        context.report(finding(rule, severity, tokens, message, suggestion: suggestion))
    }

    mutating func report(_ rule: ScriptFinding.Rule, _ tokens: Range<Int>, _ message: String, suggestion: String? = nil)
    {
        report(rule, .error, tokens, message, suggestion: suggestion)
    }

    mutating func use(_ operation: CloudOperation, _ token: Int) {
        context.use(operation, at: finding(.missingNeed, .error, token..<token + 1, ""), isRepeated: loops > 0)
    }

    // MARK: - Statements

    mutating func block(_ block: LuaBlock) {
        var hasLeft = false
        for statement in block.statements {
            switch statement.kind {
            case .label: hasLeft = false
            case .empty: break
            default:
                if hasLeft {
                    report(.unreachable, .warning, statement.tokens.prefix(1), "nothing gets here")
                    hasLeft = false
                }
            }
            self.statement(statement)
            if leaves(statement) { hasLeft = true }
        }
    }

    /// `break`, `goto`, `error(…)` and `fail(…)`: what follows in the block is never reached.
    private func leaves(_ statement: LuaStatement) -> Bool {
        switch statement.kind {
        case .break, .goto: return true
        case .call(let call):
            guard case .suffixed(let base, let suffixes) = call.kind, suffixes.count == 1, suffixes[0].isCall,
                case .name(let name) = base.kind, let reference = references[name.token]
            else { return false }
            return reference.variable == nil && reference.environment == nil && ["error", "fail"].contains(name.text)
                && !context.assignedGlobals.contains(name.text)
        default: return false
        }
    }

    private mutating func statement(_ statement: LuaStatement) {
        switch statement.kind {
        case .empty, .break, .goto, .label: break
        case .local(let locals, let values):
            for (index, value) in values.enumerated() {
                guard index < locals.count else {
                    self.value(value)
                    continue
                }
                let isRepeated = isRepeated(locals[index].name, value)
                if isRepeated { loops += 1 }
                bind(locals[index].name, meaning(of: value))
                if isRepeated { loops -= 1 }
                if case .table(let fields) = value.kind, fields.isEmpty, let new = variables[locals[index].name.token],
                    !rewritten.contains(new)
                {
                    emptyTables.insert(new)
                }
            }
        case .localFunction(let name, let function):
            let isRepeated = variables[name.token].map(repeatedFunctions.contains) ?? false
            if isRepeated { loops += 1 }
            self.function(function)
            if isRepeated { loops -= 1 }
        case .function(let path, let method, let function):
            if let first = path.first { assign(first, hasPath: path.count > 1 || method != nil) }
            self.function(function)
        case .assignment(let targets, let values):
            targets.forEach { target($0) }
            for (index, value) in values.enumerated() {
                let meaning = meaning(of: value)
                travel(meaning)
                guard index < targets.count, case .suffixed(let base, let suffixes) = targets[index].kind,
                    suffixes.count == 1
                else { continue }
                collect(value, meaning, into: base)
            }
        case .call(let call): _ = meaning(of: call)
        case .do(let body): block(body)
        case .while(let condition, let body):
            value(condition)
            loop(body)
        case .repeat(let body, let condition):
            loop(body)
            value(condition)
        case .if(let branches, let alternative):
            for branch in branches {
                value(branch.condition)
                block(branch.block)
            }
            if let alternative { block(alternative) }
        case .numericFor(_, let from, let to, let step, let body):
            ([from, to] + (step.map { [$0] } ?? [])).forEach { value($0) }
            loop(body)
        case .genericFor(let names, let values, let body):
            for (index, expression) in values.enumerated() {
                if index == 0 {
                    draw(names, from: meaning(of: expression), expression)
                } else {
                    value(expression)
                }
            }
            loop(body)
        case .return(let values), .invalid(let values): values.forEach { value($0) }
        }
    }

    private func isRepeated(_ name: LuaName, _ value: LuaExpression) -> Bool {
        guard case .function = value.kind, let variable = variables[name.token] else { return false }
        return repeatedFunctions.contains(variable)
    }

    private mutating func loop(_ body: LuaBlock) {
        loops += 1
        block(body)
        loops -= 1
    }

    mutating func function(_ function: LuaFunction) { block(function.body) }

    mutating func bind(_ name: LuaName, _ meaning: Meaning?) {
        guard let variable = variables[name.token], !rewritten.contains(variable) else { return }
        meanings[variable] = meaning
    }

    /// The left side of an assignment.
    private mutating func target(_ expression: LuaExpression) {
        switch expression.kind {
        case .name(let name): assign(name, hasPath: false)
        case .suffixed(let base, let suffixes):
            let owner = meaning(of: base, Array(suffixes.dropLast()), tokens: expression.tokens)
            checkAssignment(to: owner, suffixes.last)
            if case .index(let key)? = suffixes.last?.kind { value(key) }
        default: value(expression)
        }
    }

    private mutating func assign(_ name: LuaName, hasPath: Bool) {
        guard let reference = references[name.token], reference.variable == nil, reference.environment == nil else {
            return
        }
        if hasPath {
            _ = global(name, suffixes: [])
        } else if name.text != "_ENV" {
            let message =
                context.vocabulary.names.contains(name.text)
                ? "this replaces `\(name.text)` for the whole script; make it `local`, or call it otherwise"
                : "`\(name.text)` is a global variable; make it `local`"
            report(.globalAssignment, .warning, name.token..<name.token + 1, message)
        }
    }

    // MARK: - Variables that nobody reads

    private mutating func reportUnusedLocals() {
        let read = Set(tree.names.references.filter { !$0.isWrite }.compactMap(\.variable))
        func isUnused(_ name: LuaName) -> Bool {
            guard let variable = variables[name.token], !name.text.hasPrefix("_") else { return false }
            return !read.contains(variable) && tree.names.variables[variable].attribute != "close"
        }
        var unused: [LuaName] = []
        tree.block.forEachStatement { statement in
            switch statement.kind {
            case .localFunction(let name, _): if isUnused(name) { unused.append(name) }
            case .local(let locals, _):
                // A name before one that is used holds its place.
                unused += locals.reversed().map(\.name).prefix(while: isUnused)
            default: break
            }
        }
        for name in unused {
            report(
                .unusedLocal, .warning, name.token..<name.token + 1,
                "`\(name.text)` is never read; a name that begins with `_` may be so")
        }
    }
}
