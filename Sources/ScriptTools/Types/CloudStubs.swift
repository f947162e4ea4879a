import IwinvCatalog
import ScriptHost

/// The definition file of the module `iwinv`: every function, argument, set of words and row of the catalog.
struct CloudStubs {
    let language: Language
    let surface: CloudSurface
    private let types: LuaTypes

    init(catalog: Catalog, language: Language) {
        self.language = language
        surface = CloudSurface(catalog)
        types = LuaTypes(surface)
    }

    var text: String {
        var lines = ["---@meta iwinv", "-- Written by `iwlua types`; changes here are lost.", ""]
        lines += choices + references
        for row in surface.rows { lines += stub(of: row) }
        for function in surface.functions { lines += argumentClass(of: function) }
        lines += ["---@class iwinv", "local iwinv = {}", ""]
        for function in ScriptLibrary.functions where function.table == "iwinv" {
            lines += LibraryStubs.stub(of: function, language)
        }
        for table in surface.tables {
            lines += ["---@class iwinv.\(table.name)", "iwinv.\(table.name) = {}", ""]
            for function in table.functions { lines += stub(of: function, method: nil) }
        }
        return (lines + ["return iwinv", ""]).joined(separator: "\n")
    }

    private var choices: [String] {
        types.choices.flatMap { choice in
            ["---@alias \(choice.name)"] + choice.words.map { "---| \"\($0)\"" }
                + (choice.isOpen ? ["---| string"] : []) + [""]
        }
    }

    /// What may stand where a resource is meant: its identifier, or a row that carries it.
    private var references: [String] {
        var keys: [(name: String, type: String)] = []
        for function in surface.functions {
            for parameter in function.operation.positional where !keys.contains(where: { $0.name == parameter.name }) {
                var type = "string"
                if case .integer = parameter.type { type = "integer" }
                keys.append((parameter.name, type))
            }
        }
        return keys.flatMap { key in
            let rows = surface.rows.filter { $0.key == key.name }.map(LuaTypes.row)
            return ["---@alias \(LuaTypes.reference(key.name)) " + ([key.type] + rows).joined(separator: "|"), ""]
        }
    }

    // MARK: Rows

    private func stub(of row: RowType) -> [String] {
        var lines: [String] = []
        if row.fields.contains(where: { $0.bit != nil }) {
            lines.append("---@alias \(LuaTypes.keys(of: row))")
            lines += row.fields.map { "---| \"\($0.name)\" # \(LuaComment.line($0.help(language)))" } + [""]
        }
        lines += objects(row.fields, in: LuaTypes.row(row))
        lines += fieldClass(LuaTypes.row(row), row.fields) + ["local \(row.name) = {}", ""]
        for method in surface.methods(of: row) { lines += stub(of: method, method: row) }
        return lines
    }

    /// The classes of the objects inside a row, innermost first.
    private func objects(_ fields: [RowField], in owner: String) -> [String] {
        fields.flatMap { field -> [String] in
            let inner = field.type.inner
            guard !inner.isEmpty else { return [] }
            let name = "\(owner).\(field.name)"
            return objects(inner, in: name) + fieldClass(name, inner) + [""]
        }
    }

    private func fieldClass(_ name: String, _ fields: [RowField]) -> [String] {
        ["---@class \(name)"]
            + fields.map { field in
                LuaComment.field(
                    field.name, isOptional: field.isOptional, LuaTypes.type(of: field, in: name), field.help(language))
            }
    }

    // MARK: Arguments

    private func argumentClass(of function: CloudSurface.Function) -> [String] {
        let operation = function.operation
        let name = LuaTypes.arguments(of: operation.name)
        switch function.form {
        case .each where operation.paging != nil:
            let help = LocalizedText(
                "Read page by page; refuses changes inside the loop", "페이지 단위로 읽습니다. 반복 안에서는 변경할 수 없습니다")
            return [
                "---@class (exact) \(LuaTypes.arguments(of: function.name))"
                    + (operation.named.isEmpty ? "" : ": \(name)"),
                LuaComment.field("stream", isOptional: true, "boolean", help(language)), "",
            ]
        case .wait, .waitAll, .each: return []
        case .list, .listOfOne, .ofOne, .plain: break
        }
        guard !operation.named.isEmpty else { return [] }
        var lines: [String] = []
        for case (let parameter, .records(let members, _)) in operation.named.map({ ($0, $0.type) }) {
            lines += ["---@class (exact) \(name).\(parameter.name)"] + members.map { field($0, operation) } + [""]
        }
        return lines + ["---@class (exact) \(name)"] + operation.named.map { field($0, operation) } + [""]
    }

    private func field(_ parameter: Parameter, _ operation: CloudOperation) -> String {
        LuaComment.field(
            parameter.name, isOptional: !parameter.isRequired || parameter.name == operation.partner,
            types.type(of: parameter, in: operation), parameter.summary(language))
    }

    // MARK: Functions

    /// - Parameter row: the row whose method it is; nil for the function of the table.
    private func stub(of function: CloudSurface.Function, method row: RowType?) -> [String] {
        let call = FunctionCall(function, of: row, types, language)
        var lines = LuaComment.description(FunctionText.summary(function, language))
        lines += [
            "---", "---" + FunctionText.facts(function, language).joined(separator: "; "), "---", "---```lua",
            "---\(OperationExample.lua(function, method: row != nil))", "---```",
        ]
        lines += call.parameters.map { LuaComment.parameter($0.name, isOptional: $0.isOptional, $0.type, $0.help) }
        lines.append("---@return \(call.result)")
        if let overload = call.overload { lines.append("---@overload \(overload)") }
        let names = call.parameters.map(\.name).joined(separator: ", ")
        let name = row.map { "\($0.name):\(function.name.verb)" } ?? "iwinv.\(function.name)"
        return lines + ["function \(name)(\(names)) end", ""]
    }
}

extension CloudOperation {
    /// The identifiers that scripts give without a name.
    var positional: [Parameter] {
        [subject, partner.flatMap(parameter)].compactMap(\.self)
    }

    /// The arguments that may stand in the table.
    var named: [Parameter] {
        parameters.filter { $0.name != subject?.name }
    }

    /// Whether the table of arguments can be left out.
    var needsTable: Bool {
        named.contains { $0.isRequired && $0.name != partner }
    }
}
