import IwinvCatalog
import LuaSyntax

// Functions of the file: what they are given, what they give, and where they go.
extension CheckWalker {
    /// Walks a function's body where it is written.
    mutating func closure(_ function: LuaFunction, hasSelf: Bool = false) -> Meaning {
        let id = function.tokens.lowerBound
        facts.define(
            closure: id, parameters: function.parameters.map { survey.variables[$0.token] }, hasSelf: hasSelf)
        let outer = (self.function, loops)
        self.function = id
        if facts.repeated.contains(id) { loops += 1 }
        block(function.body)
        (self.function, loops) = outer
        return .closure(id)
    }

    /// `function a.b:c() end`
    mutating func named(_ path: [LuaName], _ method: LuaName?, _ function: LuaFunction) {
        let made = closure(function, hasSelf: method != nil)
        guard let first = path.first else { return }
        let names = path.dropFirst() + (method.map { [$0] } ?? [])
        guard let last = names.last else { return assign(first, made) }
        refuseConcat(last.text, last.token..<last.token + 1)
        var owner: Meaning?
        if let variable = survey.references[first.token]?.variable {
            owner = facts.variable(variable)
        } else {
            owner = global(first, suffixes: [])
        }
        for name in names.dropLast() {
            if case .record(let id)? = owner { owner = facts.field(name.text, of: id) } else { owner = nil }
        }
        store(made, nil, in: owner, named: last.text, last.token..<last.token + 1)
    }

    /// A function is called: one of this file, or one that nobody knows.
    mutating func invoke(_ callee: Meaning?, _ arguments: Results, receiver: Meaning?? = nil) -> Results {
        // Nothing is called, or not yet.
        if case .nothing? = callee { return .one(.nothing) }
        guard case .closure(let id)? = callee else {
            arguments.list.forEach { travel($0) }
            if let receiver { travel(receiver) }
            return .unknown
        }
        return facts.call(id, arguments, receiver: receiver, from: function ?? -1, isRepeated: loops > 0)
    }

    /// The same for a function that something else calls again and again.
    mutating func invokeRepeatedly(_ callee: Meaning?, _ arguments: [Meaning?]) -> Results {
        loops += 1
        defer { loops -= 1 }
        return invoke(callee, Results(list: arguments))
    }

    /// `return`
    mutating func leave(with values: Results) {
        guard let function else { return values.list.forEach { travel($0) } }
        facts.note(resultsOf: function, values)
    }

    /// What is known only here may be used by others in ways that are not seen.
    mutating func travel(_ meaning: Meaning?) { facts.escape(meaning, isRepeated: loops > 0) }

    // MARK: - Assignments

    mutating func assignment(_ targets: [LuaExpression], _ values: [LuaExpression]) {
        let owners = targets.map { owner(of: $0) }
        let given = meanings(of: values)
        for (index, target) in targets.enumerated() {
            let value = index < values.count ? values[index] : nil
            switch target.kind {
            case .name(let name): assign(name, given[index])
            case .suffixed(let base, let suffixes):
                checkAssignment(to: owners[index], suffixes.last)
                store(given[index], value, in: owners[index], base, suffixes)
            default: travel(given[index])
            }
        }
        given.list.dropFirst(targets.count).forEach { travel($0) }
    }

    /// Whose field is assigned.
    private mutating func owner(of target: LuaExpression) -> Meaning? {
        switch target.kind {
        case .name: return nil
        case .suffixed(let base, let suffixes):
            let owner = meaning(of: base, Array(suffixes.dropLast()), tokens: target.tokens)
            if case .index(let key)? = suffixes.last?.kind { value(key) }
            return owner
        default:
            value(target)
            return nil
        }
    }

    private mutating func assign(_ name: LuaName, _ meaning: Meaning?) {
        guard let reference = survey.references[name.token] else { return travel(meaning) }
        if let variable = reference.variable { return facts.note(variable: variable, meaning) }
        travel(meaning)
        guard reference.environment == nil, name.text != "_ENV" else { return }
        let tokens = name.token..<name.token + 1
        if context.vocabulary.names.contains(name.text) {
            report(
                .globalAssignment, .warning, tokens,
                "this replaces `\(name.text)` for the whole script; make it `local`, or call it otherwise")
        } else {
            let names = isQuiet ? [] : tree.names.visible(atToken: name.token).map(\.name)
            report(
                .globalAssignment, .warning, tokens, "`\(name.text)` is a global variable; make it `local`",
                suggestion: Suggestion.nearest(to: name.text, among: names))
        }
    }

    private mutating func store(
        _ meaning: Meaning?, _ value: LuaExpression?, in owner: Meaning?, _ base: LuaExpression, _ suffixes: [LuaSuffix]
    ) {
        switch (owner, suffixes.last?.kind) {
        case (_, .field(let name)?):
            store(meaning, value, in: owner, named: name.text, name.token..<name.token + 1)
        case (_, .index(let key)?) where key.stringValue != nil:
            store(meaning, value, in: owner, named: key.stringValue ?? "", key.tokens)
        case (.record(let id)?, .index(let key)?):
            facts.note(elementOf: id, isComputed: !Self.isNumber(key), meaning)
            facts.note(elementsOf: id)
        default:
            travel(meaning)
            // What it holds from here on nobody knows, unless it is more of the same.
            guard suffixes.count == 1, case .name(let name) = base.kind,
                let variable = survey.references[name.token]?.variable
            else { return }
            switch (owner, meaning) {
            case (_, .nothing?): break
            case (.rows(let held)?, .row(let new)?) where held.type.name == new.type.name: break
            case (.rows?, _), (.list?, _): facts.note(variable: variable, nil)
            default: break
            }
        }
    }

    /// `#list + 1`, `3`
    private static func isNumber(_ key: LuaExpression) -> Bool {
        switch key.kind {
        case .number: true
        case .unary(.length, _), .unary(.minus, _): true
        case .chain(let first, let operations):
            ![.or, .and, .concat].contains(operations[0].operator) && isNumber(first)
        case .parenthesized(let inner): isNumber(inner)
        default: false
        }
    }

    private mutating func store(
        _ meaning: Meaning?, _ value: LuaExpression?, in owner: Meaning?, named name: String, _ tokens: Range<Int>
    ) {
        guard case .record(let id)? = owner else { return travel(meaning) }
        facts.note(field: name, of: id, meaning)
        facts.note(assigned: name, of: id, tokens, value, in: function)
    }
}
