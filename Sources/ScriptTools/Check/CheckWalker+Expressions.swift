import IwinvCatalog
import LuaSyntax
import ScriptHost

extension CheckWalker {
    /// Looks at an expression whose value is looked at and goes nowhere.
    mutating func value(_ expression: LuaExpression) { _ = meaning(of: expression) }

    /// The values of a list of expressions; the last may be a call that gives several.
    mutating func meanings(of expressions: [LuaExpression]) -> Results {
        var all = Results.none
        for (index, expression) in expressions.enumerated() {
            let first = meaning(of: expression)
            guard index == expressions.count - 1 else {
                all.list.append(first)
                continue
            }
            switch expression.kind {
            case .varargs: all.isOpen = true
            case .suffixed(_, let suffixes) where suffixes.last?.isCall == true:
                all.list += results.list
                all.isOpen = results.isOpen
            default: all.list.append(first)
            }
        }
        return all
    }

    /// Looks at an expression and says what it is.
    mutating func meaning(of expression: LuaExpression) -> Meaning? {
        switch expression.kind {
        case .nil: return .nothing
        case .true, .false, .varargs, .number, .missing: return nil
        case .string: return .text
        case .function(let function): return closure(function)
        case .name(let name): return name.text.isEmpty ? nil : variable(name, suffixes: [])
        case .parenthesized(let inner): return meaning(of: inner)
        case .suffixed(let base, let suffixes): return meaning(of: base, suffixes, tokens: expression.tokens)
        case .table(let fields):
            checkKeys(fields)
            return record(fields, expression.tokens.lowerBound)
        case .chain(let first, let operations): return chain(first, operations)
        case .unary(.length, let operand):
            if case .drawn(_, position: 0)? = meaning(of: operand) { reportEach(operand.tokens) }
            return nil
        case .unary(_, let operand):
            _ = meaning(of: operand)
            return nil
        }
    }

    /// Operators are applied from left to right, each to what all before it give.
    private mutating func chain(_ first: LuaExpression, _ operations: [LuaOperation]) -> Meaning? {
        var left: Operand = (first, meaning(of: first))
        for operation in operations {
            let right = meaning(of: operation.operand)
            switch operation.operator {
            case .equal, .notEqual:
                compare(left, (operation.operand, right))
                left.meaning = nil
            case .or: left.meaning = facts.join(left.meaning, right)
            case .and: left.meaning = right
            default:
                var isText = false
                // Tables may have an operator of their own.
                if case .text? = left.meaning, case .text? = right { isText = operation.operator == .concat }
                left.meaning = isText ? .text : nil
            }
            left.expression = nil
        }
        return left.meaning
    }

    /// A table that is written out.
    private mutating func record(_ fields: [LuaField], _ id: Int) -> Meaning {
        facts.define(record: id, fields)
        var place = 0
        for (index, field) in fields.enumerated() {
            switch field.kind {
            case .item(let item):
                let values = meanings(of: [item])
                place += 1
                facts.note(item: place, of: id, values[0])
                // Only the last gives all that it has.
                guard index == fields.count - 1 else { continue }
                values.list.dropFirst().forEach { facts.note(elementOf: id, isComputed: false, $0) }
                if values.isOpen { facts.note(elementOf: id, isComputed: false, nil) }
            case .named(let name, let value):
                let meaning = meaning(of: value)
                facts.note(field: name.text, of: id, meaning)
            case .keyed(let key, let value):
                self.value(key)
                let meaning = meaning(of: value)
                if let name = key.stringValue {
                    facts.note(field: name, of: id, meaning)
                } else {
                    var isComputed = true
                    if case .number = key.kind { isComputed = false }
                    facts.note(elementOf: id, isComputed: isComputed, meaning)
                }
            }
        }
        return .record(id)
    }

    /// A beginning with fields, indices and calls behind it.
    mutating func meaning(of base: LuaExpression, _ suffixes: [LuaSuffix], tokens: Range<Int>) -> Meaning? {
        var current: Meaning?
        if case .name(let name) = base.kind, !name.text.isEmpty {
            current = variable(name, suffixes: suffixes)
        } else {
            current = meaning(of: base)
        }
        for suffix in suffixes {
            switch suffix.kind {
            case .field(let name): current = name.text.isEmpty ? nil : member(of: current, name.text, name.token, base)
            case .index(let key):
                value(key)
                if let name = key.stringValue {
                    current = member(of: current, name, key.tokens.lowerBound, base)
                } else {
                    current = element(of: current, key)
                }
            case .call(let arguments):
                results = call(current, arguments, suffix)
                current = results[0]
            case .method(let name, let arguments):
                results = method(of: current, name, arguments, suffix)
                current = results[0]
            }
        }
        return current
    }

    // MARK: - Variables

    private mutating func variable(_ name: LuaName, suffixes: [LuaSuffix]) -> Meaning? {
        guard let reference = survey.references[name.token] else { return nil }
        if let variable = reference.variable {
            return tree.names.variables[variable].kind == .implicitSelf ? nil : facts.variable(variable)
        }
        return reference.environment == nil ? global(name, suffixes: suffixes) : nil
    }

    mutating func global(_ name: LuaName, suffixes: [LuaSuffix]) -> Meaning? {
        let text = name.text
        guard !context.assignedGlobals.contains(text), text != "_ENV" else { return nil }
        if context.vocabulary.names.contains(text) {
            if text == "params" { return .parameters }
            return context.vocabulary.tables[text] == nil ? .function(text) : .library(text)
        }
        if context.vocabulary.absent[text] != nil {
            var full = text
            var tokens = name.token..<name.token + 1
            if case .field(let field)? = suffixes.first?.kind {
                full += "." + field.text
                tokens = name.token..<field.token + 1
            }
            reportAbsent(full, tokens)
            return nil
        }
        let tokens = name.token..<name.token + 1
        if text == "iwinv" {
            report(.undefinedGlobal, tokens, "begin the script with `local iwinv = require \"iwinv\"`")
            return .module
        }
        guard !isQuiet else { return nil }
        if let elsewhere = tree.names.variables.first(where: { $0.name == text }) {
            let line = tree.position(ofToken: elsewhere.token).line
            let isLater = elsewhere.token > name.token
            report(
                .undefinedGlobal, tokens,
                isLater
                    ? "`\(text)` is nil here: it is a local variable only from line \(line) on"
                    : "`\(text)` is nil here: the local variable of line \(line) has ended")
            return nil
        }
        let names = tree.names.visible(atToken: name.token).map(\.name) + context.vocabulary.names.sorted()
        report(
            .undefinedGlobal, tokens, "no variable is called `\(text)`: it is nil",
            suggestion: Suggestion.nearest(to: text, among: names))
        return nil
    }

    mutating func reportAbsent(_ name: String, _ tokens: Range<Int>) {
        let reason = context.vocabulary.reason(forMissing: name) ?? ""
        let replacement = CheckVocabulary.replacements[name]
        let hint = replacement.map { "; use \($0.contains("`") ? $0 : "`\($0)`")" } ?? ""
        report(.sandbox, tokens, "scripts have no `\(name)`: \(reason)\(hint)")
    }
}
