import Foundation
import Gate
import IwinvCatalog
import IwinvWire
import ScriptHost

/// Shows a run's events and its end.
struct RunPrinter: Sendable {
    var format: OutputFormat
    var terminal: Terminal
    var progress: ProgressLine?

    func show(_ event: RunEvent) {
        switch event {
        case .printed(let line):
            progress?.clear()
            let text = line.escapedForTerminal(keepingLines: true) + "\n"
            // With JSON, standard output belongs to the document alone.
            if format == .json { Terminal.error(text) } else { Terminal.out(text) }
        case .logged(let line):
            progress?.clear()
            Terminal.error(text(of: line))
        case .progress(let done, let total, let text):
            if Terminal.showsProgress { progress?.update(done: done, total: total, text: text) }
        case .secret(let value):
            progress?.clear()
            let text = value.escapedForTerminal() + "\n"
            if format == .json { Terminal.error(text) } else { Terminal.out(text) }
        case .called, .answered, .ended: break
        }
    }

    func finish(_ report: RunReport, script: Script) {
        progress?.clear()
        if format == .json {
            Terminal.out(String(decoding: JSONCodec.encode(report.json, pretty: true), as: UTF8.self) + "\n")
        } else {
            showChanges(report.changes)
        }
        guard report.failure != nil else { return }
        var sources = script.modules.reduce(into: [:]) { $0["\($1.key).lua"] = $1.value }
        sources[script.name] = script.source
        Terminal.error(FailureText(report: report, sources: sources, terminal: terminal).text)
    }

    private func text(of line: LogLine) -> String {
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
        return terminal.style(line.level.rawValue.fitted(to: 5), style) + " "
            + words.joined(separator: " ").escapedForTerminal() + "\n"
    }

    /// What was changed, before → after, for a person.
    private func showChanges(_ changes: [Change]) {
        guard !changes.isEmpty else { return }
        let rows = changes.map { change in
            [
                "\(change.operation)", change.id ?? "-", change.name ?? "", Self.difference(change),
                change.outcome.rawValue,
            ]
        }
        let headings = [
            terminal.say("change", "작업"), terminal.say("server", "서버"), terminal.say("name", "이름"),
            terminal.say("before → after", "이전 → 이후"),
            terminal.say("outcome", "결과"),
        ]
        Terminal.error(TextTable(headings: headings, rows: rows).text(maximumCellWidth: 64))
    }

    private static func difference(_ change: Change) -> String {
        guard let after = change.after.objectValue, !after.isEmpty else { return "" }
        return after.keys.sorted().map { key in
            let before = change.before[key].map(shown) ?? "?"
            return (after.count > 1 ? key + ": " : "") + before + " → " + shown(after[key] ?? .null)
        }.joined(separator: ", ")
    }

    private static func shown(_ value: JSONValue) -> String {
        value.stringValue ?? String(decoding: JSONCodec.encode(value), as: UTF8.self)
    }
}
