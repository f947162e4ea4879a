import IwinvCatalog
import LuaSyntax
import ScriptHost

// What stands behind a dot, or between brackets.
extension CheckWalker {
    mutating func member(of owner: Meaning?, _ name: String, _ token: Int, _ base: LuaExpression) -> Meaning? {
        let tokens = token..<token + 1
        switch owner {
        case .nothing: return .nothing
        case .module:
            if context.catalog.resources.contains(name) { return .resource(name) }
            if ["check", "retry"].contains(name) { return .moduleFunction(name) }
            let names = context.catalog.grantResources + ["check", "retry"]
            report(
                .unknownOperation, tokens, "`iwinv` has no `\(name)`",
                suggestion: Suggestion.nearest(to: name, among: names))
        case .resource(let resource): return member(ofResource: resource, name, token)
        case .library(let library): return member(ofLibrary: library, name, tokens)
        case .parameters: readParameter(name, tokens)
        case .row(let rows): return member(of: rows, name, token, base)
        case .rows(let rows):
            guard !survey.assignedKeys.contains(name), name != "n" else { return nil }
            let isField = rows.type.field(name) != nil || methods(of: rows.type)[name] != nil
            report(
                .unknownField, tokens,
                isField
                    ? "this is a list of rows: `\(name)` is of each of them"
                    : "this is a list of rows, and has no `\(name)`")
        case .drawn(_, position: 0): reportEach(tokens)
        case .index:
            report(.unknownField, tokens, "`ipairs` gives an index first and the row second: `for _, row in ipairs(…)`")
        case .object(let fields, let owner):
            if let field = fields.first(where: { $0.name == name }) {
                return Self.meaning(of: field.type, "\(owner).\(name)")
            }
            guard !survey.assignedKeys.contains(name) else { return nil }
            report(
                .unknownField, .warning, tokens, "`\(owner)` is not known to have `\(name)`",
                suggestion: Suggestion.nearest(to: name, among: fields.map(\.name)))
        case .instance(let type): return member(of: type, name, tokens)
        case .record(let id): return facts.field(name, of: id)
        case .text:
            if context.vocabulary.tables["string"]?.contains(name) == true { return .textMethod(name) }
            guard !survey.assignedKeys.contains(name) else { return nil }
            report(.unknownField, tokens, "this is text, and has no field `\(name)`")
        case .attempt(let inner, let error): return member(ofAttempt: inner, error, name, token, base)
        default: break
        }
        return nil
    }

    private mutating func member(ofLibrary library: String, _ name: String, _ tokens: Range<Int>) -> Meaning? {
        let full = "\(library).\(name)"
        if context.vocabulary.tables[library]?.contains(name) == true { return .function(full) }
        guard library != "_G", !survey.assignedKeys.contains(name) else { return nil }
        if context.vocabulary.absent[full] != nil {
            reportAbsent(full, tokens)
        } else {
            let names = context.vocabulary.tables[library]?.sorted() ?? []
            report(
                .unknownFunction, tokens, "there is no `\(full)`",
                suggestion: Suggestion.nearest(to: name, among: names).map { "\(library).\($0)" })
        }
        return .nothing
    }

    private mutating func member(of type: ScriptClass, _ name: String, _ tokens: Range<Int>) -> Meaning? {
        if let field = type.fields.first(where: { $0.name == name }) {
            let words = Self.words(field.type)
            if !words.isEmpty { return .word(words, owner: "the \(name) of \(type.name)") }
            return meaning(ofType: field.type)
        }
        let methods = type.methods.map(\.name)
        guard !methods.contains(name), !survey.assignedKeys.contains(name) else { return nil }
        report(
            .unknownField, tokens, "\(type.name) has no field `\(name)`",
            suggestion: Suggestion.nearest(to: name, among: type.fields.map(\.name) + methods))
        return nil
    }

    /// `"api"|"network"`
    private static func words(_ type: String) -> [String] {
        let parts = type.split(separator: "|")
        let words = parts.filter { $0.count > 2 && $0.hasPrefix("\"") && $0.hasSuffix("\"") }
        return words.count == parts.count ? words.map { String($0.dropFirst().dropLast()) } : []
    }

    /// What a type of the script's libraries is here.
    func meaning(ofType type: String) -> Meaning? {
        if type == "string" { return .text }
        if type == "string[]" { return .list(.string, owner: "this") }
        return ScriptLibrary.classes.first { $0.name == type && !($0.fields.isEmpty && $0.methods.isEmpty) }
            .map { .instance($0) }
    }

    /// `local ok, result = pcall(…)`: what the call gave, or its error.
    private mutating func member(
        ofAttempt inner: Meaning?, _ error: Meaning.Error, _ name: String, _ token: Int, _ base: LuaExpression
    ) -> Meaning? {
        let failure = ScriptLibrary.failure
        let isOfError = failure.fields.contains { $0.name == name }
        let own: [String]
        switch inner {
        case .row(let rows)?:
            if rows.type.field(name) != nil || rows.added.contains(name) || methods(of: rows.type)[name] != nil {
                return isOfError ? nil : member(of: inner, name, token, base)
            }
            own = rows.type.fields.map(\.name)
        case .rows?, .list?, .nothing?: own = []
        default: return nil
        }
        if isOfError { return member(of: .instance(failure), name, token, base) }
        guard error == .ofTheCloud || !survey.raisesTables && context.modules.isEmpty,
            context.vocabulary.tables["string"]?.contains(name) != true, !survey.assignedKeys.contains(name)
        else { return nil }
        report(
            .unknownField, token..<token + 1, "neither the result nor an error has a field `\(name)`",
            suggestion: Suggestion.nearest(to: name, among: own + failure.fields.map(\.name)))
        return nil
    }

    private mutating func readParameter(_ name: String, _ tokens: Range<Int>) {
        guard !isQuiet else { return }
        context.use(parameter: name)
        guard let header = context.header.header, !header.parameters.contains(where: { $0.name == name }) else {
            return
        }
        let meant = Suggestion.nearest(to: name, among: header.parameters.map(\.name))
        if let meant { context.use(parameter: meant) }
        // A file without a header may be a module of a script that has one.
        report(
            .unknownParameter, context.header.isThere ? .error : .warning, tokens,
            "the header declares no parameter `\(name)`",
            suggestion: meant)
    }

    private mutating func member(ofResource resource: String, _ name: String, _ token: Int) -> Meaning? {
        let catalog = context.catalog
        if catalog.resources.contains("\(resource).\(name)") { return .resource("\(resource).\(name)") }
        if let operation = catalog[OperationName(resource: resource, verb: name)] {
            use(operation, token)
            return .operation(operation, isEach: false)
        }
        let list = catalog[OperationName(resource: resource, verb: "list")]
        let hasEach = list != nil && list?.subject == nil
        let hasWait = list?.row?.states.isEmpty == false
        if let list, name == "each" && hasEach || ["wait", "wait_all"].contains(name) && hasWait {
            use(list, token)
            return name == "each" ? .operation(list, isEach: true) : .wait(resource: resource)
        }
        guard !isQuiet else { return nil }
        let names =
            catalog.interface.filter { $0.name.resource == resource }.map(\.name.verb) + (hasEach ? ["each"] : [])
            + (hasWait ? ["wait", "wait_all"] : [])
            + catalog.resources.filter { $0.hasPrefix("\(resource).") }.map { String($0.dropFirst(resource.count + 1)) }
        let meant = Suggestion.nearest(to: name, among: names)
        // The need for what was meant is no mistake too.
        if let meant { context.possibleVerbs.insert(meant) }
        report(
            .unknownOperation, token..<token + 1, "`iwinv.\(resource)` has no `\(name)`", suggestion: meant)
        return nil
    }

    /// Something of a list or a table by a key that the run computes, or a number.
    mutating func element(of owner: Meaning?, _ key: LuaExpression) -> Meaning? {
        switch owner {
        case .nothing: return .nothing
        case .module, .resource, .parameters:
            facts.escape(owner)
            return nil
        case .row(let rows):
            if !methods(of: rows.type).isEmpty { facts.loseOperations() }
            return nil
        case .rows(let rows): return .row(rows)
        case .list(let element, let owner): return Self.meaning(of: element, owner)
        case .record(let id):
            if case .number(.integer(let index)) = key.kind { return facts.element(index, of: id) }
            return facts.anything(in: id)
        case .drawn(_, position: 0):
            reportEach(key.tokens)
            return nil
        case .attempt(let inner, _): return element(of: inner, key)
        default: return nil
        }
    }

    mutating func reportEach(_ tokens: Range<Int>) {
        report(.wrongLoop, tokens, "`each` gives no list: write `for row in …each(…) do`, or use `list`")
    }

    // MARK: - Rows

    mutating func member(of rows: Rows, _ name: String, _ token: Int, _ base: LuaExpression?) -> Meaning? {
        let type = rows.type
        if rows.added.contains(name) || survey.assignedKeys.contains(name) { return nil }
        if let field = type.field(name) {
            var isSettled = true
            if let base, case .name(let variable) = base.kind, let id = survey.references[variable.token]?.variable {
                isSettled = !survey.travelling.contains(id)
            }
            if let asked = rows.asked, !asked.contains(name), isSettled {
                let names = asked.union([name]).subtracting([type.key ?? ""]).sorted().map { "\"\($0)\"" }
                report(
                    .unreadField, token..<token + 1,
                    "`\(name)` was not asked for: `fields = { \(names.joined(separator: ", ")) }`")
            }
            if let words = words(of: type, name) { return .word(words, owner: "the \(name) of \(type.name)") }
            return Self.meaning(of: field.type, "\(type.name).\(name)")
        }
        let methods = methods(of: type)
        if let operation = methods[name] {
            use(operation, token)
            return .rowMethod(name, rows)
        }
        guard !isQuiet else { return nil }
        let meant = Suggestion.nearest(to: name, among: type.fields.map(\.name) + methods.keys.sorted())
        if let meant { context.possibleVerbs.insert(meant) }
        report(
            .unknownField, token..<token + 1, "rows of type \(type.name) have no field `\(name)`", suggestion: meant)
        return nil
    }

    /// The words that a field may have, where all are known: states, and those that changes give it.
    private func words(of type: RowType, _ field: String) -> [String]? {
        if field == "status", !type.states.isEmpty { return type.states + type.passing }
        for operation in context.catalog.interface where operation.effect.isChange && operation.row?.name == type.name {
            if case .choice(let words, isOpen: false)? = operation.parameter(field)?.type { return words }
        }
        return nil
    }

    static func meaning(of type: FieldType, _ owner: String) -> Meaning? {
        switch type {
        case .string: .text
        case .integer, .boolean, .any: nil
        case .object(let fields): .object(fields, owner: owner)
        case .list(let element): .list(element, owner: owner)
        }
    }

    /// What rows of a type can do.
    func methods(of type: RowType) -> [String: CloudOperation] { type.key.flatMap { context.methods[$0] } ?? [:] }
}
