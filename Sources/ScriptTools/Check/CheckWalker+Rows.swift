import IwinvCatalog
import LuaSyntax

// What a script does with rows besides reading them.
extension CheckWalker {
    /// `vm.status == "runing"` is never true.
    mutating func compare(_ left: LuaExpression, _ right: LuaExpression) {
        let sides = [(left, meaning(of: left)), (right, meaning(of: right))]
        sides.forEach { travel($0.1) }
        for (index, side) in sides.enumerated() {
            guard case .state(let states, let owner)? = side.1 else { continue }
            let other = sides[1 - index].0
            guard let literal = LiteralValue.of(other), !literal.isNull else { continue }
            guard !(literal.stringValue.map(states.contains) ?? false) else { continue }
            report(
                .wrongComparison, .warning, other.tokens,
                "the status of \(owner) is one of \(states.joined(separator: ", "))",
                suggestion: literal.stringValue.flatMap { Suggestion.nearest(to: $0, among: states) })
        }
    }

    /// A key that stands twice in a table: the first value is lost.
    mutating func checkKeys(_ fields: [LuaField]) {
        var seen: Set<String> = []
        for field in fields {
            let key: (name: String, tokens: Range<Int>)? =
                switch field.kind {
                case .item: nil
                case .named(let name, _): (name.text, name.token..<name.token + 1)
                case .keyed(let key, _): key.stringValue.map { ($0, key.tokens) }
                }
            guard let key, !key.name.isEmpty, !seen.insert(key.name).inserted else { continue }
            report(
                .duplicateKey, .warning, key.tokens,
                "the table has the key `\(key.name)` already; only the last value counts")
        }
    }

    /// `vm.name = "x"` changes nothing in the cloud.
    mutating func checkAssignment(to owner: Meaning?, _ suffix: LuaSuffix?) {
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
        case .drawn(let rows, let position)?:
            if position < names.count {
                bind(names[position], .row(rows))
            } else if let first = names.first {
                bind(first, .index)
            }
            if position == 0, names.count > 1 {
                report(
                    .wrongLoop, names[1].token..<names[1].token + 1,
                    "`each` gives one row at a time and no index, so this is always nil")
            }
        case .rows?:
            report(.wrongLoop, expression.tokens, "this is a list: draw from it with `ipairs(…)`, or use `each`")
        case .operation?:
            report(.wrongLoop, expression.tokens, "this is a function: call it")
        default: travel(source)
        }
    }

    // MARK: - Lists that the script makes

    /// `list[#list + 1] = vm`: from here on a table that began as `{}` holds rows, or nobody knows what.
    mutating func collect(_ value: LuaExpression, _ meaning: Meaning?, into list: LuaExpression) {
        guard case .name(let name) = list.kind, let variable = references[name.token]?.variable,
            emptyTables.contains(variable)
        else { return }
        if case .nil = value.kind { return }
        if case .row(let rows)? = meaning {
            switch meanings[variable] {
            case nil:
                meanings[variable] = .rows(Rows(type: rows.type, asked: nil, added: rows.added))
                return
            case .rows(let held)? where held.type.name == rows.type.name: return
            default: break
            }
        }
        emptyTables.remove(variable)
        meanings[variable] = nil
    }
}
