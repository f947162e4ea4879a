import ArgumentParser
import Foundation
import ScriptTools

struct NewCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "new",
        abstract: "Write the beginnings of a script and of its test.",
        discussion: """
            Makes NAME.lua with a header, NAME_test.lua beside it, which passes, and what `iwlua types` writes for editors.

              iwlua new tidy-names
              iwlua test
            """)

    @Argument(help: "The script's name: letters, digits, `-` and `_`.")
    var name: String

    @Option(help: "The folder to write into; made if it is not there.")
    var dir = "."

    @Flag(help: "Write over files that are there.")
    var force = false

    @OptionGroup(title: "Display") var display: DisplayOptions

    func run() throws {
        let settings = try Settings()
        let terminal = try display.terminal(settings)
        let bare = name.hasSuffix(".lua") ? String(name.dropLast(4)) : name
        guard let template = ScriptTemplate(name: bare) else {
            throw UsageError(
                "`\(bare)` is no name for a script: it begins with a letter, has letters, digits, `-` and `_`, and does "
                    + "not end in _test; --dir names the folder")
        }
        let folder = dir.hasSuffix("/") ? dir : dir + "/"
        func path(_ file: String) -> String { folder == "./" ? file : folder + file }
        let files = [(path("\(bare).lua"), template.script), (path("\(bare)_test.lua"), template.test)]
        // All or none.
        for (file, _) in files where !force && FileManager.default.fileExists(atPath: file) {
            throw UsageError("\(file) is there already; --force writes over it")
        }
        for (file, text) in files { try NewFile.write(text, to: file, .report) }
        var written = files.map(\.0)
        // Settings hold for the whole folder, so they are nobody's to write over.
        do {
            written += try EditorFiles(language: terminal.language).write(to: URL(fileURLWithPath: dir))
                .filter { $0.outcome == .written }.map { path($0.path) }
        } catch {
            throw UsageError("\(dir): \(error.localizedDescription)", as: error)
        }
        Terminal.out(written.map { "\($0)\n" }.joined())
        Terminal.error(
            terminal.say(
                "next: iwlua test \(files[1].0), then iwlua run \(files[0].0) --simulate\n",
                "다음: iwlua test \(files[1].0), 그다음 iwlua run \(files[0].0) --simulate\n"))
        try Terminal.checkOutput()
    }
}
