import IwinvCatalog
import LuaSyntax
import ScriptHost

extension CheckWalker {
    /// Looks at an expression whose value goes somewhere.
    mutating func value(_ expression: LuaExpression) { travel(meaning(of: expression)) }

    /// What is known only here may be used by others in ways that are not seen.
    mutating func travel(_ meaning: Meaning?) {
        switch meaning {
        case .module, .resource: context.callsAnyOperation = true
        case .parameters: context.readsAnyParameter = true
        default: break
        }
    }

    /// Looks at an expression and says what it is.
    mutating func meaning(of expression: LuaExpression) -> Meaning? {
        switch expression.kind {
        case .nil, .true, .false, .varargs, .number, .missing: return nil
        case .string: return .text
        case .function(let function):
            self.function(function)
            return nil
        case .name(let name): return name.text.isEmpty ? nil : variable(name, suffixes: [])
        case .parenthesized(let inner): return meaning(of: inner)
        case .suffixed(let base, let suffixes): return meaning(of: base, suffixes, tokens: expression.tokens)
        case .table(let fields):
            checkKeys(fields)
            expression.parts.forEach { value($0) }
        case .chain(let first, let operations):
            if operations.count == 1, [.equal, .notEqual].contains(operations[0].operator) {
                compare(first, operations[0].operand)
            } else {
                expression.parts.forEach { value($0) }
            }
        // The length of a list tells nothing about it.
        case .unary(_, let operand): _ = meaning(of: operand)
        }
        return nil
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
                    current = element(of: current)
                }
            case .call(let arguments): current = call(current, arguments, suffix)
            case .method(let name, let arguments): current = method(of: current, name, arguments, suffix)
            }
        }
        return current
    }

    // MARK: - Variables

    private mutating func variable(_ name: LuaName, suffixes: [LuaSuffix]) -> Meaning? {
        guard let reference = references[name.token] else { return nil }
        if let variable = reference.variable { return meanings[variable] }
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
        let visible = tree.names.visible(atToken: name.token).map(\.name)
        report(
            .undefinedGlobal, tokens, "no variable is called `\(text)`: it is nil",
            suggestion: Suggestion.nearest(to: text, among: visible + context.vocabulary.names.sorted()))
        return nil
    }

    private mutating func reportAbsent(_ name: String, _ tokens: Range<Int>) {
        let reason = context.vocabulary.reason(forMissing: name) ?? ""
        let replacement = CheckVocabulary.replacements[name]
        let hint = replacement.map { "; use \($0.contains("`") ? $0 : "`\($0)`")" } ?? ""
        report(.sandbox, tokens, "scripts have no `\(name)`: \(reason)\(hint)")
    }

    // MARK: - Members

    mutating func member(of owner: Meaning?, _ name: String, _ token: Int, _ base: LuaExpression) -> Meaning? {
        let tokens = token..<token + 1
        switch owner {
        case .module:
            if context.catalog.resources.contains(name) { return .resource(name) }
            if ["check", "retry"].contains(name) { return .moduleFunction(name) }
            let names = context.catalog.grantResources + ["check", "retry"]
            report(
                .unknownOperation, tokens, "`iwinv` has no `\(name)`",
                suggestion: Suggestion.nearest(to: name, among: names))
        case .resource(let resource): return member(ofResource: resource, name, token)
        case .library(let library):
            let full = "\(library).\(name)"
            if context.vocabulary.tables[library]?.contains(name) == true { return .function(full) }
            guard library != "_G", !assignedKeys.contains(name) else { return nil }
            if context.vocabulary.absent[full] != nil {
                reportAbsent(full, tokens)
            } else {
                let names = context.vocabulary.tables[library]?.sorted() ?? []
                report(
                    .unknownFunction, tokens, "there is no `\(full)`",
                    suggestion: Suggestion.nearest(to: name, among: names).map { "\(library).\($0)" })
            }
        case .parameters: readParameter(name, tokens)
        case .row(let rows): return member(of: rows, name, token, base)
        case .index:
            report(.unknownField, tokens, "`ipairs` gives an index first and the row second: `for _, row in ipairs(…)`")
        case .object(let fields, let owner):
            if let field = fields.first(where: { $0.name == name }) {
                return Self.meaning(of: field.type, "\(owner).\(name)")
            }
            guard !assignedKeys.contains(name) else { return nil }
            report(
                .unknownField, .warning, tokens, "`\(owner)` is not known to have `\(name)`",
                suggestion: Suggestion.nearest(to: name, among: fields.map(\.name)))
        default: break
        }
        return nil
    }

    private mutating func readParameter(_ name: String, _ tokens: Range<Int>) {
        context.use(parameter: name)
        guard let header = context.header.header, !header.parameters.contains(where: { $0.name == name }) else {
            return
        }
        // A file without a header may be a module of a script that has one.
        report(
            .unknownParameter, context.header.isThere ? .error : .warning, tokens,
            "the header declares no parameter `\(name)`",
            suggestion: Suggestion.nearest(to: name, among: header.parameters.map(\.name)))
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
        let names =
            catalog.interface.filter { $0.name.resource == resource }.map(\.name.verb) + (hasEach ? ["each"] : [])
            + (hasWait ? ["wait", "wait_all"] : [])
            + catalog.resources.filter { $0.hasPrefix("\(resource).") }.map { String($0.dropFirst(resource.count + 1)) }
        report(
            .unknownOperation, token..<token + 1, "`iwinv.\(resource)` has no `\(name)`",
            suggestion: Suggestion.nearest(to: name, among: names))
        return nil
    }

    /// Something of a list or a table by a key that the run computes, or a number.
    private mutating func element(of owner: Meaning?) -> Meaning? {
        switch owner {
        case .module, .resource:
            context.callsAnyOperation = true
            return nil
        case .parameters:
            context.readsAnyParameter = true
            return nil
        case .rows(let rows): return .row(rows)
        case .list(let element, let owner): return Self.meaning(of: element, owner)
        default: return nil
        }
    }

    // MARK: - Rows

    private mutating func member(of rows: Rows, _ name: String, _ token: Int, _ base: LuaExpression) -> Meaning? {
        let type = rows.type
        if rows.added.contains(name) || assignedKeys.contains(name) { return nil }
        if let field = type.field(name) {
            var isSettled = true
            if case .name(let variable) = base.kind, let id = references[variable.token]?.variable {
                isSettled = !travelling.contains(id)
            }
            if let asked = rows.asked, !asked.contains(name), isSettled {
                let names = asked.union([name]).subtracting([type.key ?? ""]).sorted().map { "\"\($0)\"" }
                report(
                    .unreadField, token..<token + 1,
                    "`\(name)` was not asked for: `fields = { \(names.joined(separator: ", ")) }`")
            }
            if name == "status", !type.states.isEmpty { return .state(type.states, owner: type.name) }
            return Self.meaning(of: field.type, "\(type.name).\(name)")
        }
        if let operation = methods(of: type)[name] {
            use(operation, token)
            return .rowMethod(name)
        }
        let names = type.fields.map(\.name) + methods(of: type).keys.sorted()
        report(
            .unknownField, token..<token + 1, "rows of type \(type.name) have no field `\(name)`",
            suggestion: Suggestion.nearest(to: name, among: names))
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

    /// What rows of a type can do: the functions that take their identifier. `wait` reads the list.
    func methods(of type: RowType) -> [String: CloudOperation] {
        guard let key = type.key else { return [:] }
        var methods: [String: CloudOperation] = [:]
        for operation in context.catalog.interface {
            let isNested = operation.name.resource.contains(".")
            if (isNested ? operation.partner : operation.subject?.name) == key {
                methods[operation.name.verb] = operation
            }
            if operation.name.verb == "list", operation.row?.key == key, operation.row?.states.isEmpty == false {
                methods["wait"] = operation
            }
        }
        return methods
    }
}
