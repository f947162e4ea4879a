import IwinvCatalog
import LuaRuntime

/// Where the Lua of scripts differs from the manual, and why: the allow-list itself.
struct SandboxPages {
    let language: Language

    var pages: [ReferencePage] {
        func say(_ english: String, _ korean: String) -> String { LocalizedText(english, korean)(language) }
        var (same, changed, absent) = ([String](), [[String]](), [[String]]())
        for entry in LuaLibrary.entries {
            switch entry.status {
            case .same: same.append(entry.name)
            case .changed(let text): changed.append([entry.name, text])
            case .absent(let text): absent.append([entry.name, text])
            }
        }
        let page = ReferencePage(
            name: "sandbox", kind: .topic,
            summary: say(
                "Scripts run Lua 5.4 in a jailed process: no files, no network, no keys, within limits of processor time, "
                    + "memory, output and calls.",
                "스크립트는 격리된 프로세스에서 Lua 5.4로 실행됩니다. 파일, 네트워크, 키가 없고 프로세서 시간, 메모리, 출력, 호출에 한도가 있습니다."),
            blocks: [
                .text(
                    say("As the manual says: ", "설명서와 같은 함수: ")
                        + same.map { "`\($0)`" }.joined(separator: ", ") + "."),
                .table([say("different", "다른 점"), say("how", "내용")], changed),
                .table([say("not there", "없음"), say("why", "이유")], absent),
            ])
        return [page] + LuaLibrary.entries.map { entry(say, $0) }
    }

    private func entry(_ say: (String, String) -> String, _ entry: LuaLibrary.Entry) -> ReferencePage {
        let text =
            switch entry.status {
            case .same: say("As the Lua 5.4 manual says.", "Lua 5.4 설명서와 같습니다.")
            case .changed(let text): say("As the Lua 5.4 manual says, but: ", "Lua 5.4 설명서와 같지만: ") + text
            case .absent(let text): say("Scripts do not have it: ", "스크립트에는 없습니다: ") + text
            }
        return ReferencePage(name: entry.name, kind: .function, summary: text, isListed: false)
    }
}
