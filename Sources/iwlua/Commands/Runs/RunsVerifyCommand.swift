import ArgumentParser
import IwinvCatalog
import RunStore
import ScriptHost

struct RunsVerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Check that nobody has edited the journal.",
        discussion: """
            Finds any field, row or text that was edited, added or taken away, and names its place; does not find it if \
            somebody has computed all chains anew from some point to the end, or put an older copy of the file in its place. \
            Exit code 0 if nothing was edited, 1 if something was.
            """)

    @OptionGroup var display: DisplayOptions

    func run() async throws {
        let settings = try Settings()
        let terminal = try display.terminal(settings)
        let journal = try await settings.journal()
        let showsProgress = Terminal.showsProgress
        let check = try await RunJournals.reporting { () async throws(StoreError) in
            try await journal.verify { done, total in
                // Short ones are over before anybody has read the line.
                guard showsProgress, total >= 50_000 else { return }
                Terminal.error("\r\u{1B}[K\(done < total ? "\(done)/\(total)" : "")")
            }
        }
        if try display.format(settings) == .json {
            Terminal.out(json: check.json)
        } else {
            Terminal.out(JournalCheckText(check: check, terminal: terminal).text)
        }
        try Terminal.checkOutput()
        if !check.faults.isEmpty { throw ExitCode(1) }
    }
}

/// What a check of the journal found, for a person.
struct JournalCheckText {
    var check: JournalCheck
    var terminal: Terminal

    var text: TerminalText {
        let looked: TerminalText = terminal.say(
            "looked at \(check.runs) runs, \(check.entries) entries, \(check.texts) texts, \(check.approvals) approvals\n",
            "실행 \(check.runs)건, 기록 \(check.entries)건, 텍스트 \(check.texts)건, 승인 \(check.approvals)건을 확인했습니다\n")
        let faults = check.faults.map { fault -> TerminalText in
            terminal.styleOutput(terminal.say("edited: ", "변조: "), .red) + "\(fault.description)\n"
        }
        guard faults.isEmpty else {
            return looked + faults.joined()
                + terminal.say(
                    "\(faults.count) places are not as iwlua wrote them\n", "\(faults.count)곳이 iwlua가 쓴 내용과 다릅니다\n")
        }
        return looked
            + terminal.say(
                "nothing was edited (a rewrite of all chains to the end, or an older copy of the file, is not found)\n",
                "변조가 없습니다(전체 체인을 다시 쓰거나 이전 파일로 바꾼 것은 찾지 못합니다)\n")
    }
}

extension JournalCheck {
    /// Stable: members may be added.
    var json: JSONValue {
        [
            "runs": .integer(Int64(runs)), "entries": .integer(Int64(entries)), "texts": .integer(Int64(texts)),
            "approvals": .integer(Int64(approvals)),
            "faults": .array(
                faults.map { fault in
                    [
                        "table": .string(fault.table), "row": .string(fault.row),
                        "entry": fault.sequence.map(JSONValue.integer) ?? .null,
                        "column": fault.column.map(JSONValue.string) ?? .null, "detail": .string(fault.detail),
                    ]
                }),
        ]
    }
}
