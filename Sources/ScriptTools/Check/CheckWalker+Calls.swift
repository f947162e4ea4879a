import IwinvCatalog
import LuaSyntax
import ScriptHost

extension CheckWalker {
    mutating func call(_ callee: Meaning?, _ arguments: [LuaExpression], _ suffix: LuaSuffix) -> Results {
        let given = Given(arguments, meanings(of: arguments))
        switch callee {
        case .operation(let operation, let isEach):
            return .one(checked(operation, isEach: isEach, given, suffix))
        case .wait(let resource): return .one(wait(resource, given, suffix))
        case .moduleFunction(let name): return module(name, given, suffix)
        case .rowMethod(let name, let rows):
            let isLiteral = arguments.first.map { LiteralValue.of($0) != nil } ?? true
            guard isLiteral, suffix.tokens.lowerBound >= 2 else {
                return .one(rowMethod(name, rows, given, suffix))
            }
            report(
                .colon, suffix.tokens.lowerBound - 2..<suffix.tokens.lowerBound,
                "write a colon: `:\(name)`, so that it knows which row is meant")
        case .textMethod(let name):
            if arguments.isEmpty, suffix.tokens.lowerBound >= 2 {
                report(
                    .colon, suffix.tokens.lowerBound - 2..<suffix.tokens.lowerBound,
                    "write a colon: `:\(name)`, so that it knows which text is meant")
            }
            return .one(Self.textMethods.contains(name) ? .text : nil)
        case .function(let name): return library(name, given, suffix)
        case .closure, .nothing, nil: return invoke(callee, given.results)
        default: given.results.list.forEach { travel($0) }
        }
        return .unknown
    }

    /// Functions of `string` that give text.
    static let textMethods: Set<String> = ["sub", "upper", "lower", "rep", "reverse", "format", "gsub", "char"]

    mutating func method(
        of receiver: Meaning?, _ name: LuaName, _ arguments: [LuaExpression], _ suffix: LuaSuffix
    ) -> Results {
        let given = Given(arguments, meanings(of: arguments), hasReceiver: true)
        let tokens = name.token..<name.token + 1
        switch receiver {
        case .module, .resource:
            report(.colon, name.token - 1..<name.token + 1, "write a dot: `.\(name.text)`, the table is no object")
            if case .resource(let resource)? = receiver,
                let operation = context.catalog[OperationName(resource: resource, verb: name.text)]
            {
                use(operation, name.token)
            }
        case .library(let library) where context.vocabulary.tables[library]?.contains(name.text) == true:
            report(.colon, name.token - 1..<name.token + 1, "write a dot: `\(library).\(name.text)`")
        case .row(let rows): return rowMethod(rows, name, given, suffix)
        case .attempt(.row(let rows)?, _): return rowMethod(rows, name, given, suffix)
        case .text, .word:
            checkTextMethod(name)
            if Self.textMethods.contains(name.text) { return .one(.text) }
        case .rows(let rows):
            let operation = methods(of: rows.type)[name.text]
            guard let operation, !survey.assignedKeys.contains(name.text) else { break }
            report(.colon, tokens, "this is a list of rows: call `:\(name.text)` of each of them")
            use(operation, name.token)
        case .instance(let type):
            if let method = type.methods.first(where: { $0.name == name.text }) {
                return .one(method.result.flatMap { meaning(ofType: $0) })
            }
            guard !survey.assignedKeys.contains(name.text) else { break }
            report(
                .unknownFunction, tokens, "\(type.name) has no method `\(name.text)`",
                suggestion: Suggestion.nearest(to: name.text, among: type.methods.map(\.name)))
        case .record(let id):
            let callee = facts.field(name.text, of: id)
            return invoke(callee, given.results, receiver: receiver)
        case nil, .nothing:
            context.possibleVerbs.insert(name.text)
            given.results.list.forEach { travel($0) }
        default: given.results.list.forEach { travel($0) }
        }
        return .unknown
    }

    private mutating func rowMethod(_ rows: Rows, _ name: LuaName, _ given: Given, _ suffix: LuaSuffix) -> Results {
        if survey.assignedKeys.contains(name.text) {
            given.results.list.forEach { travel($0) }
            return .unknown
        }
        let methods = methods(of: rows.type)
        if let operation = methods[name.text] {
            use(operation, name.token)
            return .one(checked(operation, name.text, rows, given, suffix))
        }
        guard !isQuiet else { return .unknown }
        let isField = rows.type.field(name.text) != nil
        let meant = isField ? nil : Suggestion.nearest(to: name.text, among: methods.keys.sorted())
        if let meant { context.possibleVerbs.insert(meant) }
        report(
            .unknownOperation, name.token..<name.token + 1,
            isField
                ? "`\(name.text)` is a field of \(rows.type.name), and is not called"
                : "rows of type \(rows.type.name) have no method `\(name.text)`", suggestion: meant)
        return .unknown
    }

    /// `vm.edit(vm, …)`, as `pcall(vm.edit, vm, …)` has it.
    mutating func rowMethod(_ name: String, _ rows: Rows, _ given: Given, _ suffix: LuaSuffix) -> Meaning? {
        guard let operation = methods(of: rows.type)[name] else { return nil }
        var given = given
        given.hasReceiver = true
        guard given.next() != nil else { return nil }
        return checked(operation, name, rows, given, suffix)
    }

    private mutating func checked(
        _ operation: CloudOperation, _ name: String, _ rows: Rows, _ given: Given, _ suffix: LuaSuffix
    ) -> Meaning? {
        guard name == "wait" else { return checked(operation, isEach: false, given, suffix) }
        checkState(operation.name.resource, given.arguments.first)
        checkDuration(given.arguments.dropFirst().first, "\(operation.name.resource).wait")
        return .row(rows)
    }

    /// `iwinv.instances.wait(vm, "active", "5m")`
    private mutating func wait(_ resource: String, _ given: Given, _ suffix: LuaSuffix) -> Meaning? {
        checkState(resource, given.arguments.dropFirst().first)
        checkDuration(given.arguments.dropFirst(2).first, "\(resource).wait")
        switch given.results[0] {
        case .row?, .rows?: return given.results[0]
        case let other:
            travel(other)
            return nil
        }
    }

    /// `iwinv.check`, `iwinv.retry`
    private mutating func module(_ name: String, _ given: Given, _ suffix: LuaSuffix) -> Results {
        let full = "iwinv.\(name)"
        guard name == "check" else {
            checkLibrary(full, given, suffix)
            return invoke(given.results[0], .none)
        }
        guard let first = given.arguments.first, let name = survey.literal(first).stringValue else {
            checkLibrary(full, given, suffix)
            return .unknown
        }
        guard let operation = context.catalog[OperationName(stringLiteral: name)] else {
            let names = context.catalog.interface.map { "\($0.name)" }
            report(
                .unknownOperation, first.tokens, "there is no operation `\(name)`",
                suggestion: Suggestion.nearest(to: name, among: names))
            return .unknown
        }
        if given.arguments.count == 2 {
            _ = table(given.arguments[1], given.results[1], operation, isEach: false, isAsked: true, [], suffix)
        } else {
            checkLibrary(full, given, suffix)
        }
        return .unknown
    }
}
