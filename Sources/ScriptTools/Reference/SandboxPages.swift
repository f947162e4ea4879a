import Clocks
import IwinvCatalog
import LuaRuntime
import ScriptHost

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
                .table([say("limit", "한도"), say("what holds without a flag", "플래그가 없을 때")], limits(say)),
            ])
        return [page] + LuaLibrary.entries.map { entry(say, $0) }
    }

    private func limits(_ say: (String, String) -> String) -> [[String]] {
        let limits = LuaLimits()
        func count(_ number: Int) -> String { Double(number).grouped }
        func size(_ bytes: Int) -> String { bytes < 1 << 20 ? "\(bytes >> 10) KiB" : "\(bytes >> 20) MiB" }
        return [
            [
                say("processor time, --cpu", "프로세서 시간, --cpu"),
                say(
                    "\(limits.cpu?.text ?? ""); what iwlua computes for the script (`text`, `json`, `ui`, `time`, the "
                        + "arguments of calls) counts; ends the run",
                    "\(limits.cpu?.text ?? ""). iwlua가 스크립트를 위해 계산하는 것(`text`, `json`, `ui`, `time`, 호출 인자)도 셉니다. 실행을 끝냅니다"
                ),
            ],
            [
                say("time, --time, @limit time", "시간, --time, @limit time"),
                say(
                    "none; on a simulated cloud's clock and on the real one, whichever is up first; ends the run",
                    "없음. 시뮬레이션의 시계와 실제 시계 중 먼저 다 된 쪽. 실행을 끝냅니다"),
            ],
            [
                say("memory, --memory", "메모리, --memory"),
                say("\(size(limits.memory)); ends the run", "\(size(limits.memory)). 실행을 끝냅니다"),
            ],
            [
                say("calls that wait", "기다리는 호출"),
                say("\(count(limits.calls)); one more ends the run", "\(count(limits.calls))번. 넘으면 실행을 끝냅니다"),
            ],
            [
                say("output, log lines", "출력, 로그"),
                say("\(size(limits.output)) each; more ends the run", "각각 \(size(limits.output)). 넘으면 실행을 끝냅니다"),
            ],
            [
                say("tasks, coroutines at once", "동시 태스크, 코루틴"),
                say(
                    "\(count(limits.tasks)), \(count(limits.coroutines)); more is an error",
                    "\(count(limits.tasks))개, \(count(limits.coroutines))개. 넘으면 오류"),
            ],
            [
                say("a script, a module, a text for load", "스크립트, 모듈, load의 글"),
                say("\(size(limits.sourceBytes)); more is an error", "\(size(limits.sourceBytes)). 넘으면 오류"),
            ],
            [
                say("the arguments of a call, results, an error value", "호출 인자, 결과, 오류 값"),
                say(
                    "\(size(limits.valueBytes)), \(count(limits.valueNodes)) values, \(limits.valueDepth) tables inside "
                        + "each other; more is an error",
                    "\(size(limits.valueBytes)), 값 \(count(limits.valueNodes))개, 표 \(limits.valueDepth)겹. 넘으면 오류"),
            ],
            [
                say("a text for text.*", "text.*의 글"),
                say(
                    "1 MiB, 64 combining marks in a row; what `text.replace` gives: 4 MiB; more is an error",
                    "1 MiB, 잇따른 결합 문자 64개. `text.replace`의 결과는 4 MiB. 넘으면 오류"),
            ],
            [
                say("what ui.table and ui.bars draw", "ui.table, ui.bars의 그림"),
                say("4 MiB; more is an error", "4 MiB. 넘으면 오류"),
            ],
        ]
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
