import IwinvCatalog
import ScriptHost

/// The pages that follow from the catalog: tables, functions and rows.
struct CloudPages {
    let catalog: Catalog
    let surface: CloudSurface
    let language: Language

    private func say(_ english: String, _ korean: String) -> String { LocalizedText(english, korean)(language) }

    func summary(of root: String) -> String {
        let list = catalog[OperationName(resource: root, verb: "list")]
        return list.map { $0.help(language) } ?? say("A table of the module iwinv.", "iwinv 모듈의 표입니다.")
    }

    /// Everything whose grants begin with this word: the table, those inside it, and what only the older family has.
    func pages(of root: String) -> [ReferencePage] {
        let tables = surface.tables.filter { $0.name == root || $0.name.hasPrefix(root + ".") }
        let functions = tables.flatMap { [page(of: $0)] + $0.functions.map(page) }
        let older = catalog.operations.filter { $0.name.root == root && $0.family == .firewall }
        return functions + older.map { page(of: $0, nil) }
    }

    private func page(of table: CloudSurface.Table) -> ReferencePage {
        let rows = table.functions.map { function in
            [
                "\(function.name)", function.operation.effect.rawValue, FunctionText.summary(function, language),
            ]
        }
        return ReferencePage(
            name: table.name, kind: .table, aliases: ["iwinv.\(table.name)"],
            summary: summary(of: table.name),
            blocks: [
                .code("local iwinv = require \"iwinv\""),
                .table([say("function", "함수"), say("effect", "효과"), say("what it does", "설명")], rows),
            ])
    }

    private func page(of function: CloudSurface.Function) -> ReferencePage {
        switch function.form {
        case .list, .listOfOne, .ofOne, .plain: return page(of: function.operation, function)
        case .each, .wait, .waitAll: break
        }
        var page = ReferencePage(
            name: "\(function.name)", kind: .function, aliases: aliases(of: function),
            summary: FunctionText.summary(function, language))
        let operation = function.operation
        page.blocks.append(.text(FunctionText.facts(function, language).joined(separator: "; ")))
        switch function.form {
        case .each:
            page.blocks.append(
                .text(
                    say(
                        "The arguments are those of \(operation.name)", "인자는 \(operation.name)과 같습니다")
                        + (operation.paging == nil
                            ? "."
                            : say(
                                "; `stream = true` reads lazily and refuses changes inside the loop.",
                                ". `stream = true`이면 조금씩 읽고, 반복 안에서는 변경할 수 없습니다."))))
        case .wait, .waitAll, .list, .listOfOne, .ofOne, .plain:
            page.blocks.append(
                .text(
                    say("States: ", "상태: ") + (operation.row?.states ?? []).joined(separator: ", ")
                        + say(
                            ". The time is at most 10m if no other is given; then it is an error.",
                            ". 시간을 주지 않으면 최대 10분이고, 넘으면 오류입니다.")))
        }
        page.blocks.append(.code(OperationExample.lua(function, method: false)))
        if case .wait = function.form { page.blocks.append(.code(OperationExample.lua(function, method: true))) }
        return page
    }

    /// - Parameter function: how scripts call it; nil for the older firewall family, which they do not speak.
    private func page(of operation: CloudOperation, _ function: CloudSurface.Function?) -> ReferencePage {
        var page = ReferencePage(
            name: "\(operation.name)", kind: .operation,
            aliases: function.map(aliases) ?? ["iwinv.\(operation.name)"], note: operation.family?.rawValue,
            summary: operation.help(language))
        page.blocks = [
            .text("\(operation.method.rawValue) \(operation.path)  [\(operation.contractID)]"),
            .text(FunctionText.facts(operation, language).joined(separator: "; ")),
        ]
        if !operation.parameters.isEmpty {
            page.blocks.append(.table(headings, operation.parameters.flatMap { rows(of: $0, prefix: "") }))
        }
        if let row = operation.row {
            let title = row.key.map { "\(row.name) (\($0))" } ?? row.name
            page.blocks.append(.text(say("answers ", "응답 ") + title))
            page.blocks.append(table(of: row))
        }
        if let example = OperationExample.lua(operation) { page.blocks.append(.code(example)) }
        return page
    }

    private var headings: [String] {
        [say("argument", "인자"), say("type", "형식"), say("required", "필수"), say("meaning", "설명")]
    }

    private func rows(of parameter: Parameter, prefix: String) -> [[String]] {
        let name = prefix + parameter.name
        let row = [
            name, parameter.type.text + (parameter.unit.map { " (\($0))" } ?? ""),
            parameter.isRequired ? say("required", "필수") : "", parameter.help(language),
        ]
        guard case .records(let members, _) = parameter.type else { return [row] }
        return [row] + members.flatMap { rows(of: $0, prefix: "\(name)[].") }
    }

    /// `iwinv.instances.edit`, and the methods that are the same: `instance.edit`.
    private func aliases(of function: CloudSurface.Function) -> [String] {
        var aliases = ["iwinv.\(function.name)"]
        if let owner = surface.rows.first(where: { row in
            surface.methods(of: row).contains { $0.name == function.name }
        }) {
            aliases.append("\(owner.name.lowercased()).\(function.name.verb)")
        }
        return aliases
    }

    // MARK: Rows

    func page(of row: RowType) -> ReferencePage {
        let sources = surface.functions.filter { function in
            switch function.form {
            case .list, .listOfOne, .ofOne, .plain: function.operation.row?.name == row.name
            case .each, .wait, .waitAll: false
            }
        }.map { "\($0.name)" }.joined(separator: ", ")
        var page = ReferencePage(
            name: row.name, kind: .row, aliases: ["iwinv.\(row.name.lowercased())"],
            summary: say("A row that \(sources) answers.", "\(sources)의 응답 행입니다."))
        page.blocks.append(table(of: row))
        let methods = surface.methods(of: row)
        if !methods.isEmpty {
            page.blocks.append(
                .table(
                    [say("method", "메서드"), say("the same as", "같은 함수"), say("what it does", "설명")],
                    methods.map {
                        [
                            OperationExample.lua($0, method: true), "\($0.name)",
                            FunctionText.summary($0, language),
                        ]
                    }))
        }
        return page
    }

    private func table(of row: RowType) -> ReferencePage.Block {
        .table(
            [say("field", "항목"), say("type", "형식"), "", say("meaning", "설명")],
            row.fields.flatMap { rows(of: $0, prefix: "") })
    }

    private func rows(of field: RowField, prefix: String) -> [[String]] {
        let name = prefix + field.name
        let inner = field.type.inner
        var notes: [String] = []
        let isSecret = field.isSecret && inner.isEmpty
        if field.isOptional { notes.append(say("may be nil", "없을 수 있음")) }
        let row = [
            name, isSecret ? say("secret", "비밀") : field.type.word, notes.joined(separator: ", "), field.help(language),
        ]
        let suffix = field.type.isList ? "[]." : "."
        return [row] + inner.flatMap { rows(of: $0, prefix: name + suffix) }
    }
}

extension FieldType {
    var isList: Bool {
        if case .list = self { true } else { false }
    }

    /// The type in a word, as Lua has it.
    fileprivate var word: String {
        switch self {
        case .string: "string"
        case .integer: "integer"
        case .boolean: "boolean"
        case .any: "any"
        case .object: "table"
        case .list(let element): "list of \(element.word)s"
        }
    }
}
