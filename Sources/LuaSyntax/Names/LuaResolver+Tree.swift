// What each kind of statement and expression declares and uses.

extension LuaStatement {
    /// It does nothing, not even jump.
    var isVoid: Bool {
        switch kind {
        case .empty, .label: true
        default: false
        }
    }
}

extension LuaResolver {
    mutating func statement(_ statement: LuaStatement, end: Int, isTopLevel: Bool) {
        switch statement.kind {
        case .empty, .label: break
        case .local(let locals, let values):
            expressions(values)
            var closing = 0
            for local in locals {
                if local.attribute?.text == "close" { closing += 1 }
                if closing == 2 { report(.attribute, local.name.token, "one `local` can have one `<close>` only") }
                declare(
                    local.name, .local, attribute: local.attribute?.text, until: end, isTopLevel: isTopLevel,
                    from: statement.tokens.upperBound)
            }
        case .localFunction(let name, let body):
            declare(name, .function, until: end, isTopLevel: isTopLevel)
            function(body)
        case .function(let path, let method, let body):
            if let first = path.first { use(first, isWrite: path.count == 1 && method == nil) }
            function(body, method: method)
        case .assignment(let targets, let values):
            for target in targets {
                if case .name(let name) = target.kind { use(name, isWrite: true) } else { expression(target) }
            }
            expressions(values)
        case .call(let call): expression(call)
        case .do(let body): block(body)
        case .while(let condition, let body):
            expression(condition)
            scope(isLoop: true) { $0.block(body) }
        case .repeat(let body, let condition):
            scope(isLoop: true) { resolver in
                resolver.block(body, isRepeated: true, until: statement.tokens.upperBound) { $0.expression(condition) }
            }
        case .if(let branches, let alternative):
            for branch in branches {
                expression(branch.condition)
                block(branch.block)
            }
            if let alternative { block(alternative) }
        case .numericFor(let name, let from, let to, let step, let body):
            expressions([from, to] + (step.map { [$0] } ?? []))
            loop([name], hidden: 3, body)
        case .genericFor(let names, let values, let body):
            expressions(values)
            loop(names, hidden: 4, body)
        case .return(let values): expressions(values)
        case .break: breakLoop(token: statement.tokens.lowerBound)
        case .goto(let name): if !name.text.isEmpty { jump(to: name.text, token: name.token) }
        case .invalid(let parts): expressions(parts)
        }
    }

    private mutating func loop(_ names: [LuaName], hidden: Int, _ body: LuaBlock) {
        scope(isLoop: true) { resolver in
            resolver.declareHidden(hidden, at: names.first?.token ?? body.tokens.lowerBound)
            resolver.scope(isLoop: false) { resolver in
                for name in names {
                    resolver.declare(name, .loop, until: body.tokens.upperBound, from: body.tokens.lowerBound)
                }
                resolver.block(body)
            }
        }
    }

    mutating func expressions(_ list: [LuaExpression]) {
        for item in list { expression(item) }
    }

    mutating func expression(_ value: LuaExpression) {
        switch value.kind {
        case .nil, .true, .false, .number, .string, .missing: break
        case .varargs: useVarargs(token: value.tokens.lowerBound)
        case .function(let body): function(body)
        case .table(let fields):
            for field in fields {
                switch field.kind {
                case .item(let item), .named(_, let item): expression(item)
                case .keyed(let key, let item): expressions([key, item])
                }
            }
        case .name(let name): use(name)
        case .parenthesized(let inner), .unary(_, let inner): expression(inner)
        case .suffixed(let base, let suffixes):
            expression(base)
            for suffix in suffixes {
                switch suffix.kind {
                case .field: break
                case .index(let key): expression(key)
                case .call(let arguments), .method(_, let arguments): expressions(arguments)
                }
            }
        case .chain(let first, let operations):
            expression(first)
            for operation in operations { expression(operation.operand) }
        }
    }
}
