import LuaRuntime
import ScriptHost

/// Whether values are equal by what they hold, and what differs.
enum LuaComparison {
    /// Tables are equal if all they hold is; 1 equals 1.0, as in Lua; an empty table is an empty table.
    static func areEqual(_ a: LuaValue, _ b: LuaValue) -> Bool {
        switch (a, b) {
        case (.integer, .number), (.number, .integer): return a.numberValue == b.numberValue
        case (.array(let a), .array(let b)):
            return a.count == b.count && zip(a, b).allSatisfy { areEqual($0, $1) }
        case (.object(let a), .object(let b)):
            return a.count == b.count && a.allSatisfy { name, value in b[name].map { areEqual(value, $0) } ?? false }
        case (.array(let a), .object(let b)), (.object(let b), .array(let a)): return a.isEmpty && b.isEmpty
        default: return a == b
        }
    }

    /// Whether a value has a part: a text the text, a list an element, a table all the fields, with what those contain.
    static func contains(_ whole: LuaValue, _ part: LuaValue) -> Bool {
        switch (whole, part) {
        case (.string(let text), .string(let part)): text.contains(part)
        case (.array(let elements), .array(let parts)):
            parts.allSatisfy { part in elements.contains { matches($0, part) } }
        case (.array(let elements), _): elements.contains { matches($0, part) }
        default: matches(whole, part)
        }
    }

    /// Equal, or a table with at least these fields.
    private static func matches(_ whole: LuaValue, _ part: LuaValue) -> Bool {
        guard case .object(let members) = whole, case .object(let wanted) = part else { return areEqual(whole, part) }
        return wanted.allSatisfy { name, value in members[name].map { matches($0, value) } ?? false }
    }

    /// What a person reads of two values that are not equal.
    static func difference(expected: LuaValue, actual: LuaValue) -> String {
        switch (actual, expected) {
        case (.array, .array), (.array, .object), (.object, .array), (.object, .object):
            return marked(
                expected: LuaLiteral.lines(expected).joined(separator: "\n"),
                actual: LuaLiteral.lines(actual).joined(separator: "\n"))
        case (.string(let actual), .string(let expected)) where actual.contains("\n") || expected.contains("\n"):
            return marked(expected: expected, actual: actual)
        default:
            let (expected, actual) = (LuaLiteral.line(expected), LuaLiteral.line(actual))
            // Below each other, what differs shows.
            guard expected.count + actual.count > 60 else { return "expected \(expected), got \(actual)" }
            return "not equal\nexpected \(expected)\ngot      \(actual)"
        }
    }

    private static func marked(expected: String, actual: String) -> String {
        // The names of the two are in the first two lines, and where a part stands matters little in a value.
        let lines = UnifiedDiff(expected, actual, nameOfA: "", nameOfB: "").text.dropFirst(2)
            .map { $0.hasPrefix("@@") ? "  …" : "\($0.prefix(1)) \($0.dropFirst())" }
        let shown = lines.first == "  …" && lines.count(where: { $0 == "  …" }) == 1 ? Array(lines.dropFirst()) : lines
        return
            (["not equal (- expected, + got)"] + shown.prefix(120)
            + (shown.count > 120 ? ["  … \(shown.count - 120) lines more"] : [])).joined(separator: "\n")
    }
}
