import Clocks
import Gate
import IwinvCatalog
import ScriptHost

/// The text of a run's error: what happened, where, what the cloud said and what that means, what had been done by
/// then, what to do next.
struct FailureText {
    var report: RunReport
    /// Text of the script and its modules, by chunk name.
    var sources: [String: String]
    var terminal: Terminal
    /// At a prompt one sees what was done by then.
    var isBrief = false

    var text: TerminalText {
        guard let failure = report.failure else { return "" }
        var lines: [TerminalText] = []
        // `fail(text)` is what the script has to say, not a fault in it: the text is enough.
        let isVerdict = failure.kind == "failed"
        let place = failure.chunk.map { isVerdict ? "\($0): " : "\($0):\(failure.line ?? 0): " } ?? ""
        lines.append(
            terminal.style(terminal.say("error: ", "오류: "), .red)
                + terminal.style(
                    "\(place)\(lines: failure.message(in: terminal.language))", .bold))
        if !isVerdict { lines += excerpt(failure) }
        if failure.traceback.count > 1, !isVerdict {
            lines += failure.traceback.dropFirst().prefix(6).map { place in
                terminal.style("  " + terminal.say("called from ", "호출 위치 ") + "\(place)", .dim)
            }
        }
        lines += cloudAnswer(failure)
        if !isBrief { lines.append(done) }
        if let advice = failure.advice, advice != failure.errorCode?.entry?.meaning {
            lines.append(terminal.say("next: ", "다음: ") + "\(advice(terminal.language))")
        }
        if report.ended == .unknown {
            lines.append(
                terminal.say(
                    "next: look for what is marked `unknown` before you run this again: \(unknown)",
                    "다음: 다시 실행하기 전에 `unknown`으로 표시된 것을 확인하세요: \(unknown)"))
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func excerpt(_ failure: RunFailure) -> [TerminalText] {
        guard let chunk = failure.chunk, let line = failure.line, let source = sources[chunk] else { return [] }
        let all = source.lines
        guard all.indices.contains(line - 1) else { return [] }
        return (max(1, line - 1)...min(all.count, line + 1)).map { number in
            let mark = number == line ? ">" : " "
            let place = "\(number)".fitted(to: 4, alignedRight: true)
            let text: TerminalText = "\(mark) \(place) │ \(all[number - 1].replacing("\t", with: "    "))"
            return number == line ? text : terminal.style(text, .dim)
        }
    }

    private func cloudAnswer(_ failure: RunFailure) -> [TerminalText] {
        var facts: [TerminalText] = []
        if let operation = failure.operation { facts.append("\(operation)") }
        if let status = failure.status { facts.append("HTTP \(status)") }
        if let code = failure.errorCode { facts.append("\(code.rawValue)") }
        guard failure.status != nil || failure.errorCode != nil else { return [] }
        var lines = [terminal.say("cloud: ", "클라우드: ") + facts.joined(separator: ", ")]
        if let meaning = failure.errorCode?.entry?.meaning(terminal.language) {
            lines[0] += ": \(meaning)"
        }
        return lines
    }

    /// Names, which are what a console shows.
    private var unknown: String {
        let changes = report.changes.filter { $0.outcome == .unknown }
        let names = changes.prefix(5).map { change in
            "\(change.name ?? (change.after["name"] ?? change.after["title"])?.stringValue ?? change.id ?? "?") (\(change.operation))"
        }
        return names.joined(separator: ", ") + (changes.count > names.count ? ", …" : "")
    }

    private var done: TerminalText {
        let counts = Dictionary(grouping: report.changes, by: \.outcome).mapValues(\.count)
        guard !report.changes.isEmpty else {
            return terminal.say("done by then: nothing was changed", "그때까지: 변경된 것이 없습니다")
        }
        let parts = Outcome.allCases.compactMap { outcome in
            counts[outcome].map { "\($0) \(outcome.rawValue)" }
        }
        return terminal.say("done by then: ", "그때까지: ") + "\(parts.joined(separator: ", "))"
    }
}
