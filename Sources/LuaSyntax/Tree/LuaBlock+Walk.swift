extension LuaBlock {
    /// Calls `body` with every statement, those inside others and inside functions included, outer ones first.
    public func forEachStatement(_ body: (LuaStatement) -> Void) {
        walk(statement: body, expression: { _ in })
    }

    /// Calls `body` with every expression, those inside others and inside functions included, outer ones first.
    public func forEachExpression(_ body: (LuaExpression) -> Void) {
        walk(statement: { _ in }, expression: body)
    }

    func walk(statement: (LuaStatement) -> Void, expression: (LuaExpression) -> Void) {
        for inner in statements {
            statement(inner)
            for value in inner.expressions { value.walk(statement: statement, expression: expression) }
            for block in inner.blocks { block.walk(statement: statement, expression: expression) }
        }
    }
}

extension LuaStatement {
    /// The expressions that stand in it directly.
    public var expressions: [LuaExpression] {
        switch kind {
        case .empty, .do, .localFunction, .function, .break, .goto, .label: []
        case .local(_, let values), .return(let values), .invalid(let values): values
        case .assignment(let targets, let values): targets + values
        case .call(let call): [call]
        case .while(let condition, _), .repeat(_, let condition): [condition]
        case .if(let branches, _): branches.map(\.condition)
        case .numericFor(_, let from, let to, let step, _): [from, to] + (step.map { [$0] } ?? [])
        case .genericFor(_, let values, _): values
        }
    }

    /// The blocks that stand in it directly; a function statement's is its body.
    public var blocks: [LuaBlock] {
        switch kind {
        case .do(let block), .while(_, let block), .repeat(let block, _), .numericFor(_, _, _, _, let block),
            .genericFor(_, _, let block):
            [block]
        case .localFunction(_, let function), .function(_, _, let function): [function.body]
        case .if(let branches, let alternative): branches.map(\.block) + (alternative.map { [$0] } ?? [])
        case .empty, .local, .assignment, .call, .return, .break, .goto, .label, .invalid: []
        }
    }
}

extension LuaExpression {
    /// The expressions that stand in it directly; what a function's body holds is not among them.
    public var parts: [LuaExpression] {
        switch kind {
        case .nil, .true, .false, .varargs, .number, .string, .function, .name, .missing: []
        case .table(let fields):
            fields.flatMap { field -> [LuaExpression] in
                switch field.kind {
                case .item(let value), .named(_, let value): [value]
                case .keyed(let key, let value): [key, value]
                }
            }
        case .parenthesized(let inner), .unary(_, let inner): [inner]
        case .suffixed(let base, let suffixes):
            [base]
                + suffixes.flatMap { suffix -> [LuaExpression] in
                    switch suffix.kind {
                    case .field: []
                    case .index(let key): [key]
                    case .call(let arguments), .method(_, let arguments): arguments
                    }
                }
        case .chain(let first, let operations): [first] + operations.map(\.operand)
        }
    }

    func walk(statement: (LuaStatement) -> Void, expression: (LuaExpression) -> Void) {
        expression(self)
        if case .function(let function) = kind { function.body.walk(statement: statement, expression: expression) }
        for part in parts { part.walk(statement: statement, expression: expression) }
    }
}
