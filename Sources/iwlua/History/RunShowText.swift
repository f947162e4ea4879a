import Clocks
import Gate
import IwinvCatalog
import RunStore
import ScriptHost

/// One run for a person: what it was, what it changed, what it called, how it ended, what to do next.
struct RunShowText {
    /// What is listed.
    enum View: String, CaseIterable {
        case call, resource
    }

    var record: RunRecord
    /// Nil for all.
    var view: View?
    var terminal: Terminal

    var text: TerminalText {
        var parts = [facts]
        if view != .call { parts.append(resources) }
        if view != .resource { parts.append(calls) }
        parts += [course, advice]
        return parts.filter { !$0.isEmpty }.joined(separator: "\n")
    }

    // MARK: What it was

    private var facts: TerminalText {
        let summary = record.summary
        var rows: [(String, String)] = [
            (terminal.say("run", "실행"), "\(summary.id)  (\(terminal.say("no.", "번호")) \(summary.number))"),
            (terminal.say("state", "상태"), state),
            (terminal.say("started", "시작"), TimeText.local(summary.started)),
        ]
        if let ended = summary.endedAt {
            rows.append((terminal.say("ended", "종료"), TimeText.local(ended)))
            rows.append((terminal.say("took", "소요"), TimeText.length(ended - summary.started)))
        }
        guard let header = record.history.header else { return Self.list(rows) }
        rows.append((terminal.say("script", "스크립트"), Self.named(header.script, header.text)))
        for (name, hash) in header.modules.sorted(by: { $0.key < $1.key }) {
            rows.append((terminal.say("module", "모듈"), Self.named(name, hash)))
        }
        rows.append((terminal.say("kind", "종류"), header.kind))
        if let parent = header.parent { rows.append((terminal.say("of run", "원 실행"), parent)) }
        for (name, value) in (header.parameters.objectValue ?? [:]).sorted(by: { $0.key < $1.key }) {
            rows.append((terminal.say("parameter", "매개변수"), "\(name) = \(HistoryWords.shown(value))"))
        }
        if !header.grants.isEmpty {
            rows.append((terminal.say("grants", "권한"), header.grants.joined(separator: ", ")))
        }
        var options = header.options.objectValue ?? [:]
        if let approved = options.removeValue(forKey: "approved")?.arrayValue {
            let count = approved.count
            rows.append((terminal.say("approved plan", "승인된 계획"), terminal.say("\(count) changes", "변경 \(count)건")))
        }
        for (name, value) in options.sorted(by: { $0.key < $1.key }) where !value.isNull {
            rows.append((terminal.say("option", "옵션"), "\(name) = \(HistoryWords.shown(value))"))
        }
        rows += [
            (terminal.say("profile", "프로필"), header.profile), (terminal.say("account", "계정"), header.account),
            (terminal.say("seed", "시드"), "\(header.seed)"), (terminal.say("iwlua", "iwlua"), header.toolVersion),
        ]
        return Self.list(rows.filter { !$0.1.isEmpty })
    }

    private var state: String { HistoryWords.state(record.summary.state)(terminal.language) }

    private static func named(_ name: String, _ hash: String?) -> String {
        name + (hash.map { "  sha256 \($0.prefix(16))…" } ?? "")
    }

    /// Names and values in two columns; values on one line, however the cloud or a script wrote them.
    private static func list(_ rows: [(String, String)]) -> TerminalText {
        let width = rows.map { $0.0.displayWidth }.max() ?? 0
        return rows.map { "\($0.0.fitted(to: width))  \(shortened($0.1))\n" }.joined()
    }

    /// A table given as a parameter is long.
    private static func shortened(_ text: String) -> String {
        text.count > 400 ? text.prefix(400) + "…" : text
    }

    // MARK: What it did

    private var resources: TerminalText {
        guard !record.changes.isEmpty else { return terminal.say("nothing was changed\n", "변경된 것이 없습니다\n") }
        let rows = record.resources.flatMap { group in
            group.enumerated().map { index, change in
                [
                    index == 0 ? change.id ?? "-" : "", index == 0 ? change.name ?? "" : "", change.operation,
                    ChangeDescription(change).difference, Self.outcome(change, terminal),
                    "#\(change.call)",
                ]
            }
        }
        let headings = [
            terminal.say("resource", "대상"), terminal.say("name", "이름"), terminal.say("change", "작업"),
            terminal.say("before → after", "이전 → 이후"), terminal.say("outcome", "결과"),
            terminal.say("call", "호출"),
        ]
        return "\(lines: TextTable(headings: headings, rows: rows).text(maximumCellWidth: 64))"
    }

    static func outcome(_ change: ResourceChange, _ terminal: Terminal) -> String {
        change.outcome + (change.settledBy.map { terminal.say(" (read: \($0))", " (조회: \($0))") } ?? "")
            + (change.decision == "skip" ? terminal.say(" (skipped)", " (건너뜀)") : "")
    }

    private var calls: TerminalText {
        guard !record.calls.isEmpty else { return terminal.say("nothing was called\n", "호출이 없습니다\n") }
        let rows = record.calls.map { call in
            [
                "#\(call.number)", call.place ?? "", call.name, call.subject ?? "", outcome(call),
                call.attempts > 0 ? "\(call.attempts)" : "", call.duration.map(TimeText.length) ?? "",
            ]
        }
        let headings = [
            terminal.say("call", "호출"), terminal.say("place", "위치"), terminal.say("operation", "작업"),
            terminal.say("resource", "대상"), terminal.say("outcome", "결과"), terminal.say("sent", "전송"),
            terminal.say("time", "시간"),
        ]
        let table = TextTable(headings: headings, rows: rows, rightAligned: [5, 6])
        return "\(lines: table.text(maximumCellWidth: 64))"
    }

    private func outcome(_ call: RecordedCall) -> String {
        switch call.outcome {
        case .answered: terminal.say("answered", "응답함")
        case .failed(let kind, let message): message.isEmpty ? kind : "\(kind): \(message)"
        case .changed(let outcomes):
            // A creation of three servers is three changes.
            Set(outcomes).sorted().joined(separator: ", ") + (outcomes.count > 1 ? " (\(outcomes.count))" : "")
        case .open: record.summary.state == .running ? terminal.say("under way", "진행 중") : terminal.say("cut", "끊김")
        }
    }

    // MARK: How it went and ended

    private var course: TerminalText {
        record.course.map { entry in
            "\(TimeText.local(entry.at))  \(said(entry.event))\n"
        }.joined() + failure
    }

    private func said(_ event: JournalEvent) -> String {
        switch event {
        case .granted(let call, let grant):
            terminal.say("granted ", "권한 부여 ") + grant + (call.map { " (#\($0))" } ?? "")
        case .consented(let consent, _): HistoryWords.consent(consent)(terminal.language)
        case .decided(let call, .repeat): terminal.say("decided: repeat #\(call)", "결정: #\(call) 다시 보냄")
        case .decided(let call, .skip): terminal.say("decided: skip #\(call)", "결정: #\(call) 건너뜀")
        case .resumed(let script, _):
            terminal.say("resumed", "이어서 실행")
                + (script.map {
                    terminal.say(" with script sha256 \($0.prefix(16))…", " (스크립트 sha256 \($0.prefix(16))…)")
                }
                    ?? "")
        case .stopped(let reason): terminal.say("told to stop: ", "중지 요청: ") + reason
        case .ended(let word, _):
            terminal.say("ended: ", "종료: ") + HistoryWords.state(.ended(word))(terminal.language)
        default: event.kind
        }
    }

    private var failure: TerminalText {
        guard let error = record.history.ending?.report["error"], let message = error["message"]?.stringValue else {
            return ""
        }
        var place = ""
        if let chunk = error["chunk"]?.stringValue {
            place = chunk + (error["line"]?.integerValue.map { ":\($0)" } ?? "") + ": "
        }
        return terminal.styleOutput(terminal.say("error: ", "오류: "), .red)
            + "\(place)\(lines: message)\n"
    }
}
