import ArgumentParser
import Clocks
import IwinvCatalog
import RunStore
import ScriptHost

struct StopCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop", abstract: "Ask a run to stop.",
        discussion: """
            The run ends within a second, whatever it waits for; a request that has left is waited for. It ends as \
            interrupted and can be resumed. Exit code 1 if the run is not under way.
            """)

    @Argument(help: "The run: its id, the beginning of it, or `last`.", completion: ShellCompletions.runs)
    var id: String

    @OptionGroup var display: DisplayOptions

    func run() async throws {
        let settings = try Settings()
        let terminal = try display.terminal(settings)
        let (name, now) = (id, SystemClock().now)
        let journal = try await settings.journal()
        let (run, isAsked) = try await RunJournals.reporting { () async throws(StoreError) in
            let run = try await journal.find(name)
            return (run, try await journal.requestStop(run.id, at: now))
        }
        if try display.format(settings) == .json {
            Terminal.out(json: ["run": .string(run.id), "asked": .boolean(isAsked), "state": .string(run.state.word)])
        } else if isAsked {
            Terminal.out(
                terminal.say(
                    "\(run.id) was asked to stop; it ends when what it has sent is answered\n",
                    "\(run.id)에 중지를 요청했습니다. 보낸 요청의 응답을 받으면 종료됩니다\n"))
        } else {
            let state = HistoryWords.state(run.state)(terminal.language)
            Terminal.error(
                terminal.say("\(run.id) is not under way: \(state)\n", "\(run.id)은(는) 실행 중이 아닙니다: \(state)\n"))
        }
        try Terminal.checkOutput()
        if !isAsked { throw ExitCode(1) }
    }
}
