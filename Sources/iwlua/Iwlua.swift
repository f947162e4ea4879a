import ArgumentParser
import CSpawn
import Foundation
import IwinvCatalog
import IwinvWire
import LuaRuntime
import ScriptHost

@main
enum Program {
    /// Not asynchronous: the worker is started before the first task waits for its thread.
    static func main() {
        // Before there is a key in memory.
        spawn_hide_memory()
        // Before anything is opened.
        StandardStreams.reserve()
        // A reader that went away (`iwlua … | head`) shall not end a run half-way.
        signal(SIGPIPE, SIG_IGN)
        // A file that may not grow is a full disk: an error to be told of, not a death.
        signal(SIGXFSZ, SIG_IGN)
        let arguments = Array(CommandLine.arguments.dropFirst())
        Iwlua.prepare(arguments)
        Task.detached { ProgramEnd.now(await Iwlua.run(arguments)) }
        dispatchMain()
    }
}

struct Iwlua: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "iwlua",
        abstract: "Run Lua scripts against the iwinv cloud, in a sandbox, within its 60 requests a minute.",
        discussion: """
            A script sees the cloud and nothing else of this machine: no files, no network, no keys. What it may change is \
            what you allow. Try it without an account:

              iwlua run scripts/automation/bulk-rename.lua --simulate \\
                --param from=web- --param to=www- --allow instances:edit --yes

            Exit codes: 0 done, 1 the script failed, 2 usage, 3 not granted, 4 the cloud refused or could not be reached, \
            5 a change has an unknown outcome, 6 killed by a limit, 7 this machine (disk, state folder, settings), \
            130 interrupted.
            """,
        version: "iwlua \(version)",
        // Each has its `commandName` written down: a name that the parser makes from the type costs every start 0.4 ms.
        subcommands: [
            RunCommand.self, PlanCommand.self, ApplyCommand.self, UndoCommand.self, ResumeCommand.self,
            ReplayCommand.self, ReplCommand.self, CheckCommand.self, TestCommand.self, NewCommand.self,
            RunsCommand.self, StopCommand.self, ApproveCommand.self, ApprovalsCommand.self,
            ScheduleCommand.self, DaemonCommand.self, SimulateCommand.self, ProfileCommand.self, DoctorCommand.self,
            APICommand.self, DocCommand.self, TypesCommand.self,
        ])

    static let version = "0.1.0"

    /// Runs what the arguments say, and says what went wrong.
    ///
    /// - Returns: The exit code.
    fileprivate static func run(_ arguments: [String]) async -> Int32 {
        do {
            if Set(arguments) == ["--version", "--verbose"] {
                Terminal.out("\(lines: VersionText.verbose)")
                try Terminal.checkOutput()
                return 0
            }
            var command = try await parse(arguments)
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            return 0
        } catch {
            if let status = ExitStatus(of: error) {
                Terminal.error("iwlua: \(said(error))\n")
                return status.code
            }
            let (code, message) = (exitCode(for: error), fullMessage(for: error))
            guard code.isSuccess else {
                if !message.isEmpty { Terminal.error("\(lines: message)\n") }
                return code == .validationFailure ? ExitStatus.usage.code : code.rawValue
            }
            // Help, the version, a completion script: what was asked for.
            Terminal.out("\(lines: message)\n")
            return (try? Terminal.checkOutput()) == nil ? ExitStatus.machine.code : ExitStatus.done.code
        }
    }

    /// Foundation's own errors describe themselves to programmers.
    private static func said(_ error: any Error) -> TerminalText {
        (error as? UsageError)?.text
            ?? ((error as NSError).isSystems ? "\(error.localizedDescription)" : "\(error)")
    }

    private static func commandType(_ arguments: [String]) -> (any ParsableCommand.Type)? {
        configuration.subcommands.first {
            $0.configuration.commandName == arguments.first && $0.configuration.subcommands.isEmpty
        }
    }

    /// Begins what takes its time, beside the parser: a worker takes as long to start as the arguments to be read, and what
    /// almost every command needs half as long.
    fileprivate static func prepare(_ arguments: [String]) {
        if commandType(arguments) is any ScriptRunning.Type, !arguments.contains("--in-process") {
            LuaExecution.process().prepare()
        }
        Task.detached {
            _ = Catalog.iwinv.operations.count
            _ = Signature.hex(timestamp: "", path: "", secretKey: "")
        }
    }

    /// Arguments without a mistake are parsed by their command alone, which takes half of the time that it takes from the
    /// root down. Mistakes, and questions for help, are the root's, whose answers know the whole way.
    private static func parse(_ arguments: [String]) async throws -> any ParsableCommand {
        let type = commandType(arguments)
        let arguments = CloudOptions.splitting(arguments)
        let rest = Array(arguments.dropFirst())
        if let asynchronous = type as? any AsyncParsableCommand.Type {
            if let parsed = try? await asynchronous.asyncParseAsRoot(rest) { return parsed }
        } else if let parsed = try? type?.parseAsRoot(rest) {
            return parsed
        }
        return try await asyncParseAsRoot(arguments)
    }
}

/// A command that runs a script, or ends at once.
protocol ScriptRunning {}
