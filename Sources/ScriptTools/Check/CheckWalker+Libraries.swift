import Clocks
import Foundation
import IwinvCatalog
import LuaSyntax
import ScriptHost

extension CheckWalker {
    /// Arguments of the functions that scripts have besides the cloud's, as far as they are written out.
    mutating func checkLibrary(_ name: String, _ arguments: [LuaExpression], _ suffix: LuaSuffix) {
        guard let function = ScriptLibrary.functions.first(where: { $0.name == name }), function.table != nil else {
            return
        }
        for (argument, parameter) in zip(arguments, function.parameters) where parameter.name != "..." {
            guard let expected = Self.mismatch(argument, parameter) else { continue }
            report(.wrongArgument, argument.tokens, "`\(name)` takes \(expected) here")
        }
        if name == "time.window", let text = arguments.first?.stringValue, let tokens = arguments.first?.tokens {
            do { _ = try TimeWindow(text, timeZone: .gmt) } catch {
                report(.wrongArgument, tokens, "`\(name)`: \(error)")
            }
        }
        // The last argument may be a call that gives several.
        guard arguments.last.map({ !Self.mayBeSeveral($0) }) ?? true else { return }
        if let missing = function.parameters.dropFirst(arguments.count).first(where: {
            !$0.isOptional && $0.name != "..." && $0.type != "any"
        }) {
            report(.missingArgument, suffix.tokens, "`\(name)` needs the argument `\(missing.name)`")
        }
    }

    /// `name:lenght()`
    mutating func checkTextMethod(_ name: LuaName) {
        let methods = context.vocabulary.tables["string"] ?? []
        guard !name.text.isEmpty, !methods.contains(name.text), !assignedKeys.contains(name.text) else { return }
        report(
            .unknownFunction, name.token..<name.token + 1, "texts have no method `\(name.text)`",
            suggestion: Suggestion.nearest(to: name.text, among: methods.sorted()))
    }

    /// `5m` and the like where a duration is taken.
    mutating func checkDuration(_ argument: LuaExpression?, _ name: String) {
        guard let argument, let text = argument.stringValue, Duration(parsing: text) == nil else { return }
        report(.wrongArgument, argument.tokens, "`\(name)`: `\(text)` is not a duration; write 30s, 5m or 1h30m")
    }

    private static func mayBeSeveral(_ expression: LuaExpression) -> Bool {
        switch expression.kind {
        case .varargs: true
        case .suffixed(_, let suffixes): suffixes.last?.isCall == true
        default: false
        }
    }

    /// What a parameter takes, if a literal is nothing of the kind.
    private static func mismatch(_ argument: LuaExpression, _ parameter: ScriptFunction.Value) -> String? {
        let type = parameter.type
        let kind = Kind(argument)
        guard let kind, !type.contains("|") else { return nil }
        if type == "iwlua.Duration" {
            if let text = argument.stringValue {
                return Duration(parsing: text) == nil ? "a duration such as 30s, 5m or 1h30m" : nil
            }
            return kind == .number ? nil : "a duration such as 30s, 5m or 1h30m"
        }
        if type == "string" { return [.string, .number].contains(kind) ? nil : "text" }
        if type == "integer" || type == "number" {
            // Lua takes "3" for 3.
            return kind == .number || argument.stringValue.flatMap(Double.init) != nil ? nil : "a number"
        }
        if type.hasSuffix("[]") || type.hasPrefix("table") { return kind == .table ? nil : "a table" }
        if type == "function" || type.hasPrefix("fun(") { return kind == .function ? nil : "a function" }
        return nil
    }

    private enum Kind {
        case string, number, boolean, table, function

        init?(_ expression: LuaExpression) {
            switch expression.kind {
            case .string: self = .string
            case .number: self = .number
            case .true, .false: self = .boolean
            case .table: self = .table
            case .function: self = .function
            default: return nil
            }
        }
    }
}
