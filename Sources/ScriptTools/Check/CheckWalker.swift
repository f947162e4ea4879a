import IwinvCatalog
import LuaSyntax
import ScriptHost

/// Goes through one file as often as it learns something of its variables, tables and functions, and then once more to say
/// what is wrong.
struct CheckWalker {
    var context: CheckContext
    let file: String
    let tree: LuaTree
    var facts = CheckFacts()
    var survey: CheckSurvey
    /// While facts are collected nothing is said.
    private(set) var isQuiet = true
    private var said: Set<ScriptFinding> = []
    private var perLine: [Int: Int] = [:]

    /// How many loops are around this place.
    var loops = 0
    /// Up to here a `goto` leads back to a label that has been passed.
    private var lastWayBack = 0
    /// The function that this is in; the file itself has none.
    var function: Int?
    /// What calls with tables that have been looked at answer.
    var known: [TableUse: Meaning?] = [:]
    /// What the call that was looked at last gives.
    var results = Results.unknown

    init(context: CheckContext, file: String, tree: LuaTree) {
        self.context = context
        self.file = file
        self.tree = tree
        survey = CheckSurvey(tree)
    }

    mutating func check() {
        for problem in tree.problems {
            context.report(
                CheckContext.finding(.syntax, .error, file, tree.source, problem.range, problem.message))
        }
        let before = context
        var rounds = 0
        repeat {
            facts.begin()
            block(tree.block)
            facts.closeCalls()
            context = before
            lastWayBack = 0
            known = [:]
            rounds += 1
        } while facts.hasChanged && rounds < 40
        // A file that does not come to rest is looked at without what was learnt of it.
        if facts.hasChanged { facts.forget() }
        isQuiet = false
        block(tree.block)
        if facts.losesOperations { context.callsAnyOperation = true }
        if facts.losesParameters { context.readsAnyParameter = true }
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

    mutating func report(_ finding: ScriptFinding) {
        guard !isQuiet else { return }
        // A table or a function may be looked at for each of its uses.
        guard said.insert(finding).inserted else { return }
        perLine[finding.start.line, default: 0] += 1
        context.report(finding)
    }

    mutating func report(
        _ rule: ScriptFinding.Rule, _ severity: ScriptFinding.Severity, _ tokens: Range<Int>,
        _ message: @autoclosure () -> String, suggestion: @autoclosure () -> String? = nil
    ) {
        guard !isQuiet else { return }
        // A line that is wrong from end to end is told of so often.
        guard perLine[tree.source.line(at: tree.range(tokens).lowerBound), default: 0] < 20 else { return }
        report(finding(rule, severity, tokens, message(), suggestion: suggestion()))
    }

    mutating func report(
        _ rule: ScriptFinding.Rule, _ tokens: Range<Int>, _ message: @autoclosure () -> String,
        suggestion: @autoclosure () -> String? = nil
    ) {
        report(rule, .error, tokens, message(), suggestion: suggestion())
    }

    mutating func use(_ operation: CloudOperation, _ token: Int) {
        guard !isQuiet else { return }
        let isRepeated = loops > 0 || token < lastWayBack
        context.use(operation, at: finding(.missingNeed, .error, token..<token + 1, ""), isRepeated: isRepeated)
    }

    // MARK: - Statements

    mutating func block(_ block: LuaBlock) {
        var hasLeft = false
        for statement in block.statements {
            switch statement.kind {
            case .label(let name):
                hasLeft = false
                if let back = survey.lastGoto(to: name.text, in: name.token..<block.tokens.upperBound) {
                    lastWayBack = max(lastWayBack, back)
                }
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
            guard let (name, _) = globalCall(call) else { return false }
            return ["error", "fail"].contains(name)
        default: return false
        }
    }

    /// A call of one of the functions that every script has.
    private func globalCall(_ call: LuaExpression) -> (name: String, arguments: [LuaExpression])? {
        guard case .suffixed(let base, let suffixes) = call.kind, suffixes.count == 1,
            case .call(let arguments) = suffixes[0].kind, case .name(let name) = base.kind,
            let reference = survey.references[name.token], reference.variable == nil, reference.environment == nil,
            !context.assignedGlobals.contains(name.text)
        else { return nil }
        return (name.text, arguments)
    }

    private mutating func statement(_ statement: LuaStatement) {
        switch statement.kind {
        case .empty, .break, .goto, .label: break
        case .local(let locals, let values):
            let given = meanings(of: values)
            for (index, local) in locals.enumerated() { bind(local.name, given[index]) }
            given.list.dropFirst(locals.count).forEach { travel($0) }
        case .localFunction(let name, let function): bind(name, closure(function))
        case .function(let path, let method, let function): named(path, method, function)
        case .assignment(let targets, let values): assignment(targets, values)
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
        case .numericFor(let name, let from, let to, let step, let body):
            ([from, to] + (step.map { [$0] } ?? [])).forEach { value($0) }
            bind(name, nil)
            loop(body, isBounded: [from, to, step].allSatisfy { $0.map(isNumber) ?? true })
        case .genericFor(let names, let values, let body):
            for (index, expression) in values.enumerated() {
                if index == 0 {
                    draw(names, from: meaning(of: expression), expression)
                } else {
                    value(expression)
                }
            }
            loop(body, isBounded: values.count == 1 && isWrittenList(values[0]))
        case .return(let values): leave(with: meanings(of: values))
        case .invalid(let values):
            // A name alone is rather a word that was meant to begin a statement.
            for part in values { if case .name = part.kind { continue } else { value(part) } }
        }
    }

    /// - Parameter isBounded: the file says how often: it is as if the body were written so often.
    private mutating func loop(_ body: LuaBlock, isBounded: Bool = false) {
        if !isBounded { loops += 1 }
        block(body)
        if !isBounded { loops -= 1 }
    }

    private func isNumber(_ expression: LuaExpression) -> Bool {
        if case .integer? = LiteralValue.of(survey.literal(expression)) { true } else { false }
    }

    /// `ipairs { "a", "b" }`: a list that ends where it is written to.
    private func isWrittenList(_ expression: LuaExpression) -> Bool {
        guard let (name, arguments) = globalCall(expression), ["ipairs", "pairs"].contains(name),
            case .table(let fields)? = arguments.first?.kind
        else { return false }
        guard case .item(let last)? = fields.last?.kind else { return true }
        switch last.kind {
        case .varargs: return false
        case .suffixed(_, let suffixes): return suffixes.last?.isCall == false
        default: return true
        }
    }

    mutating func bind(_ name: LuaName, _ meaning: Meaning?) {
        guard let variable = survey.variables[name.token] else { return travel(meaning) }
        facts.note(variable: variable, meaning)
    }

    // MARK: - Variables that nobody reads

    private mutating func reportUnusedLocals() {
        let read = Set(tree.names.references.filter { !$0.isWrite }.compactMap(\.variable))
        func isUnused(_ name: LuaName) -> Bool {
            guard let variable = survey.variables[name.token], !name.text.hasPrefix("_") else { return false }
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
