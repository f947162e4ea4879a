extension LuaParser {
    mutating func expressionList() -> [LuaExpression] {
        var list = [expression()]
        while take(.comma) { list.append(expression()) }
        return list
    }

    mutating func expression() -> LuaExpression { operators(above: 0) }

    /// Reads operands and those operators that bind tighter than `limit`.
    private mutating func operators(above limit: Int) -> LuaExpression {
        let start = index
        return deeper { $0.operatorsInside(above: limit) } ?? LuaExpression(tokens: start..<start, kind: .missing)
    }

    private mutating func operatorsInside(above limit: Int) -> LuaExpression {
        let start = index
        var first: LuaExpression
        if let unary = LuaUnaryOperator(kind) {
            advance()
            let operand = operators(above: LuaUnaryOperator.priority)
            first = LuaExpression(tokens: start..<index, kind: .unary(unary, operand))
        } else {
            first = simpleExpression()
        }
        var operations: [LuaOperation] = []
        while let binary = LuaBinaryOperator(kind), binary.priority.left > limit {
            let token = index
            advance()
            let operand = operators(above: binary.priority.right)
            operations.append(LuaOperation(operator: binary, token: token, operand: operand))
        }
        if !operations.isEmpty { first = LuaExpression(tokens: start..<index, kind: .chain(first, operations)) }
        return first
    }

    private mutating func simpleExpression() -> LuaExpression {
        let start = index
        switch kind {
        case .nil: return literal(.nil)
        case .true: return literal(.true)
        case .false: return literal(.false)
        case .ellipsis: return literal(.varargs)
        case .number: return literal(.number(LuaNumber(source.bytes[tokens[index].range]) ?? .integer(0)))
        case .string: return literal(.string(LuaStringLiteral.value(source.bytes, tokens[index].range)))
        case .leftBrace: return tableConstructor()
        case .function:
            advance()
            let function = functionBody(opening: start)
            return LuaExpression(tokens: start..<index, kind: .function(function))
        default: return suffixedExpression()
        }
    }

    private mutating func literal(_ kind: LuaExpression.Kind) -> LuaExpression {
        advance()
        return LuaExpression(tokens: index - 1..<index, kind: kind)
    }

    /// A name or parentheses, with fields, indices and calls behind it.
    mutating func suffixedExpression() -> LuaExpression {
        let start = index
        let base = primaryExpression()
        var suffixes: [LuaSuffix] = []
        if case .missing = base.kind { return base }
        while let suffix = suffix() { suffixes.append(suffix) }
        guard !suffixes.isEmpty else { return base }
        return LuaExpression(tokens: start..<index, kind: .suffixed(base, suffixes))
    }

    private mutating func primaryExpression() -> LuaExpression {
        let start = index
        switch kind {
        case .name:
            let name = expectName()
            return LuaExpression(tokens: start..<index, kind: .name(name))
        case .leftParenthesis:
            advance()
            let inner = expression()
            expect(.rightParenthesis, toClose: start)
            return LuaExpression(tokens: start..<index, kind: .parenthesized(inner))
        default:
            unexpected(kind == .endOfFile ? "something is missing" : nil)
            return LuaExpression(tokens: start..<start, kind: .missing)
        }
    }

    private mutating func suffix() -> LuaSuffix? {
        let start = index
        let suffix: LuaSuffix.Kind
        switch kind {
        case .dot:
            advance()
            suffix = .field(expectName())
        case .leftBracket:
            advance()
            let key = expression()
            expect(.rightBracket, toClose: start)
            suffix = .index(key)
        case .colon:
            advance()
            let name = expectName()
            suffix = .method(name, arguments())
        case .leftParenthesis, .string, .leftBrace: suffix = .call(arguments())
        default: return nil
        }
        return LuaSuffix(tokens: start..<index, kind: suffix)
    }

    private mutating func arguments() -> [LuaExpression] {
        let opening = index
        switch kind {
        case .string: return [literal(.string(LuaStringLiteral.value(source.bytes, tokens[index].range)))]
        case .leftBrace: return [tableConstructor()]
        case .leftParenthesis:
            advance()
            if take(.rightParenthesis) { return [] }
            let list = expressionList()
            expect(.rightParenthesis, toClose: opening)
            return list
        default:
            unexpected("a call's arguments are missing")
            return []
        }
    }

    private mutating func tableConstructor() -> LuaExpression {
        let opening = index
        advance()
        var fields: [LuaField] = []
        while kind != .rightBrace, kind != .endOfFile {
            let start = index
            let field: LuaField.Kind
            if kind == .name, nextKind == .assign {
                let name = expectName()
                advance()
                field = .named(name, expression())
            } else if kind == .leftBracket {
                advance()
                let key = expression()
                expect(.rightBracket, toClose: start)
                expect(.assign)
                field = .keyed(key, expression())
            } else {
                field = .item(expression())
            }
            fields.append(LuaField(tokens: start..<index, kind: field))
            if !take(.comma), !take(.semicolon) { break }
        }
        expect(.rightBrace, toClose: opening)
        return LuaExpression(tokens: opening..<index, kind: .table(fields))
    }

    /// Parameters, body and `end`; `function` and a name have been read.
    mutating func functionBody(opening: Int) -> LuaFunction {
        let start = index
        var parameters: [LuaName] = []
        var isVararg = false
        expect(.leftParenthesis)
        if kind != .rightParenthesis, kind != .endOfFile {
            repeat {
                if take(.ellipsis) {
                    isVararg = true
                    break
                }
                parameters.append(expectName())
            } while take(.comma)
        }
        expect(.rightParenthesis, toClose: start)
        let body = block(closing: opening)
        expect(.end, toClose: opening)
        return LuaFunction(tokens: start..<index, parameters: parameters, isVararg: isVararg, body: body)
    }
}
