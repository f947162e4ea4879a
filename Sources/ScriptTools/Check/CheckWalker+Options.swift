import Clocks
import Foundation
import IwinvCatalog
import LuaSyntax
import ScriptHost

// Arguments of the script's libraries, as far as they are written out.
extension CheckWalker {
    mutating func checkLibrary(_ name: String, _ given: Given, _ suffix: LuaSuffix) {
        guard !isQuiet, let function = ScriptLibrary.functions.first(where: { $0.name == name }), function.table != nil
        else { return }
        for (argument, parameter) in zip(given.arguments, function.parameters) where parameter.name != "..." {
            check(argument, parameter, name)
        }
        // The last argument may be a call that gives several.
        guard !given.results.isOpen else { return }
        if let missing = function.parameters.dropFirst(max(given.arguments.count, given.results.list.count)).first(
            where: { !$0.isOptional && $0.name != "..." && $0.type != "any" })
        {
            report(.missingArgument, suffix.tokens, "`\(name)` needs the argument `\(missing.name)`")
        }
    }

    private mutating func check(_ argument: LuaExpression, _ parameter: ScriptFunction.Value, _ name: String) {
        let literal = survey.literal(argument)
        if let expected = Self.mismatch(literal, parameter) {
            report(.wrongArgument, argument.tokens, "`\(name)` takes \(expected) here")
        } else if let options = ScriptLibrary.classes.first(where: { $0.name == parameter.type }),
            case .table(let fields) = argument.kind
        {
            check(fields, options, name)
        }
        guard let text = literal.stringValue else { return }
        if parameter.name == "zone", !ZoneNames.exists(text) {
            report(
                .wrongArgument, argument.tokens, "`\(name)`: `\(text)` is not a time zone",
                suggestion: Suggestion.nearest(to: text, among: ZoneNames.all))
        }
        if name == "time.window", parameter.name == "window" {
            do { _ = try TimeWindow(text, timeZone: .gmt) } catch {
                report(.wrongArgument, argument.tokens, "`\(name)`: \(error)")
            }
        }
    }

    /// A table of options.
    private mutating func check(_ fields: [LuaField], _ options: ScriptClass, _ name: String) {
        for field in fields {
            guard case .named(let key, let value) = field.kind else { continue }
            guard let option = options.fields.first(where: { $0.name == key.text }) else {
                report(
                    .unknownArgument, key.token..<key.token + 1, "`\(name)` has no option `\(key.text)`",
                    suggestion: Suggestion.nearest(to: key.text, among: options.fields.map(\.name)))
                continue
            }
            if let expected = Self.mismatch(survey.literal(value), option) {
                report(.wrongArgument, value.tokens, "`\(name)` takes \(expected) for `\(key.text)`")
            }
        }
    }

    // MARK: - Columns

    /// `ui.table(rows, { "name", { "State", "status" } })`, `ui.bars(rows, { label = "name", value = "size" })`
    mutating func checkColumns(_ name: String, _ given: Given) {
        guard given.arguments.count > 1 else { return }
        let item: Meaning?
        switch given.results[0] {
        case .rows(let rows)?: item = .row(rows)
        case .record(let id)?: item = facts.elements(of: id)
        default: item = nil
        }
        guard case .table(let fields) = given.arguments[1].kind else {
            return travel(given.results[1])
        }
        for field in fields {
            switch field.kind {
            case .item(let column):
                if case .table(let parts) = column.kind {
                    if parts.count > 1, case .item(let key) = parts[1].kind { self.column(key, item) }
                } else {
                    self.column(column, item)
                }
            case .named(let option, let key) where name == "ui.bars" && ["label", "value"].contains(option.text):
                column(key, item)
            default: break
            }
        }
    }

    private mutating func column(_ key: LuaExpression, _ item: Meaning?) {
        switch key.kind {
        // It has been walked as any function; what it is called with is known here.
        case .function(let function): _ = invokeRepeatedly(.closure(function.tokens.lowerBound), [item])
        case .name, .suffixed:
            let meaning = meaning(of: key)
            if case .closure? = meaning { _ = invokeRepeatedly(meaning, [item]) } else { travel(meaning) }
        default: break
        }
        guard case .row? = item, let path = survey.literal(key).stringValue else { return }
        var current = item
        for name in path.split(separator: ".").map(String.init) {
            guard let owner = current else { return }
            if case .row(let rows) = owner {
                current = member(of: rows, name, key.tokens.lowerBound, nil)
            } else {
                current = member(of: owner, name, key.tokens.lowerBound, key)
            }
        }
    }

    // MARK: - Types

    /// What a parameter takes, if a literal is nothing of the kind.
    private static func mismatch(_ argument: LuaExpression, _ parameter: ScriptFunction.Value) -> String? {
        let type = parameter.type
        guard let kind = Kind(argument), !type.contains("|") else { return nil }
        if type == "iwlua.Duration" {
            if let text = argument.stringValue {
                return Duration(parsing: text) == nil ? "a duration such as 30s, 5m or 1h30m" : nil
            }
            return kind == .number ? nil : "a duration such as 30s, 5m or 1h30m"
        }
        if type == "string" { return kind == .string ? nil : "text" }
        if type == "integer" || type == "number" { return [.number, .negative].contains(kind) ? nil : "a number" }
        if type == "boolean" { return kind == .boolean ? nil : "true or false" }
        if type.hasSuffix("[]") || type.hasPrefix("table") || type.hasSuffix("Options") {
            return kind == .table ? nil : "a table"
        }
        if type == "function" || type.hasPrefix("fun(") { return kind == .function ? nil : "a function" }
        return nil
    }

    private enum Kind {
        case string, number, negative, boolean, table, function

        init?(_ expression: LuaExpression) {
            switch expression.kind {
            case .string: self = .string
            case .number: self = .number
            case .unary(.minus, let operand):
                guard case .number = operand.kind else { return nil }
                self = .negative
            case .true, .false: self = .boolean
            case .table: self = .table
            case .function: self = .function
            default: return nil
            }
        }
    }
}

/// The time zones that there are.
private enum ZoneNames {
    static let all = TimeZone.knownTimeZoneIdentifiers

    static func exists(_ name: String) -> Bool { TimeZone(identifier: name) != nil }
}
