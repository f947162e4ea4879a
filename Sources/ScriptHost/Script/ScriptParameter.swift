import Clocks
import Foundation
public import IwinvCatalog

/// A parameter that a script declares in its header.
public struct ScriptParameter: Sendable {
    public enum Kind: String, Sendable, CaseIterable {
        case string, integer, boolean, duration, list, table
    }

    public var name: String
    public var kind: Kind
    /// The value when the person gives none; nil makes the parameter required.
    public var defaultText: String?
    public var help: String

    /// Reads `prefix string default "web-" Name prefix of the servers`.
    init(parsing text: Substring) throws(EntryProblem) {
        let (name, afterName) = text.firstWord
        guard name.first?.isLetter == true || name.first == "_",
            name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") })
        else { throw EntryProblem("`@param` needs a name of letters, digits and `_`, not `\(name)`") }
        let (kindName, afterKind) = afterName.firstWord
        guard let kind = Kind(rawValue: kindName) else {
            let names = Kind.allCases.map(\.rawValue)
            let hint = Suggestion.nearest(to: kindName, among: names).map { "; did you mean `\($0)`?" }
            throw EntryProblem(
                "parameter `\(name)`: `\(kindName)` is not a type"
                    + (hint ?? "; there are \(names.joined(separator: ", "))"))
        }
        self.name = name
        self.kind = kind
        self.help = String(afterKind)
        let (word, afterWord) = afterKind.firstWord
        if word == "default" {
            let (value, rest) = try Self.value(afterWord, parameter: name)
            defaultText = value
            help = String(rest)
            do { _ = try ParameterValue.parse(value, as: kind) } catch {
                throw EntryProblem("parameter `\(name)`: the default \(error.reason)")
            }
        }
    }

    /// A word, or a text in double quotes with `\"` and `\\` in it.
    private static func value(_ text: Substring, parameter: String) throws(EntryProblem) -> (String, Substring) {
        guard text.first == "\"" else {
            let (word, rest) = text.firstWord
            guard !word.isEmpty else { throw EntryProblem("parameter `\(parameter)`: `default` needs a value") }
            return (word, rest)
        }
        var value = ""
        var rest = text.dropFirst()
        while let character = rest.popFirst() {
            if character == "\"" { return (value, rest.trimmed) }
            if character == "\\", let escaped = rest.popFirst() {
                value.append(escaped)
            } else {
                value.append(character)
            }
        }
        throw EntryProblem("parameter `\(parameter)`: the default's closing quote is missing")
    }
}

/// Reading the values of parameters.
public enum ParameterValue {
    /// Why a text is not a value of a kind: "must be …, not …".
    public struct Problem: Error, Sendable {
        public var reason: String
    }

    /// The value that a text means. Durations become seconds; a list's items are separated by commas; a `table` is the
    /// text of a JSON document, or of a CSV file with a line of names.
    ///
    /// Text becomes NFC, as the cloud's names are: what a Mac types decomposed still finds its server.
    public static func parse(_ raw: String, as kind: ScriptParameter.Kind) throws(Problem) -> JSONValue {
        guard let text = raw.composed else {
            throw Problem(reason: "must be text, and this has more than 64 combining marks in a row")
        }
        switch kind {
        case .string: return .string(text)
        case .integer:
            guard let number = Int64(text) else { throw Problem(reason: "must be a whole number, not `\(text)`") }
            return .integer(number)
        case .boolean:
            switch text.lowercased() {
            case "true", "yes", "on", "1": return true
            case "false", "no", "off", "0": return false
            default: throw Problem(reason: "must be true or false, not `\(text)`")
            }
        case .duration:
            guard let duration = Duration(parsing: text) else {
                throw Problem(reason: "must be a duration such as 30s, 5m or 1h30m, not `\(text)`")
            }
            let nanoseconds = duration.wholeNanoseconds
            return nanoseconds % 1_000_000_000 == 0
                ? .integer(nanoseconds / 1_000_000_000) : .number(Double(nanoseconds) / 1e9)
        case .list:
            return .array(
                text.split { $0 == "," || $0.isNewline }.map { .string(String($0.trimmed)) })
        case .table: return try TableText.parse(text)
        }
    }
}
