extension LuaParser {
    mutating func statement() -> LuaStatement {
        let start = index
        let kind = statementKind(start)
        return LuaStatement(tokens: start..<index, kind: kind)
    }

    private mutating func statementKind(_ start: Int) -> LuaStatement.Kind {
        switch kind {
        case .semicolon:
            advance()
            return .empty
        case .if: return ifStatement()
        case .while:
            advance()
            let condition = expression()
            expect(.do)
            let body = block(closing: start)
            expect(.end, toClose: start)
            return .while(condition, body)
        case .do:
            advance()
            let body = block(closing: start)
            expect(.end, toClose: start)
            return .do(body)
        case .for: return forStatement()
        case .repeat:
            advance()
            let body = block(closing: start)
            expect(.until, toClose: start)
            return .repeat(body, until: expression())
        case .function: return functionStatement()
        case .local: return localStatement()
        case .doubleColon:
            advance()
            let name = expectName()
            expect(.doubleColon)
            return .label(name)
        case .return:
            advance()
            let values = isBlockEnd || kind == .semicolon ? [] : expressionList()
            _ = take(.semicolon)
            return .return(values)
        case .break:
            advance()
            return .break
        case .goto:
            advance()
            return .goto(expectName())
        default: return expressionStatement()
        }
    }

    private mutating func ifStatement() -> LuaStatement.Kind {
        let opening = index
        var branches: [LuaBranch] = []
        var alternative: LuaBlock?
        repeat {
            advance()
            let condition = expression()
            expect(.then)
            branches.append(LuaBranch(condition: condition, block: block(closing: opening)))
        } while kind == .elseif
        if take(.else) { alternative = block(closing: opening) }
        expect(.end, toClose: opening)
        return .if(branches, else: alternative)
    }

    private mutating func forStatement() -> LuaStatement.Kind {
        let opening = index
        advance()
        let first = expectName()
        if take(.assign) {
            let from = expression()
            expect(.comma)
            let to = expression()
            let step = take(.comma) ? expression() : nil
            let body = loopBody(opening)
            return .numericFor(first, from: from, to: to, step: step, body)
        }
        var names = [first]
        while take(.comma) { names.append(expectName()) }
        if !take(.in) { unexpected(names.count == 1 ? "`=` or `in` is missing" : "`in` is missing") }
        let values = expressionList()
        return .genericFor(names, in: values, loopBody(opening))
    }

    private mutating func loopBody(_ opening: Int) -> LuaBlock {
        expect(.do)
        let body = block(closing: opening)
        expect(.end, toClose: opening)
        return body
    }

    private mutating func functionStatement() -> LuaStatement.Kind {
        let opening = index
        advance()
        var path = [expectName()]
        var method: LuaName?
        while take(.dot) { path.append(expectName()) }
        if take(.colon) { method = expectName() }
        return .function(path: path, method: method, functionBody(opening: opening))
    }

    private mutating func localStatement() -> LuaStatement.Kind {
        advance()
        if kind == .function {
            let opening = index
            advance()
            let name = expectName()
            return .localFunction(name, functionBody(opening: opening))
        }
        var variables: [LuaLocal] = []
        repeat {
            var variable = LuaLocal(name: expectName())
            if take(.less) {
                let attribute = expectName()
                if attribute.text.isEmpty || ["const", "close"].contains(attribute.text) {
                    variable.attribute = attribute
                } else {
                    report(
                        .attribute, token: attribute.token,
                        "there is no attribute `\(attribute.text)`; there are `const` and `close`")
                }
                expect(.greater)
            }
            variables.append(variable)
        } while take(.comma)
        return .local(variables, values: take(.assign) ? expressionList() : [])
    }

    private mutating func expressionStatement() -> LuaStatement.Kind {
        let first = suffixedExpression()
        if kind == .assign || kind == .comma {
            var targets = [first]
            checkTarget(first)
            var levels = 0
            while take(.comma) {
                levels += 1
                // Lua nests here too.
                guard levels < LuaTree.maximumDepth - 8 else {
                    report(.depth, token: index, "there are too many variables on the left of this assignment")
                    break
                }
                let target = suffixedExpression()
                checkTarget(target)
                targets.append(target)
            }
            expect(.assign)
            return .assignment(targets, values: expressionList())
        }
        if case .suffixed(_, let suffixes) = first.kind, suffixes.last?.isCall == true { return .call(first) }
        if case .missing = first.kind { return .invalid(parts: []) }
        refuse(first)
        return .invalid(parts: [first])
    }

    /// An expression does nothing by itself; the message tells what was probably meant.
    private mutating func refuse(_ expression: LuaExpression) {
        if nextKind == .assign, LuaBinaryOperator(kind) != nil {
            let text = source.text(
                tokens[expression.tokens.lowerBound].start..<tokens[expression.tokens.upperBound - 1].end)
            let sign = kind.rawValue
            unexpected("Lua has no `\(sign)=`; write `\(text) = \(text) \(sign) …`")
        } else if kind == .plus, nextKind == .plus {
            unexpected("Lua has no `++`; write `x = x + 1`")
        } else if kind == .endOfFile || LuaBinaryOperator(kind) == nil, kind != .string,
            kind != .name || !isOneName(expression)
        {
            unexpected("an expression alone does nothing: call it or assign it")
        } else {
            unexpected()
        }
    }

    private func isOneName(_ expression: LuaExpression) -> Bool {
        if case .name = expression.kind { return true }
        return false
    }

    private mutating func checkTarget(_ target: LuaExpression) {
        switch target.kind {
        case .name, .missing: return
        case .suffixed(_, let suffixes) where suffixes.last?.isCall == false: return
        default: unexpected("only a variable or a field can be assigned")
        }
    }
}
