import IwinvCatalog
import LuaSyntax

// What a script does with rows besides reading them.
extension CheckWalker {
    /// A side of an operator; what other operators gave has no expression of its own.
    typealias Operand = (expression: LuaExpression?, meaning: Meaning?)

    /// `vm.status == "runing"` is never true.
    mutating func compare(_ left: Operand, _ right: Operand) {
        for (side, other) in [(left, right), (right, left)] {
            guard case .word(let words, let owner)? = side.meaning, let expression = other.expression,
                let literal = LiteralValue.of(survey.literal(expression)), !literal.isNull,
                !(literal.stringValue.map(words.contains) ?? false)
            else { continue }
            report(
                .wrongComparison, .warning, expression.tokens, "\(owner) is one of \(words.joined(separator: ", "))",
                suggestion: literal.stringValue.flatMap { Suggestion.nearest(to: $0, among: words) })
        }
    }

    /// A key that stands twice in a table: the first value is lost.
    mutating func checkKeys(_ fields: [LuaField]) {
        guard !isQuiet else { return }
        var seen: Set<String> = []
        for field in fields {
            let key: (name: String, tokens: Range<Int>)? =
                switch field.kind {
                case .item: nil
                case .named(let name, _): (name.text, name.token..<name.token + 1)
                case .keyed(let key, _): key.stringValue.map { ($0, key.tokens) }
                }
            if let key { refuseConcat(key.name, key.tokens) }
            guard let key, !key.name.isEmpty, !seen.insert(key.name).inserted else { continue }
            report(
                .duplicateKey, .warning, key.tokens,
                "the table has the key `\(key.name)` already; only the last value counts")
        }
    }

    /// A library with a fault in `..` refuses metatables with `__concat`.
    mutating func refuseConcat(_ key: String, _ tokens: Range<Int>) {
        guard key == "__concat", context.refusesConcat else { return }
        report(
            .sandbox, tokens,
            "`__concat` is refused: the system's Lua library has a memory fault in `..` behind it; use a method, or "
                + "`tostring` and `..`")
    }

    /// `vm.name = "x"` changes nothing in the cloud.
    mutating func checkAssignment(to owner: Meaning?, _ suffix: LuaSuffix?) {
        switch suffix?.kind {
        case .field(let name)?: refuseConcat(name.text, name.token..<name.token + 1)
        case .index(let key)?: refuseConcat(key.stringValue ?? "", key.tokens)
        default: break
        }
        switch owner {
        case .library(let library)? where library != "_G":
            if let suffix { refuseAssignment(to: library, suffix) }
        case .module?: if let suffix { refuseAssignment(to: "iwinv", suffix) }
        case .resource(let resource)?: if let suffix { refuseAssignment(to: "iwinv.\(resource)", suffix) }
        default: break
        }
        guard case .row(let rows)? = owner, case .field(let name)? = suffix?.kind, rows.type.field(name.text) != nil
        else { return }
        let edit = methods(of: rows.type)["edit"]
        let hint = edit?.parameter(name.text) == nil ? "" : "; write `:edit { \(name.text) = … }`"
        report(
            .rowAssignment, .warning, name.token..<name.token + 1,
            "this changes the script's copy of the row and nothing in the cloud\(hint)")
    }

    private mutating func refuseAssignment(to table: String, _ suffix: LuaSuffix) {
        report(.globalAssignment, suffix.tokens, "`\(table)` cannot be changed")
    }

    /// The variables of a `for … in`, and what they are drawn from.
    mutating func draw(_ names: [LuaName], from source: Meaning?, _ expression: LuaExpression) {
        switch source {
        case .drawn(let item, let position)?:
            for (index, name) in names.enumerated() {
                if index == position { bind(name, item) } else if index > position { bind(name, .nothing) }
            }
            if position > 0, let first = names.first {
                var isIndex = false
                if case .row? = item { isIndex = true }
                bind(first, isIndex ? .index : nil)
            }
            if position == 0, names.count > 1 {
                report(
                    .wrongLoop, names[1].token..<names[1].token + 1,
                    "`each` gives one row at a time and no index, so this is always nil")
            }
        case .rows?:
            report(.wrongLoop, expression.tokens, "this is a list: draw from it with `ipairs(…)`, or use `each`")
            names.forEach { bind($0, nil) }
        case .operation?:
            report(.wrongLoop, expression.tokens, "this is a function: call it")
            names.forEach { bind($0, nil) }
        case .nothing?: names.forEach { bind($0, .nothing) }
        default:
            travel(source)
            names.forEach { bind($0, nil) }
        }
    }
}
