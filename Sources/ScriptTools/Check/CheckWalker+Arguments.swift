import IwinvCatalog
import LuaSyntax
import ScriptHost

// Arguments of operations, as far as they are written out.
extension CheckWalker {
    /// What a call gives.
    struct Given {
        var arguments: [LuaExpression]
        var results: Results
        /// The row before the colon stands for the identifier, and for the partner's where there is one in a nested table.
        var hasReceiver: Bool

        init(_ arguments: [LuaExpression], _ results: Results, hasReceiver: Bool = false) {
            self.arguments = arguments
            self.results = results
            self.hasReceiver = hasReceiver
        }

        var first: Meaning? { results[0] }

        mutating func next() -> (LuaExpression, Meaning?)? {
            guard !arguments.isEmpty else { return nil }
            let meaning = results[0]
            if !results.list.isEmpty { results.list.removeFirst() }
            return (arguments.removeFirst(), meaning)
        }
    }

    /// Checks what a call gives as far as it is written out, and says what it answers.
    mutating func checked(
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
            let argument = given.arguments.first.map(survey.literal)
        {
            switch (argument.kind, given.first) {
            case (.table, _), (.nil, _), (_, .record?): break
            case (_, .row(let rows)?) where rows.type.key == partner:
                settled.insert(partner)
                _ = given.next()
            case (.string, _), (.number, _):
                settled.insert(partner)
                checkLiteral(argument, at: given.arguments[0].tokens, parameter, operation)
                _ = given.next()
            // An identifier, or the table: only the run knows.
            default: return answer(of: operation, isEach: isEach, fields: nil, isCounted: true)
            }
        }
        guard let (argument, meaning) = given.next() else {
            checkMissing(operation, settled, suffix)
            return answer(of: operation, isEach: isEach, fields: [], isCounted: false)
        }
        if let more = given.arguments.first {
            report(.wrongArgument, more.tokens, "`\(operation.name)` takes no further argument here")
        }
        return table(argument, meaning, operation, isEach: isEach, settled, suffix)
    }

    /// The table of named arguments: written here, or made elsewhere in the file.
    ///
    /// - Parameter isAsked: the script itself asks whether its values will do.
    mutating func table(
        _ argument: LuaExpression, _ meaning: Meaning?, _ operation: CloudOperation, isEach: Bool,
        isAsked: Bool = false, _ settled: Set<String>, _ suffix: LuaSuffix
    ) -> Meaning? {
        var entries = Entries()
        switch (argument.kind, meaning) {
        case (.table(let fields), _): entries.add(fields)
        case (.nil, _):
            checkMissing(operation, settled, suffix)
            return answer(of: operation, isEach: isEach, fields: nil, isCounted: true)
        case (_, .record(let id)?):
            facts.note(use: operation.name, of: id, at: argument.tokens.lowerBound, in: function)
            let use = TableUse(table: id, operation: operation.name, isEach: isEach, isAsked: isAsked, settled: settled)
            if let known = known[use] { return known }
            entries = self.entries(of: id, operation)
            if isAsked { entries.forgetValues() }
            let answer = checkTable(entries, operation, isEach: isEach, settled, suffix)
            known.updateValue(answer, forKey: use)
            return answer
        default:
            if LiteralValue.of(survey.literal(argument)) != nil {
                report(.wrongArgument, argument.tokens, "`\(operation.name)` takes a table of named arguments here")
            }
            travel(meaning)
            return answer(of: operation, isEach: isEach, fields: nil, isCounted: true)
        }
        if isAsked { entries.forgetValues() }
        return checkTable(entries, operation, isEach: isEach, settled, suffix)
    }

    /// A table that several calls are given is looked at once for each operation.
    struct TableUse: Hashable {
        var table: Int
        var operation: OperationName
        var isEach: Bool
        var isAsked: Bool
        var settled: Set<String>
    }

    private func entries(of id: Int, _ operation: CloudOperation) -> Entries {
        var entries = Entries()
        if let fields = facts.literals[id] { entries.add(fields) }
        let assigned = facts.assigned[id] ?? [:]
        for (_, field) in assigned.sorted(by: { $0.key < $1.key }) {
            let isLate = facts.isLate(field, of: id)
            if isLate { entries.removed.insert(field.name) }
            entries.list.append(Entry(name: field.name, tokens: field.tokens, value: isLate ? nil : field.value))
        }
        // It may be empty again by then.
        if facts.rearranged.contains(id) { entries.items = [] }
        entries.keepLastValues(isOpen: facts.isOpen(id), isChanged)
        // What is no argument here may be one of another operation that is given the same table.
        for other in facts.uses[id] ?? [] where other != operation.name {
            entries.others.formUnion(context.catalog[other]?.parameters.map(\.name) ?? [])
        }
        // Nobody knows whether it is given before the call.
        entries.hasUncertain = !assigned.isEmpty
        return entries
    }

    /// Whether a table that stands there is another by the time of the call.
    private func isChanged(_ value: LuaExpression) -> Bool {
        switch value.kind {
        case .table(let fields):
            if facts.isChanged(value.tokens.lowerBound) { return true }
            return fields.contains { field in
                switch field.kind {
                case .item(let part), .named(_, let part), .keyed(_, let part): isChanged(part)
                }
            }
        case .parenthesized(let inner): return isChanged(inner)
        case .chain(let first, let operations): return isChanged(first) || operations.contains { isChanged($0.operand) }
        default: return false
        }
    }

    /// An argument by name.
    private struct Entry {
        var name: String
        var tokens: Range<Int>
        /// None if the run has to tell.
        var value: LuaExpression?
    }

    private struct Entries {
        var list: [Entry] = []
        var items: [LuaExpression] = []
        /// There may be others.
        var isOpen = false
        var hasUncertain = false
        var others: Set<String> = []
        /// Names that may not be there at the call.
        var removed: Set<String> = []

        /// Nothing is certain of a value that is replaced, and of those of a table that anybody may change.
        mutating func keepLastValues(isOpen: Bool, _ isChanged: (LuaExpression) -> Bool) {
            self.isOpen = self.isOpen || isOpen
            var later: Set<String> = []
            for index in list.indices.reversed() {
                let isLast = later.insert(list[index].name).inserted
                guard let value = list[index].value else { continue }
                if case .nil = value.kind {
                    removed.insert(list[index].name)
                } else if !isLast || isOpen || isChanged(value) {
                    list[index].value = nil
                }
            }
        }

        mutating func forgetValues() { for index in list.indices { list[index].value = nil } }

        mutating func add(_ fields: [LuaField]) {
            for field in fields {
                switch field.kind {
                case .item(let item): items.append(item)
                case .named(let key, let value):
                    list.append(Entry(name: key.text, tokens: key.token..<key.token + 1, value: value))
                case .keyed(let key, let value):
                    guard let name = key.stringValue else {
                        isOpen = true
                        continue
                    }
                    list.append(Entry(name: name, tokens: field.tokens.prefix(1), value: value))
                }
            }
        }
    }

    private mutating func checkTable(
        _ entries: Entries, _ operation: CloudOperation, isEach: Bool, _ settled: Set<String>, _ suffix: LuaSuffix
    ) -> Meaning? {
        var settled = settled
        var asked: [String]? = entries.isOpen ? nil : []
        var isCounted = entries.isOpen
        for item in entries.items {
            report(.wrongArgument, item.tokens, "`\(operation.name)` takes arguments by name: `name = value`")
        }
        for entry in entries.list {
            let name = entry.name
            if isEach, name == "stream", operation.paging != nil { continue }
            guard let parameter = operation.parameter(name) else {
                guard !entries.others.contains(name), !entries.removed.contains(name) else { continue }
                let names = operation.parameters.map(\.name).filter { !settled.contains($0) }
                report(
                    .unknownArgument, entry.tokens, "`\(operation.name)` has no argument `\(name)`",
                    suggestion: Suggestion.nearest(to: name, among: names))
                continue
            }
            if operation.subject?.name == name, settled.contains(name) {
                guard !entries.removed.contains(name) else { continue }
                report(.wrongArgument, entry.tokens, "`\(name)` is given twice")
                continue
            }
            if name == "count" { isCounted = true }
            if case .nil? = entry.value?.kind { continue }
            settled.insert(name)
            if let value = entry.value {
                for choice in LiteralValue.choices(of: value) {
                    checkLiteral(survey.literal(choice), at: choice.tokens, parameter, operation)
                }
            }
            if name == "fields" {
                let names = entry.value.flatMap { LiteralValue.of($0)?.arrayValue.map { $0.compactMap(\.stringValue) } }
                asked = entries.hasUncertain ? nil : names
            }
        }
        if !entries.isOpen { checkMissing(operation, settled, suffix) }
        return answer(
            of: operation, isEach: isEach, fields: entries.hasUncertain ? nil : asked, isCounted: isCounted)
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
        let literal = survey.literal(expression)
        switch literal.kind {
        case .string: checkLiteral(literal, at: expression.tokens, subject, operation)
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
    private mutating func checkLiteral(
        _ value: LuaExpression, at tokens: Range<Int>, _ parameter: Parameter, _ operation: CloudOperation
    ) {
        guard !isQuiet, let literal = LiteralValue.of(value), !literal.isNull else { return }
        var single = operation
        single.parameters = [parameter]
        do { _ = try Arguments([parameter.name: literal], for: single) } catch {
            let suggestion: String? =
                switch error.reason {
                case .choice(_, _, let nearest): nearest
                case .unknownName(let nearest, _): nearest
                default: nil
                }
            var finding = finding(.wrongArgument, .error, tokens, error.description)
            // The text of the problem has it already.
            finding.suggestion = suggestion
            report(finding)
        }
    }

    private mutating func checkMissing(_ operation: CloudOperation, _ settled: Set<String>, _ suffix: LuaSuffix) {
        for parameter in operation.parameters where parameter.isRequired && !settled.contains(parameter.name) {
            report(.missingArgument, suffix.tokens, "`\(operation.name)` needs the argument `\(parameter.name)`")
        }
    }

    mutating func checkState(_ resource: String, _ argument: LuaExpression?) {
        let states = context.catalog[OperationName(resource: resource, verb: "list")]?.row?.states ?? []
        guard let argument, let literal = LiteralValue.of(survey.literal(argument)) else { return }
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
        if isEach { return .drawn(.row(rows), position: 0) }
        if case .rows = operation.result {
            if operation.effect == .read { return .rows(rows) }
            return isCounted ? nil : .row(rows)
        }
        return .row(rows)
    }
}
