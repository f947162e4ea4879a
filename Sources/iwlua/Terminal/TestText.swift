import Clocks
import IwinvCatalog
import ScriptHost
import ScriptTools

/// What a person sees of tests.
struct TestText: Sendable {
    let terminal: Terminal

    func text(of file: TestFileReport) -> TerminalText {
        var lines = [terminal.styleOutput("\(file.path)", .bold)]
        if let problem = file.problem { lines += failure(problem) }
        for test in file.tests {
            let mark: TerminalText =
                switch test.outcome {
                case .passed: "✓"
                case .failed: terminal.styleOutput("✗", .red)
                case .skipped: terminal.styleOutput("-", .yellow)
                }
            let time: TerminalText =
                test.duration >= .seconds(1) ? terminal.styleOutput("  (\(shown(test.duration)))", .dim) : ""
            let rest: TerminalText = test.outcome == .skipped ? terminal.say("  (to be written)", "  (작성 예정)") : ""
            lines.append("  \(mark) \(test.name)\(time)\(rest)")
            if let problem = test.failure {
                lines += failure(problem)
                if !test.output.isEmpty {
                    lines.append("      " + terminal.say("it printed:", "출력:"))
                    lines += indented(test.output.joined(separator: "\n"), by: 8)
                }
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    func summary(of report: TestReport) -> TerminalText {
        let failed = report.count(.failed) + report.broken
        let (passed, skipped) = (report.count(.passed), report.count(.skipped))
        let english = "\(passed) passed, \(failed) failed" + (skipped > 0 ? ", \(skipped) to be written" : "")
        let korean = "성공 \(passed), 실패 \(failed)" + (skipped > 0 ? ", 작성 예정 \(skipped)" : "")
        let text: TerminalText = "\(terminal.say(english, korean)) (\(shown(report.duration)))"
        return "\n" + terminal.styleOutput(text, failed > 0 ? .red : .bold) + "\n"
    }

    private func failure(_ failure: TestFailure) -> [TerminalText] {
        let place = failure.place.map { "\($0): " } ?? ""
        let message = failure.message.lines
        var lines: [TerminalText] = ["      \(terminal.styleOutput("\(place)", .dim))\(message.first ?? "")"]
        lines += message.dropFirst().map { line in
            let text: TerminalText = "        \(line)"
            return line.hasPrefix("- ")
                ? terminal.styleOutput(text, .red) : line.hasPrefix("+ ") ? terminal.styleOutput(text, .cyan) : text
        }
        lines += failure.excerpt.map { number, text in
            let mark = number == failure.line ? ">" : " "
            let place = "\(number)".fitted(to: 4, alignedRight: true)
            let line: TerminalText = "      \(mark) \(place) │ \(text.replacing("\t", with: "    "))"
            return number == failure.line ? line : terminal.styleOutput(line, .dim)
        }
        lines += failure.traceback.prefix(6).map { place in
            terminal.styleOutput("      " + terminal.say("called from ", "호출 위치 ") + "\(place)", .dim)
        }
        for note in failure.notes { lines += indented(note, by: 6) }
        return lines
    }

    private func indented(_ text: String, by width: Int) -> [TerminalText] {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            "\(String(repeating: " ", count: width))\(line)"
        }
    }

    private func shown(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        return "\(seconds).\(attoseconds / 100_000_000_000_000_000) s"
    }
}
