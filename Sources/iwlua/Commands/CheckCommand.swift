import ArgumentParser
import Clocks
import Foundation
import IwinvCatalog
import LuaSyntax
import ScriptTools

struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Find mistakes in scripts without running them.",
        discussion: """
            Reads the scripts and the modules beside them that they require: syntax, header, operations, arguments, fields \
            of rows, grants, parameters, globals, and what the sandbox does not have. Only what is certain is told.

              iwlua check rename.lua
              iwlua check --errors-only --output json scripts

            Exit code 2 if anything was found.
            """)

    @Argument(
        help: ArgumentHelp("Scripts, and folders with scripts at any depth; - is standard input.", valueName: "script"),
        completion: .file(extensions: ["lua"]))
    var scripts: [String]

    @Flag(help: "Leave warnings out.")
    var errorsOnly = false

    @OptionGroup var display: DisplayOptions

    func run() throws {
        let settings = try Settings()
        let terminal = try display.terminal(settings)
        let check = ScriptCheck()
        var findings: [ScriptFinding] = []
        // A module that several scripts require is told of once.
        var seen: Set<ScriptFinding> = []
        let scripts = try files()
        for script in scripts {
            findings += try self.findings(in: script, check).filter {
                ($0.severity == .error || !errorsOnly) && seen.insert($0).inserted
            }
        }
        let report = CheckReport(files: scripts, findings: findings)
        if try display.format(settings) == .json {
            Terminal.out(json: report.json)
        } else {
            Terminal.out(text(report, terminal))
        }
        try Terminal.checkOutput()
        if !report.findings.isEmpty { throw ExitCode(2) }
    }

    private func findings(in script: String, _ check: ScriptCheck) throws -> [ScriptFinding] {
        guard script == "-" else { return check.findings(in: URL(fileURLWithPath: script), named: script) }
        return check.findings(inText: try ScriptOptions.readFile("-"), named: "stdin", folder: nil)
    }

    private func files() throws -> [String] {
        let found: [String]
        // Standard input is no place to look in.
        let input = scripts.contains("-") ? ["-"] : []
        let places = scripts.filter { $0 != "-" }
        do { found = input + (try TestFinder.files(at: places, suffix: ".lua")) } catch { throw UsageError("\(error)") }
        guard !found.isEmpty else { throw UsageError("no script in \(scripts.joined(separator: " "))") }
        return found
    }

    private func text(_ report: CheckReport, _ terminal: Terminal) -> TerminalText {
        var lines: [TerminalText] = []
        for finding in report.findings {
            let isError = finding.severity == .error
            let word: String = isError ? terminal.say("error", "오류") : terminal.say("warning", "경고")
            lines.append(
                terminal.styleOutput("\(finding.place): ", .bold)
                    + terminal.styleOutput("\(word): ", isError ? .red : .yellow)
                    + terminal.say("", "\(finding.rule.title.korean): ")
                    + "\(finding.message) [\(finding.rule.rawValue)]")
            lines += finding.excerpt.map { "\($0)" }
        }
        let (errors, warnings) = (report.count(.error), report.count(.warning))
        let count = report.files.count
        let files = "\(count) " + (count == 1 ? "script" : "scripts")
        let found =
            "\(errors) " + (errors == 1 ? "error" : "errors") + ", \(warnings) "
            + (warnings == 1 ? "warning" : "warnings")
        lines.append(
            report.findings.isEmpty
                ? terminal.say("\(files): nothing found", "스크립트 \(count)개: 문제 없음")
                : terminal.say("\(files): \(found)", "스크립트 \(count)개: 오류 \(errors)개, 경고 \(warnings)개"))
        return lines.joined(separator: "\n") + "\n"
    }
}
