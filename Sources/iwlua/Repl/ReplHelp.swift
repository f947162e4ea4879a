import IwinvCatalog
import LuaRuntime
import ScriptHost

/// What `?name`, `:doc` and `help(x)` say: from the catalog, the errors' list and what is there.
struct ReplHelp {
    var terminal: Terminal
    var session: ReplSession?

    /// - Parameter topic: a name as one would write it, `instances.edit`, `iwinv.firewall`, `vm`, `0x13`.
    func text(about topic: String) -> String {
        let name = topic.hasPrefix("iwinv.") ? String(topic.dropFirst("iwinv.".count)) : topic
        if name.isEmpty { return commands }
        if name == "api" || name == "iwinv" { return api }
        let catalog = Catalog.iwinv
        if let operation = catalog[OperationName(stringLiteral: name)] { return text(of: operation) }
        if let verb = name.split(separator: ".").last, verb == "each" || verb == "wait" || verb == "wait_all" {
            return words(of: name)
        }
        if catalog.resources.contains(name) { return resource(name) }
        if let type = catalog.operations.compactMap(\.row).first(where: { $0.name == name }) { return row(type) }
        if let error = ErrorEntry.all.first(where: { $0.name == name.uppercased() || $0.wireCode == name.lowercased() })
        {
            return "\(error.wireCode)  \(error.name)\n  \(error.meaning(terminal.language))\n"
        }
        let (own, libraries) = session?.names ?? ([], [])
        if let variable = own.first(where: { $0.name == name }) {
            let kind = variable.kind.hasPrefix("list of ") ? String(variable.kind.dropFirst(8)) : variable.kind
            let title = "\(variable.name): \(variable.kind)\n".escapedForTerminal()
            return kind == variable.name
                ? title : title + (catalog.operations.contains { $0.row?.name == kind } ? text(about: kind) : "")
        }
        if let library = libraries.first(where: { $0.name == name }), !library.fields.isEmpty {
            return library.fields.sorted().map { "\(name).\($0)" }.joined(separator: "\n") + "\n"
        }
        if let entry = LuaLibrary.entries.first(where: { $0.name == name }) {
            switch entry.status {
            case .same: return name + terminal.say(": as in the manual of Lua 5.4\n", ": Lua 5.4 설명서와 같습니다\n")
            case .changed(let how): return "\(name): \(how)\n"
            case .absent(let why): return name + terminal.say(": not there: ", ": 없음: ") + why + "\n"
            }
        }
        let known = catalog.interface.map { "\($0.name)" } + catalog.resources + libraries.map(\.name)
        let hint = Suggestion.nearest(to: name, among: known).map {
            terminal.say("; did you mean `\($0)`?", ". `\($0)`인가요?")
        }
        return terminal.say("nothing is called `\(name)`", "`\(name)`을(를) 찾을 수 없습니다").escapedForTerminal()
            + (hint ?? "") + "\n"
    }

    private var commands: String {
        let rows = ReplShell.commands.map {
            [$0.name + ($0.argument.isEmpty ? "" : " " + $0.argument), $0.help(terminal.language)]
        }
        let width = rows.map { $0[0].displayWidth }.max() ?? 0
        return rows.map { $0[0].fitted(to: width) + "  " + $0[1] + "\n" }.joined()
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

    private func text(of operation: CloudOperation) -> String {
        OperationText(operation: operation, language: terminal.language).text
    }

    private func table(_ operations: [CloudOperation]) -> String {
        let rows = operations.map { ["\($0.name)", $0.effect.rawValue, $0.help(terminal.language)] }
        return TextTable(
            headings: [terminal.say("operation", "작업"), terminal.say("effect", "종류"), terminal.say("meaning", "설명")],
            rows: rows
        ).text(maximumCellWidth: 80)
    }

    private var api: String { table(Catalog.iwinv.interface) }

    private func resource(_ name: String) -> String {
        table(Catalog.iwinv.interface.filter { $0.name.resource == name || $0.name.resource.hasPrefix(name + ".") })
    }

    private func row(_ type: RowType) -> String {
        let rows = type.fields.map { [$0.name, $0.help(terminal.language)] }
        let methods = CloudSurface(.iwinv).methods(of: type).map(\.name.verb).joined(separator: ", ")
        return TextTable(
            headings: ["\(type.name)", terminal.say("meaning", "설명")], rows: rows
        ).text(maximumCellWidth: 80)
            + (methods.isEmpty ? "" : terminal.say("methods: ", "메서드: ") + methods + "\n")
    }

    /// Functions that are no operation of the cloud.
    private func words(of name: String) -> String {
        let parts = name.split(separator: ".").map(String.init)
        let resource = parts.dropLast().joined(separator: ".")
        switch parts.last {
        case "each":
            return terminal.say(
                "iwinv.\(resource).each { … }: goes through the rows of `list`; all pages are read before the first row\n  for row in iwinv.\(resource).each() do print(row.name) end\n",
                "iwinv.\(resource).each { … }: `list`의 모든 행을 차례로 돕니다. 첫 행 전에 모든 페이지를 읽습니다\n  for row in iwinv.\(resource).each() do print(row.name) end\n"
            )
        default:
            return terminal.say(
                "iwinv.\(resource).wait(id, state, timeout): waits until it shows the state, by reading the list\n  iwinv.\(resource).wait(id, \"active\", \"10m\")\n",
                "iwinv.\(resource).wait(id, 상태, 제한 시간): 목록을 읽으며 그 상태가 될 때까지 기다립니다\n  iwinv.\(resource).wait(id, \"active\", \"10m\")\n"
            )
        }
    }
}
