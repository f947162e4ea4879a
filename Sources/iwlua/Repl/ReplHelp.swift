import IwinvCatalog
import LuaRuntime
import ScriptHost
import ScriptTools

/// What `?name`, `:doc` and `help(x)` say: from the catalog, the errors' list and what is there.
struct ReplHelp {
    var terminal: Terminal
    var session: ReplSession?

    /// - Parameter topic: a name as one would write it, `instances.edit`, `iwinv.firewall`, `vm`, `0x13`.
    func text(about topic: String) -> TerminalText {
        let name = topic.hasPrefix("iwinv.") ? String(topic.dropFirst("iwinv.".count)) : topic
        if name.isEmpty { return commands }
        if name == "api" || name == "iwinv" { return api }
        let (own, libraries) = session?.names ?? ([], [])
        if let variable = own.first(where: { $0.name == name }) {
            let kind = variable.kind.hasPrefix("list of ") ? String(variable.kind.dropFirst(8)) : variable.kind
            let title: TerminalText = "\(variable.name): \(variable.kind)\n"
            return title + (kind == variable.name ? "" : pages(named: kind) ?? "")
        }
        if let text = pages(named: name) { return text }
        if let library = libraries.first(where: { $0.name == name }), !library.fields.isEmpty {
            return library.fields.sorted().map { "\(name).\($0)\n" }.joined()
        }
        let hint: TerminalText? = Suggestion.nearest(to: name, among: reference.names + libraries.map(\.name)).map {
            terminal.say("; did you mean `\($0)`?", ". `\($0)`인가요?")
        }
        return terminal.say("nothing is called `\(name)`", "`\(name)`을(를) 찾을 수 없습니다")
            + (hint ?? "") + "\n"
    }

    private var reference: Reference { Reference(language: terminal.language) }

    /// What `iwlua doc` says of it.
    private func pages(named name: String) -> TerminalText? {
        let pages = reference.pages(named: name)
        return pages.isEmpty ? nil : pages.map { "\(lines: $0.text(width: Terminal.columns))" }.joined(separator: "\n")
    }

    private var commands: TerminalText {
        let rows = ReplShell.commands.map {
            [$0.name + ($0.argument.isEmpty ? "" : " " + $0.argument), $0.help(terminal.language)]
        }
        let width = rows.map { $0[0].displayWidth }.max() ?? 0
        return rows.map { "\($0[0].fitted(to: width))  \($0[1])\n" }.joined()
            + terminal.say(
                """

                ?NAME explains: ?instances.edit, ?firewall, ?vm. `_` is the last value, `_1` the one before, `_err` the last
                error. Names without `local` live on. Changes are shown and asked for.

                """,
                """

                ?이름 으로 설명을 봅니다: ?instances.edit, ?firewall, ?vm. `_`는 마지막 값, `_1`은 그 앞의 값, `_err`는 마지막 오류.
                local을 붙이지 않은 이름은 계속 남습니다. 변경은 먼저 보여 주고 묻습니다.

                """)
    }

    private func table(_ operations: [CloudOperation]) -> TerminalText {
        let rows = operations.map { ["\($0.name)", $0.effect.rawValue, $0.help(terminal.language)] }
        let table = TextTable(
            headings: [terminal.say("operation", "작업"), terminal.say("effect", "종류"), terminal.say("meaning", "설명")],
            rows: rows
        )
        return "\(lines: table.text(width: Terminal.columns))"
    }

    private var api: TerminalText { table(Catalog.iwinv.interface) }
}
