import IwinvCatalog
import ScriptHost

/// The pages of what scripts have besides the cloud and Lua itself.
struct LibraryPages {
    let language: Language

    private func say(_ english: String, _ korean: String) -> String { LocalizedText(english, korean)(language) }

    var pages: [ReferencePage] {
        let functions = ScriptLibrary.functions
        let module = ReferencePage(
            name: "iwinv", kind: .table, summary: say("The cloud, as a module.", "클라우드 모듈입니다."),
            blocks: [.code("local iwinv = require \"iwinv\""), table(of: functions.filter { $0.table == "iwinv" })])
        let inModule = [module] + functions.filter { $0.table == "iwinv" }.map(page)
        let tables = ScriptLibrary.tables.flatMap { table in
            let members = functions.filter { $0.table == table.name }
            return [
                ReferencePage(
                    name: table.name, kind: .table, summary: table.help(language), blocks: [self.table(of: members)])
            ] + members.map(page)
        }
        let values = ScriptLibrary.values.map {
            ReferencePage(name: $0.name, kind: .topic, summary: $0.help?(language) ?? "")
        }
        let globals = functions.filter { $0.table == nil }.map(page)
        return inModule + tables + values + globals + ScriptLibrary.classes.map(page)
    }

    private func table(of functions: [ScriptFunction]) -> ReferencePage.Block {
        .table(
            [say("function", "함수"), say("what it does", "설명")], functions.map { [$0.signature, $0.help(language)] })
    }

    private func page(of function: ScriptFunction) -> ReferencePage {
        var page = ReferencePage(
            name: function.name, kind: .function, summary: function.help(language),
            blocks: [.code(function.signature)])
        if !function.parameters.isEmpty { page.blocks.append(values(function.parameters, say("argument", "인자"))) }
        if let result = function.result { page.blocks.append(.text(say("gives ", "결과 ") + "`\(result)`")) }
        if let example = ScriptLibrary.examples[function.name] { page.blocks.append(.code(example)) }
        return page
    }

    private func page(of type: ScriptClass) -> ReferencePage {
        let short = type.name.split(separator: ".").last.map { $0.lowercased() } ?? ""
        var page = ReferencePage(name: type.name, kind: .type, aliases: [short], summary: type.help(language))
        if !type.fields.isEmpty { page.blocks.append(values(type.fields, say("field", "항목"))) }
        if !type.methods.isEmpty {
            page.blocks.append(
                .table(
                    [say("method", "메서드"), say("what it does", "설명")],
                    type.methods.map { [":" + $0.signature, $0.help(language)] }))
        }
        return page
    }

    private func values(_ values: [ScriptFunction.Value], _ heading: String) -> ReferencePage.Block {
        .table(
            [heading, say("type", "형식"), "", say("meaning", "설명")],
            values.map { value in
                let help = value.help ?? ScriptLibrary.aliases.first { $0.name == value.type }?.help
                return [
                    value.name, value.type, value.isOptional ? say("optional", "선택") : "", help?(language) ?? "",
                ]
            })
    }
}
