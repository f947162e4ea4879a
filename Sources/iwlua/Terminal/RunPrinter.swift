import Foundation
import Gate
import IwinvCatalog
import IwinvClient
import IwinvWire
import ScriptHost

/// Shows a run's events and its end.
struct RunPrinter: Sendable {
    var format: OutputFormat
    var terminal: Terminal
    var progress: ProgressLine?
    var level = LogLevel.debug

    func show(_ event: RunEvent) {
        switch event {
        case .printed(let line):
            progress?.clear()
            let text: TerminalText = "\(lines: line)\n"
            // With JSON, standard output belongs to the document alone.
            if format == .json { Terminal.error(text) } else { Terminal.out(text) }
        case .logged(let line):
            guard level.shows(line.level) else { break }
            progress?.clear()
            Terminal.error(text(of: line))
        case .progress(let done, let total, let text):
            if Terminal.showsProgress { progress?.update(done: done, total: total, text: text) }
        case .secret(let value):
            progress?.clear()
            let text: TerminalText = "\(value)\n"
            if format == .json { Terminal.error(text) } else { Terminal.out(text) }
        case .attempted(let report):
            guard level == .trace else { break }
            progress?.clear()
            Terminal.error(text(of: report))
        case .waiting(let wait): Terminal.error("\(wait.sentence(terminal.language))\n")
        case .called, .answered, .ended: break
        }
    }

    func finish(_ report: RunReport, script: Script) {
        var sources = script.modules.reduce(into: [:]) { $0["\($1.key).lua"] = $1.value }
        sources[script.name] = script.source
        finish(report, sources: sources)
    }

    /// - Parameter sources: text of the script and its modules, by chunk name.
    func finish(_ report: RunReport, sources: [String: String]) {
        progress?.clear()
        if format == .json {
            Terminal.out(json: report.json)
        } else {
            showChanges(report.changes)
        }
        guard report.failure != nil else { return }
        Terminal.error(FailureText(report: report, sources: sources, terminal: terminal).text)
    }

    private func text(of line: LogLine) -> TerminalText {
        let style: Terminal.Style =
            switch line.level {
            case .debug: .dim
            case .info: .cyan
            case .warn: .yellow
            case .error: .red
            }
        let fields = line.fields.keys.sorted().map { key in
            let value = line.fields[key] ?? .null
            return "\(key)=" + (value.stringValue ?? String(decoding: JSONCodec.encode(value), as: UTF8.self))
        }
        let words = [line.message] + fields
        let mark = terminal.style("\(line.level.rawValue.fitted(to: 5))", style)
        return "\(mark) \(words.joined(separator: " "))\n"
    }

    /// One request: what was asked, and how it ended. Never a header, and no argument but identifiers.
    private func text(of report: AttemptReport) -> TerminalText {
        let attempt = report.attempt
        var words = ["\(attempt.operation)"]
        if let subject = Catalog.iwinv[attempt.operation]?.subject,
            let id = attempt.arguments[subject.name]?.stringValue
        {
            words.append(id)
        }
        if let page = attempt.page { words.append("page \(page)") }
        if attempt.number > 1 { words.append("attempt \(attempt.number)") }
        words.append(report.status.map { "HTTP \($0)" } ?? "no reply")
        let milliseconds = report.duration.wholeNanoseconds / 1_000_000
        words.append("in \(milliseconds) ms")
        if let error = report.error { words.append("(\(error.message))") }
        if let pause = report.pause { words.append("again in \(pause.text)") }
        return "\(terminal.style("trace", .dim)) \(words.joined(separator: " "))\n"
    }

    /// What was changed, before → after, for a person.
    func showChanges(_ changes: [Change]) {
        guard !changes.isEmpty else { return }
        let rows = changes.map { change in
            [
                "\(change.operation)", change.id ?? "-", change.name ?? "",
                ChangeDescription(change).difference,
                change.outcome.rawValue + (change.settledBy == nil ? "" : terminal.say(" (read)", " (조회로 확인)")),
            ]
        }
        let headings = [
            terminal.say("change", "작업"), terminal.say("resource", "대상"), terminal.say("name", "이름"),
            terminal.say("before → after", "이전 → 이후"),
            terminal.say("outcome", "결과"),
        ]
        Terminal.error("\(lines: TextTable(headings: headings, rows: rows).text(maximumCellWidth: 64))")
        showSettled(changes.filter { $0.settledBy != nil })
    }

    /// How the changes ended whose replies were lost, or showed something else.
    private func showSettled(_ changes: [Change]) {
        guard !changes.isEmpty else { return }
        let groups = Dictionary(grouping: changes) { "\($0.outcome.rawValue)" }
        let parts = groups.keys.sorted().map { "\(groups[$0]?.count ?? 0) \($0)" }.joined(separator: ", ")
        let reads = Set(changes.compactMap { $0.settledBy?.description }).sorted().joined(separator: ", ")
        Terminal.error(
            terminal.say(
                "settled by reading (\(reads)), as no reply told: \(parts)\n",
                "응답으로 알 수 없어 조회(\(reads))로 확인한 변경: \(parts)\n"))
    }
}
