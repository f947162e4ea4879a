import IwinvCatalog
import LuaSyntax
import ScriptHost

extension CheckWalker {
    mutating func call(_ callee: Meaning?, _ arguments: [LuaExpression], _ suffix: LuaSuffix) -> Meaning? {
        if case .function("task.map")? = callee { return map(arguments) }
        let meanings = arguments.map { argument in
            let meaning = meaning(of: argument)
            travel(meaning)
            return meaning
        }
        switch callee {
        case .operation(let operation, let isEach):
            return checked(operation, isEach: isEach, Given(arguments, meanings), suffix)
        case .wait(let resource):
            checkState(resource, arguments.dropFirst().first)
            checkDuration(arguments.dropFirst(2).first, "\(resource).wait")
            guard case .row(let rows)?? = meanings.first else { return nil }
            return .row(rows)
        case .moduleFunction("check"):
            if let name = arguments.first?.stringValue, context.catalog[OperationName(stringLiteral: name)] == nil,
                let tokens = arguments.first?.tokens
            {
                let names = context.catalog.interface.map { "\($0.name)" }
                report(
                    .unknownOperation, tokens, "there is no operation `\(name)`",
                    suggestion: Suggestion.nearest(to: name, among: names))
            }
        case .function("require"): return module(arguments.first)
        case .function("ipairs"), .function("pairs"):
            switch meanings.first ?? nil {
            case .rows(let rows)?: return .drawn(rows, position: 1)
            case .drawn(_, position: 0)?:
                report(
                    .wrongLoop, suffix.tokens, "`each` gives no list: write `for row in …each(…) do`, or use `list`")
            default: break
            }
        case .function("table.insert"):
            if arguments.count > 1 {
                collect(arguments[arguments.count - 1], meanings[arguments.count - 1], into: arguments[0])
            }
        case .rowMethod(let name):
            let isLiteral = arguments.first.map { LiteralValue.of($0) != nil } ?? true
            if isLiteral, suffix.tokens.lowerBound >= 2 {
                report(
                    .colon, suffix.tokens.lowerBound - 2..<suffix.tokens.lowerBound,
                    "write a colon: `:\(name)`, so that it knows which row is meant")
            }
        case .function("pcall"):
            if case .operation(let operation, let isEach)?? = meanings.first {
                _ = checked(
                    operation, isEach: isEach, Given(Array(arguments.dropFirst()), Array(meanings.dropFirst())), suffix)
            }
        case .function(let name): checkLibrary(name, arguments, suffix)
        default: break
        }
        return nil
    }

    /// `task.map(rows, function(vm) … end)`: the function is called for each, as a loop's body is.
    private mutating func map(_ arguments: [LuaExpression]) -> Meaning? {
        let list = arguments.first.flatMap { meaning(of: $0) }
        loops += 1
        for argument in arguments.dropFirst() {
            if case .rows(let rows)? = list, case .function(let function) = argument.kind,
                let parameter = function.parameters.first
            {
                bind(parameter, .row(rows))
            }
            value(argument)
        }
        loops -= 1
        return nil
    }

    private mutating func module(_ argument: LuaExpression?) -> Meaning? {
        guard let argument, let name = argument.stringValue else {
            // A module by a computed name may do anything.
            context.callsAnyOperation = true
            context.readsAnyParameter = true
            return nil
        }
        if name == "iwinv" { return .module }
        if name == "params" { return .parameters }
        if context.vocabulary.tables[name] != nil { return .library(name) }
        guard !context.modules.contains(name), !context.vocabulary.names.contains(name) else { return nil }
        report(
            .unknownModule, argument.tokens,
            "there is no module `\(name)`: no file \(name.replacing(".", with: "/")).lua stands beside the script",
            suggestion: Suggestion.nearest(to: name, among: context.modules.sorted() + ["iwinv"]))
        return nil
    }

    mutating func method(
        of receiver: Meaning?, _ name: LuaName, _ arguments: [LuaExpression], _ suffix: LuaSuffix
    ) -> Meaning? {
        let meanings = arguments.map { argument in
            let meaning = meaning(of: argument)
            travel(meaning)
            return meaning
        }
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
        case .row(let rows):
            let methods = methods(of: rows.type)
            if assignedKeys.contains(name.text) { return nil }
            guard let operation = methods[name.text] else {
                let isField = rows.type.field(name.text) != nil
                report(
                    .unknownOperation, tokens,
                    isField
                        ? "`\(name.text)` is a field of \(rows.type.name), and is not called"
                        : "rows of type \(rows.type.name) have no method `\(name.text)`",
                    suggestion: isField ? nil : Suggestion.nearest(to: name.text, among: methods.keys.sorted()))
                return nil
            }
            use(operation, name.token)
            if name.text == "wait" {
                checkState(operation.name.resource, arguments.first)
                checkDuration(arguments.dropFirst().first, "\(operation.name.resource).wait")
                return receiver
            }
            return checked(operation, isEach: false, Given(arguments, meanings, hasReceiver: true), suffix)
        case .text, .state: checkTextMethod(name)
        case .rows(let rows):
            let isOperation = methods(of: rows.type)[name.text] != nil
            guard isOperation, !assignedKeys.contains(name.text) else { break }
            report(.colon, tokens, "this is a list of rows: call `:\(name.text)` of each of them")
            if let operation = methods(of: rows.type)[name.text] { use(operation, name.token) }
        case nil: context.possibleVerbs.insert(name.text)
        default: break
        }
        return nil
    }

    // MARK: - Arguments of operations

    /// What a call gives.
    struct Given {
        var arguments: [LuaExpression]
        var meanings: [Meaning?]
        /// The row before the colon stands for the identifier, and for the partner's where there is one in a nested table.
        var hasReceiver: Bool

        init(_ arguments: [LuaExpression], _ meanings: [Meaning?], hasReceiver: Bool = false) {
            self.arguments = arguments
            self.meanings = meanings
            self.hasReceiver = hasReceiver
        }

        mutating func next() -> (LuaExpression, Meaning?)? {
            guard !arguments.isEmpty else { return nil }
            return (arguments.removeFirst(), meanings.removeFirst())
        }
    }

    /// Checks what a call gives as far as it is written out, and says what it answers.
    private mutating func checked(
        _ operation: CloudOperation, isEach: Bool, _ given: Given, _ suffix: LuaSuffix
    ) -> Meaning? {
        var given = given
        var settled: Set<String> = []
        let isNested = operation.name.resource.contains(".")
        if let subject = operation.subject {
            settled.insert(subject.name)
            if given.hasReceiver {
                if isNested, let partner = operation.partner { settled.insert(partner) }
            } else if !checkIdentifier(given.next(), subject, operation, suffix) {
                return answer(of: operation, isEach: isEach, fields: nil, isCounted: true)
            }
        }
        if let partner = operation.partner, !settled.contains(partner), let parameter = operation.parameter(partner),
            let argument = given.arguments.first
        {
            switch (argument.kind, given.meanings.first ?? nil) {
            case (.table, _), (.nil, _): break
            case (_, .row(let rows)?) where rows.type.key == partner:
                settled.insert(partner)
                _ = given.next()
            case (.string, _):
                settled.insert(partner)
                checkLiteral(argument, parameter, operation)
                _ = given.next()
            // An identifier, or the table: only the run knows.
            default: return answer(of: operation, isEach: isEach, fields: nil, isCounted: true)
            }
        }
        guard let (argument, _) = given.next() else {
            checkMissing(operation, settled, suffix)
            return answer(of: operation, isEach: isEach, fields: [], isCounted: false)
        }
        guard case .table(let fields) = argument.kind else {
            if case .nil = argument.kind {
                checkMissing(operation, settled, suffix)
            } else if LiteralValue.of(argument) != nil {
                report(.wrongArgument, argument.tokens, "`\(operation.name)` takes a table of named arguments here")
            }
            return answer(of: operation, isEach: isEach, fields: nil, isCounted: true)
        }
        return checkTable(fields, operation, isEach: isEach, settled, suffix)
    }

    private mutating func checkTable(
        _ fields: [LuaField], _ operation: CloudOperation, isEach: Bool, _ settled: Set<String>, _ suffix: LuaSuffix
    ) -> Meaning? {
        var settled = settled
        var asked: [String]? = []
        var isOpen = false
        var isCounted = false
        for field in fields {
            let name: String
            let value: LuaExpression
            switch field.kind {
            case .item(let item):
                report(.wrongArgument, item.tokens, "`\(operation.name)` takes arguments by name: `name = value`")
                continue
            case .named(let key, let item): (name, value) = (key.text, item)
            case .keyed(let key, let item):
                guard let text = key.stringValue else {
                    isOpen = true
                    continue
                }
                (name, value) = (text, item)
            }
            let tokens = field.tokens.prefix(1)
            if isEach, name == "stream", operation.paging != nil { continue }
            guard let parameter = operation.parameter(name) else {
                let names = operation.parameters.map(\.name).filter { !settled.contains($0) }
                report(
                    .unknownArgument, tokens, "`\(operation.name)` has no argument `\(name)`",
                    suggestion: Suggestion.nearest(to: name, among: names))
                continue
            }
            if operation.subject?.name == name, settled.contains(name) {
                report(.wrongArgument, tokens, "`\(name)` is given twice")
                continue
            }
            if name == "count" { isCounted = true }
            if case .nil = value.kind { continue }
            settled.insert(name)
            checkLiteral(value, parameter, operation)
            if name == "fields" {
                asked = LiteralValue.of(value)?.arrayValue.map { $0.compactMap(\.stringValue) }
            }
        }
        if !isOpen { checkMissing(operation, settled, suffix) }
        return answer(of: operation, isEach: isEach, fields: asked, isCounted: isCounted)
    }

    /// The identifier that comes first; false if nothing else can be told of the call.
    private mutating func checkIdentifier(
        _ argument: (LuaExpression, Meaning?)?, _ subject: Parameter, _ operation: CloudOperation, _ suffix: LuaSuffix
    ) -> Bool {
        guard let (expression, meaning) = argument else {
            report(.missingArgument, suffix.tokens, "`\(operation.name)` takes \(subject.name) first")
            return false
        }
        if case .row(let rows)? = meaning {
            guard rows.type.key != subject.name else { return true }
            report(
                .wrongArgument, expression.tokens,
                "`\(operation.name)` takes \(subject.name) first, and this is a row of type \(rows.type.name)")
            return false
        }
        switch expression.kind {
        case .string: checkLiteral(expression, subject, operation)
        case .table, .true, .false, .nil, .function:
            report(
                .wrongArgument, expression.tokens,
                "`\(operation.name)` takes \(subject.name), or a row with one, first and without a name")
            return false
        default: break
        }
        return true
    }

    /// One argument as the gate will check it.
    private mutating func checkLiteral(_ value: LuaExpression, _ parameter: Parameter, _ operation: CloudOperation) {
        guard let literal = LiteralValue.of(value), !literal.isNull else { return }
        var single = operation
        single.parameters = [parameter]
        do { _ = try Arguments([parameter.name: literal], for: single) } catch {
            let suggestion: String? =
                switch error.reason {
                case .choice(_, _, let nearest): nearest
                case .unknownName(let nearest, _): nearest
                default: nil
                }
            var finding = finding(.wrongArgument, .error, value.tokens, error.description)
            // The text of the problem has it already.
            finding.suggestion = suggestion
            context.report(finding)
        }
    }

    private mutating func checkMissing(_ operation: CloudOperation, _ settled: Set<String>, _ suffix: LuaSuffix) {
        for parameter in operation.parameters where parameter.isRequired && !settled.contains(parameter.name) {
            report(.missingArgument, suffix.tokens, "`\(operation.name)` needs the argument `\(parameter.name)`")
        }
    }

    private mutating func checkState(_ resource: String, _ argument: LuaExpression?) {
        let states = context.catalog[OperationName(resource: resource, verb: "list")]?.row?.states ?? []
        guard let argument, let literal = LiteralValue.of(argument) else { return }
        guard let state = literal.stringValue, states.contains(state) else {
            report(
                .wrongArgument, argument.tokens,
                "`\(resource).wait` takes one of the states \(states.joined(separator: ", "))",
                suggestion: literal.stringValue.flatMap { Suggestion.nearest(to: $0, among: states) })
            return
        }
    }

    /// - Parameters:
    ///   - fields: those that were asked for by name; none: the usual ones; nil: nobody knows.
    ///   - isCounted: it may make several.
    private func answer(of operation: CloudOperation, isEach: Bool, fields: [String]?, isCounted: Bool) -> Meaning? {
        guard let type = operation.row else { return nil }
        var rows = Rows(type: type)
        if operation.name.resource.contains("."), let owner = operation.subject?.name { rows.added = [owner] }
        if operation.parameter("fields") != nil, let fields {
            if !fields.isEmpty {
                rows.asked = Set(fields).union([type.key].compactMap(\.self))
            } else if let mask = operation.defaultFields {
                rows.asked = Set(type.names(in: mask))
            }
        }
        if isEach { return .drawn(rows, position: 0) }
        if case .rows = operation.result {
            if operation.effect == .read { return .rows(rows) }
            return isCounted ? nil : .row(rows)
        }
        return .row(rows)
    }
}
