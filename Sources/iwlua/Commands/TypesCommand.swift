import ArgumentParser
import Foundation
import IwinvCatalog
import ScriptTools

struct TypesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "types",
        abstract: "Write what editors need to complete and check scripts.",
        discussion: """
            Definition files for the Lua language server (VS Code, Neovim and others), its settings, and a standard for \
            luacheck, beside your scripts:

              iwlua types
              iwlua types -o scripts --lang ko

            Settings that are there and say something else are left alone, unless --force is given.
            """)

    @Option(
        name: [.customShort("o"), .customLong("directory")],
        help: ArgumentHelp("The folder of the scripts.", valueName: "dir"), completion: .directory)
    var directory = "."

    @Flag(help: "Write over settings that say something else.")
    var force = false

    @OptionGroup var display: DisplayOptions

    func run() throws {
        let settings = try Settings()
        let terminal = try display.terminal(settings)
        let code = NewFile.makeFolder(URL(fileURLWithPath: directory).path, mode: 0o777)
        guard code == 0 else {
            throw UsageError("\(directory): cannot be made: \(String(cString: strerror(code)))", system: code)
        }
        let written: [(path: String, outcome: EditorFiles.Outcome)]
        do {
            written = try EditorFiles(language: terminal.language)
                .write(to: URL(fileURLWithPath: directory), replacing: force)
        } catch {
            throw UsageError("\(directory): \(error.localizedDescription)", as: error)
        }
        if try display.format(settings) == .json {
            Terminal.out(
                json: .array(
                    written.map { ["path": .string($0.path), "outcome": .string($0.outcome.rawValue)] as JSONValue }))
        } else {
            for file in written {
                let note: TerminalText =
                    switch file.outcome {
                    case .written: terminal.say("written", "작성함")
                    case .unchanged: terminal.say("up to date", "최신")
                    case .kept:
                        terminal.say("left alone: it says something else (--force)", "그대로 둠: 내용이 다름(--force)")
                    }
                Terminal.out("\(file.path)  \(note)\n")
            }
        }
        try Terminal.checkOutput()
    }
}
