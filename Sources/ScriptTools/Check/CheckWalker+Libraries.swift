import Clocks
import Foundation
import IwinvCatalog
import LuaSyntax
import ScriptHost

// Functions that scripts have besides the cloud's.
extension CheckWalker {
    mutating func library(_ name: String, _ given: Given, _ suffix: LuaSuffix) -> Results {
        let values = given.results
        switch name {
        case "require": return .one(module(given.arguments.first))
        case "ipairs", "pairs":
            return .one(drawn(values[0], named: name, suffix))
        case "next":
            if case .record(let id)? = values[0] { return Results(list: [nil, facts.anything(in: id)]) }
            if case .rows(let rows)? = values[0] { return Results(list: [nil, .row(rows)]) }
        case "assert": return values
        case "error", "fail":
            checkLibrary(name, given, suffix)
            values.list.forEach { travel($0) }
            // Nothing comes back: `list()[1] or fail("none")` is a row.
            return .one(.nothing)
        case "pcall": return protected(given, suffix)
        case "xpcall":
            travel(values[1])
            var inner = given
            if inner.arguments.count > 1 { inner.arguments.remove(at: 1) }
            if inner.results.list.count > 1 { inner.results.list.remove(at: 1) }
            return protected(inner, suffix)
        case "tostring", "string.format", "string.rep", "string.sub", "string.upper", "string.lower", "string.reverse",
            "string.char", "string.gsub", "table.concat", "type":
            showAll(given)
            return .one(.text)
        case "table.insert", "table.remove", "table.sort", "table.unpack": return list(name, given)
        case "task.map":
            checkLibrary(name, given, suffix)
            let item = item(of: values[0])
            let gives = invokeRepeatedly(values[1], [item, nil])
            // Its id is no token's.
            let id = -suffix.tokens.lowerBound - 1
            facts.define(record: id, [])
            facts.note(elementOf: id, isComputed: false, gives[0])
            return .one(.record(id))
        case "task.spawn":
            checkLibrary(name, given, suffix)
            _ = invoke(values[0], Results(list: Array(values.list.dropFirst()), isOpen: values.isOpen))
            return .one(meaning(ofType: "iwlua.Task"))
        case "ui.table", "ui.bars":
            checkLibrary(name, given, suffix)
            checkColumns(name, given)
            return .none
        case "rawget", "rawequal", "rawlen", "tonumber", "print", "select", "tointeger": showAll(given)
        default: break
        }
        checkLibrary(name, given, suffix)
        if let function = ScriptLibrary.functions.first(where: { $0.name == name }) {
            showAll(given)
            return function.result.flatMap { meaning(ofType: $0) }.map { .one($0) } ?? .unknown
        }
        if name.hasPrefix("string.") || name.hasPrefix("math.") || name.hasPrefix("raw") && name != "rawset"
            || ["print", "tonumber", "select", "type", "utf8.len", "utf8.char"].contains(name)
        {
            showAll(given)
        } else {
            values.list.forEach { travel($0) }
        }
        return .unknown
    }

    /// What is given is read and not kept; functions may be called.
    private mutating func showAll(_ given: Given) {
        for meaning in given.results.list {
            if case .record? = meaning { continue }
            travel(meaning)
        }
    }

    /// What `ipairs` and `pairs` draw from.
    private mutating func drawn(_ list: Meaning?, named name: String, _ suffix: LuaSuffix) -> Meaning? {
        switch list {
        case .nothing: return .nothing
        case .rows(let rows), .attempt(.rows(let rows)?, _): return .drawn(.row(rows), position: 1)
        case .list(let element, let owner):
            return .drawn(Self.meaning(of: element, owner), position: 1)
        case .record(let id):
            let item = name == "ipairs" ? facts.elements(of: id) : facts.anything(in: id)
            return .drawn(item, position: 1)
        case .drawn(_, position: 0): reportEach(suffix.tokens)
        default: travel(list)
        }
        return nil
    }

    /// What a list holds.
    private mutating func item(of list: Meaning?) -> Meaning? {
        switch list {
        case .nothing: return .nothing
        case .rows(let rows), .attempt(.rows(let rows)?, _): return .row(rows)
        case .list(let element, let owner): return Self.meaning(of: element, owner)
        case .record(let id): return facts.elements(of: id)
        default:
            travel(list)
            return nil
        }
    }

    private mutating func list(_ name: String, _ given: Given) -> Results {
        let values = given.results
        switch name {
        case "table.insert":
            guard let last = values.list.last, values.list.count > 1, !values.isOpen else {
                values.list.forEach { travel($0) }
                break
            }
            if case .record(let id)? = values[0] {
                facts.note(elementOf: id, isComputed: false, last)
                facts.note(elementsOf: id)
            } else {
                travel(last)
            }
        case "table.sort":
            let item = item(of: values[0])
            _ = invokeRepeatedly(values[1], [item, item])
        default:
            if name == "table.remove", case .record(let id)? = values[0] { facts.note(elementsOf: id) }
            return Results(list: [item(of: values[0])], isOpen: name == "table.unpack")
        }
        return .unknown
    }

    /// `pcall(f, …)`
    private mutating func protected(_ given: Given, _ suffix: LuaSuffix) -> Results {
        var inner = given
        guard let (_, callee) = inner.next() else { return .unknown }
        switch callee {
        case .operation(let operation, let isEach):
            return Results(list: [nil, .attempt(checked(operation, isEach: isEach, inner, suffix), .ofTheCloud)])
        case .rowMethod(let name, let rows):
            return Results(list: [nil, .attempt(rowMethod(name, rows, inner, suffix), .ofTheCloud)])
        case .closure: return Results(list: [nil, .attempt(invoke(callee, inner.results)[0], .anything)], isOpen: true)
        default:
            _ = invoke(callee, inner.results)
            return .unknown
        }
    }

    private mutating func module(_ argument: LuaExpression?) -> Meaning? {
        guard let argument, let name = survey.literal(argument).stringValue else {
            // A module by a computed name may do anything.
            facts.escape(.module)
            facts.escape(.parameters)
            return nil
        }
        if name == "iwinv" { return .module }
        if name == "params" { return .parameters }
        if context.vocabulary.tables[name] != nil { return .library(name) }
        guard !context.modules.contains(name), !context.vocabulary.names.contains(name) else { return nil }
        let names = context.modules.sorted() + ["iwinv"]
        report(
            .unknownModule, argument.tokens,
            "there is no module `\(name)`: no file \(name.replacing(".", with: "/")).lua stands beside the script",
            suggestion: Suggestion.nearest(to: name, among: names))
        return nil
    }

    /// `name:lenght()`
    mutating func checkTextMethod(_ name: LuaName) {
        let methods = context.vocabulary.tables["string"] ?? []
        guard !name.text.isEmpty, !methods.contains(name.text), !survey.assignedKeys.contains(name.text) else { return }
        report(
            .unknownFunction, name.token..<name.token + 1, "texts have no method `\(name.text)`",
            suggestion: Suggestion.nearest(to: name.text, among: methods.sorted()))
    }

    /// `5m` and the like where a duration is taken.
    mutating func checkDuration(_ argument: LuaExpression?, _ name: String) {
        guard let argument, let text = survey.literal(argument).stringValue, Duration(parsing: text) == nil else {
            return
        }
        report(.wrongArgument, argument.tokens, "`\(name)`: `\(text)` is not a duration; write 30s, 5m or 1h30m")
    }
}
