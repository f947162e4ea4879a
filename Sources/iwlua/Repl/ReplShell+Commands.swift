import Clocks
import Foundation
import Gate
import IwinvCatalog
import IwinvClient
import RunStore
import RunEngine
import ScriptHost
import Synchronization

extension ReplShell {
    /// The commands of the prompt, for completion and `:help`.
    static let commands: [(name: String, argument: String, help: LocalizedText)] = [
        (":api", "[NAME]", LocalizedText("what the cloud can do", "클라우드가 할 수 있는 일")),
        (":budget", "", LocalizedText("requests left in this minute", "1분 동안 남은 요청 수")),
        (":doc", "NAME", LocalizedText("explain an operation, a field, an error code", "작업, 항목, 오류 코드 설명")),
        (":help", "[NAME]", LocalizedText("this list; also ?NAME and help(value)", "이 목록. ?이름, help(값)도 가능")),
        (":lang", "en|ko", LocalizedText("language of messages", "메시지 언어")),
        (":load", "FILE", LocalizedText("evaluate a file", "파일 실행")),
        (":more", "", LocalizedText("the rows that follow", "다음 행")),
        (":plan", "TEXT", LocalizedText("what a text would change; changes nothing", "변경될 내용만 확인")),
        (":profile", "[NAME]", LocalizedText("which account; with a name: another one", "사용 중인 계정, 이름을 주면 전환")),
        (":quit", "", LocalizedText("leave, as Ctrl-D does", "종료(Ctrl-D)")),
        (":save", "FILE", LocalizedText("write what went well as a script", "성공한 입력을 스크립트로 저장")),
        (":time", "TEXT", LocalizedText("evaluate, and say how long it took", "실행하고 걸린 시간 표시")),
        (":undo", "", LocalizedText("take back what this session has changed", "이 세션의 변경 되돌리기")),
        (":vars", "", LocalizedText("the session's variables", "세션의 변수")),
        (":vertical", "", LocalizedText("rows one below the other, or as a table again", "행을 세로로, 또는 다시 표로")),
        (":write", "10m|off", LocalizedText("make changes without asking for a while", "잠시 묻지 않고 변경")),
    ]

    func command(_ line: String) async -> Next {
        let parts = line.split(separator: " ", maxSplits: 1).map(String.init)
        let argument = parts.count > 1 ? parts[1].trimmingCharacters(in: .whitespaces) : ""
        switch parts[0] {
        case ":quit", ":q", ":exit": return .leave
        case ":help", ":doc": return await help(argument)
        case ":api": return await help(argument.isEmpty ? "api" : argument)
        case ":more":
            guard let more = await bench.session.more() else { return refuse("there are no more rows", "더 볼 행이 없습니다") }
            let text = ReplText(width: Terminal.columns, isVertical: isVertical, language: terminal.language)
            Terminal.out("\(lines: text.text(more))")
            return .goOn
        case ":vertical":
            isVertical.toggle()
            return say(
                isVertical ? "rows one below the other" : "rows as tables", isVertical ? "세로로 표시" : "표로 표시")
        case ":vars": return await variables()
        case ":budget": return budget()
        case ":lang": return language(argument)
        case ":write": return write(argument)
        case ":time": return await time(argument)
        case ":plan": return await plan(argument)
        case ":undo": return await undo()
        case ":load": return await load(argument)
        case ":save": return save(argument)
        case ":profile": return await profile(argument)
        default:
            let hint: TerminalText? = Suggestion.nearest(to: parts[0], among: Self.commands.map(\.name)).map {
                "; did you mean `\($0)`?"
            }
            let text = "there is no command `\(parts[0])`" + (hint ?? "; :help lists them")
            return refuse(text, "명령 `\(parts[0])`이(가) 없습니다. :help를 보세요")
        }
    }

    func say(_ english: TerminalText, _ korean: TerminalText) -> Next {
        Terminal.error(terminal.say(english, korean) + "\n")
        return .goOn
    }

    func refuse(_ english: TerminalText, _ korean: TerminalText) -> Next {
        Terminal.error(terminal.style(terminal.say("error: ", "오류: "), .red) + terminal.say(english, korean) + "\n")
        return .failed(2)
    }

    private func variables() async -> Next {
        let text = ReplText(language: terminal.language)
        let rows = await bench.session.variables().map { [$0.name, $0.kind, $0.value.map { text.inline($0) } ?? ""] }
        guard !rows.isEmpty else { return say("there are none yet", "아직 없습니다") }
        let headings = [terminal.say("name", "이름"), terminal.say("kind", "종류"), terminal.say("value", "값")]
        Terminal.out("\(lines: TextTable(headings: headings, rows: rows).text(maximumCellWidth: 60))")
        return .goOn
    }

    private func budget() -> Next {
        let budget = bench.cloud.budget
        let wait = budget.nextFree.flatMap { $0 > .zero ? Duration.seconds($0.components.seconds + 1).text : nil }
        Terminal.out(
            terminal.say("\(budget.remaining) requests left", "남은 요청 \(budget.remaining)건")
                + (wait.map { terminal.say(", the next in \($0)", ", 다음 요청까지 \($0)") } ?? "") + "\n")
        return .goOn
    }

    private func language(_ name: String) -> Next {
        guard let choice = LanguageChoice(rawValue: name) else {
            return refuse(":lang en, or :lang ko", ":lang en 또는 :lang ko")
        }
        desk.terminal.language = choice.language
        return .goOn
    }

    private func write(_ argument: String) -> Next {
        let clock = bench.cloud.clock
        if argument == "off" {
            desk.writesUntil = nil
            return say("changes ask again", "다시 변경 전에 묻습니다")
        }
        guard isInteractive else {
            return refuse("there is no terminal: use --allow and --yes", "터미널이 없습니다. --allow와 --yes를 사용하세요")
        }
        guard let time = Duration(parsing: argument.isEmpty ? "10m" : argument), time > .zero, time <= .seconds(3600)
        else {
            return refuse("write it like :write 10m, at most 1h", ":write 10m처럼 쓰세요(최대 1h)")
        }
        desk.writesUntil = clock.elapsed + time
        return say(
            "for \(time.text) changes are made without asking; :write off ends it",
            "\(time.text) 동안 묻지 않고 변경합니다. :write off로 끝냅니다")
    }

    private func time(_ text: String) async -> Next {
        let (clock, requests) = (ContinuousClock(), desk.requests)
        let began = clock.now
        let next = await evaluate(text)
        let taken = (clock.now - began) / .milliseconds(1)
        let sent = desk.requests - requests
        _ = say(
            "\(Int(taken.rounded())) ms, \(sent) \(sent == 1 ? "request" : "requests")",
            "\(Int(taken.rounded())) ms, 요청 \(sent)건")
        return next
    }

    private func plan(_ text: String) async -> Next {
        guard !text.isEmpty else {
            return refuse("write it like :plan vm:edit { name = \"x\" }", ":plan vm:edit { name = \"x\" } 처럼 쓰세요")
        }
        let bench = bench
        desk.begin()
        let (outcome, plan) = await bench.session.plan(text, bench.engine.origin(of: "repl"))
        bench.progress.clear()
        Terminal.out(PlanText(plan: plan, remaining: bench.cloud.budget.remaining, terminal: terminal).text)
        guard let failure = outcome.failure else { return .goOn }
        Terminal.error(terminal.say("the plan ends there: ", "계획은 여기까지입니다: ") + "\n")
        let report = RunReport.failed(failure, changes: [])
        Terminal.error(
            FailureText(report: report, sources: bench.session.sources, terminal: terminal, isBrief: true).text)
        return .failed(outcome.exitCode)
    }

    private func load(_ path: String) async -> Next {
        guard !path.isEmpty else { return refuse("write it like :load FILE", ":load 파일 처럼 쓰세요") }
        let file = NSString(string: path).expandingTildeInPath
        do {
            let script = try Script(contentsOf: URL(fileURLWithPath: file))
            return await evaluate(script.source, name: script.name)
        } catch {
            return refuse("\(error)", "\(error)")
        }
    }

    private func save(_ path: String) -> Next {
        let transcript = bench.session.transcript
        guard !path.isEmpty else { return refuse("write it like :save FILE", ":save 파일 처럼 쓰세요") }
        guard !transcript.lines.isEmpty else { return refuse("there is nothing to save yet", "아직 저장할 내용이 없습니다") }
        let file = URL(fileURLWithPath: NSString(string: path).expandingTildeInPath)
        let text = transcript.script(name: file.deletingPathExtension().lastPathComponent)
        do {
            try Data(text.utf8).write(to: file, options: .withoutOverwriting)
        } catch {
            let reason = error.localizedDescription
            return refuse("\(path): cannot be written: \(reason)", "\(path): 저장할 수 없습니다: \(reason)")
        }
        return say("\(transcript.lines.count) texts saved to \(path)", "\(path)에 \(transcript.lines.count)개 저장")
    }

    private func profile(_ name: String) async -> Next {
        guard !name.isEmpty else {
            let cloud = bench.cloud
            Terminal.out("\(cloud.name)  \(cloud.account)\n")
            return .goOn
        }
        var options = CloudOptions()
        options.faults = []
        options.simulate = name == "sim"
        options.profile = name == "sim" ? nil : name
        do {
            let cloud = try await CloudSession.open(options, settings)
            let old = bench
            let new: ReplBench
            do {
                new = try ReplBench(cloud, desk, limits, level, showsSecrets: showsSecrets, settings)
            } catch {
                cloud.close()
                throw error
            }
            desk.writesUntil = nil
            current.withLock { $0 = new }
            await old.close()
            return say("now \(new.name): a fresh session without variables", "\(new.name): 변수가 없는 새 세션입니다")
        } catch {
            return refuse("\(error)", "\(error)")
        }
    }
}
