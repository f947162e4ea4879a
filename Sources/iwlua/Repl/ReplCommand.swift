import ArgumentParser
import Foundation
import Gate
import IwinvCatalog
import ScriptHost

struct ReplCommand: AsyncParsableCommand, ScriptRunning {
    static let configuration = CommandConfiguration(
        commandName: "repl",
        abstract: "Type Lua against the cloud, line by line.",
        discussion: """
            Expressions show what they give, without `return`; variables and functions live on. A change shows what it \
            would do and asks; `:write 10m` opens writing for a while. Ctrl-C ends what runs and keeps the variables, \
            Ctrl-D leaves. `:help` lists the commands, `?instances.edit` explains.

              iwlua repl --simulate
              echo 'iwinv.zones.list()' | iwlua repl

            What comes from a pipe is evaluated text by text, up to the first error, whose exit code is the program's. \
            Nothing is asked there: changes need --allow and --yes.
            """)

    @Flag(help: "Make the changes that are allowed with --allow without asking.")
    var yes = false

    @Flag(help: "Let ui.show_secret write passwords to the terminal (with the grant `secret`).")
    var showSecrets = false

    @OptionGroup(title: "Limits, of each evaluation") var limits: LimitOptions
    @OptionGroup(title: "Cloud") var cloud: CloudOptions
    @OptionGroup(title: "Display") var display: RunDisplayOptions

    func run() async throws {
        let settings = try Settings()
        let terminal = try display.terminal(settings)
        guard try display.format(settings) == .text else {
            throw UsageError("repl writes text; for JSON use `iwlua run -e '…' --output json`")
        }
        if showSecrets, isatty(STDOUT_FILENO) == 0 {
            throw UsageError("--show-secrets writes to a terminal only, and standard output is none")
        }
        let desk = ReplDesk(terminal, asksNever: yes)
        let shell = try await ReplShell.open(
            desk, cloud: cloud, limits: limits, level: try display.level(settings), showsSecrets: showSecrets, settings)
        let code = await shell.run()
        try Terminal.checkOutput()
        if code != 0 { throw ExitCode(code) }
    }
}
