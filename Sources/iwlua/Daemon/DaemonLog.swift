import Clocks
import IwinvCatalog
import IwinvWire
import RunStore
import Scheduler
import ScriptHost

/// What a daemon does, line by line: for a person on standard error, for a machine as one JSON document a line.
struct DaemonLog: Sendable {
    var format: OutputFormat
    var terminal: Terminal
    var level: LogLevel
    /// Whether somebody else dates the lines, as systemd's journal does.
    var isDated: Bool

    func tell(_ event: DaemonEvent) {
        if format == .json {
            Terminal.out(json: event.json, pretty: false)
        } else {
            say(event.at, (event.schedule ?? "–") + ": " + words(event))
        }
    }

    func say(_ at: Instant, _ text: String) {
        Terminal.error("\(isDated ? "" : TimeText.local(at) + " ")\(text)\n")
    }

    /// What scripts print and log; requests at `trace`.
    func tell(_ schedule: String, _ run: String, _ event: RunEvent, at now: Instant) {
        switch event {
        case .printed(let text):
            // A table is one text of many lines, and `print` puts tabs between its values.
            for line in text.lines where !line.isEmpty {
                say(now, "\(schedule) \(run): \(line.replacing("\t", with: "  "))")
            }
        case .logged(let line) where level.shows(line.level):
            let fields = line.fields.keys.sorted().map { key in
                let value = line.fields[key] ?? .null
                return " \(key)=" + (value.stringValue ?? String(decoding: JSONCodec.encode(value), as: UTF8.self))
            }
            say(now, "\(schedule) \(run): \(line.level.rawValue) \(line.message)" + fields.joined())
        case .waiting(let wait): say(now, "\(schedule) \(run): \(wait.sentence(terminal.language))")
        case .ended(let report):
            if let failure = report.failure { say(now, "\(schedule) \(run): \(failure.message)") }
        default: break
        }
    }

    private func words(_ event: DaemonEvent) -> String {
        let run = event.run.map { " \($0)" } ?? ""
        let took = event.took.map { TimeText.length($0) } ?? ""
        switch event.kind {
        case .begun: return terminal.say("run\(run) begins", "실행\(run) 시작")
        case .resumed: return terminal.say("run\(run) goes on where it was cut", "실행\(run) 중단된 곳부터 계속")
        case .retrying(let word, let due, _):
            let end = HistoryWords.state(.ended(word))(terminal.language)
            return terminal.say(
                "run\(run) \(end) after \(took); again at \(TimeText.local(due))",
                "실행\(run) \(end)(\(took)). \(TimeText.local(due))에 다시 시도합니다")
        case .ended(let word, _):
            let end = HistoryWords.state(.ended(word))(terminal.language)
            return took.isEmpty
                ? terminal.say("run\(run) \(end)", "실행\(run) \(end)")
                : terminal.say("run\(run) \(end) after \(took)", "실행\(run) \(end)(\(took))")
        case .recovered(let failures):
            return terminal.say("well again after \(failures) failures", "실패 \(failures)회 뒤 정상으로 돌아왔습니다")
        case .skipped(let reason, let through, let count):
            let instant = event.instant.map { TimeText.local($0) } ?? ""
            let what = count > 1 ? "\(instant) – \(TimeText.local(through)) (\(count))" : instant
            return terminal.say("\(what) skipped: \(reason.rawValue)", "\(what) 건너뜀: \(reason.korean)")
        case .paused(let reason): return terminal.say("paused: \(reason)", "일시 중지: \(reason)")
        case .idle(let reason):
            return terminal.say("armed but idle: \(reason)", "활성 상태이지만 실행되지 않음: \(reason)")
        }
    }
}

extension DaemonEvent {
    /// Stable: members may be added.
    var json: JSONValue {
        var members: [String: JSONValue] = ["at": .string(TimeText.utc(at))]
        members["schedule"] = schedule.map(JSONValue.string)
        members["instant"] = instant.map { .string(TimeText.utc($0)) }
        members["run"] = run.map(JSONValue.string)
        members["seconds"] = took.map { .number(Double($0.wholeNanoseconds) / 1e9) }
        switch kind {
        case .begun: members["event"] = "begun"
        case .resumed: members["event"] = "resumed"
        case .retrying(let word, let due, let isTimeout):
            members["event"] = "retrying"
            members["word"] = .string(word)
            members["due"] = .string(TimeText.utc(due))
            members["timeout"] = .boolean(isTimeout)
        case .ended(let word, let verdict):
            members["event"] = "ended"
            members["word"] = .string(word)
            members["success"] = .boolean(verdict == .success)
        case .recovered(let failures):
            members["event"] = "recovered"
            members["failures"] = .integer(Int64(failures))
        case .skipped(let reason, let through, let count):
            members["event"] = "skipped"
            members["reason"] = .string(reason.rawValue)
            members["through"] = .string(TimeText.utc(through))
            members["count"] = .integer(Int64(count))
        case .paused(let reason):
            members["event"] = "paused"
            members["reason"] = .string(reason)
        case .idle(let reason):
            members["event"] = "idle"
            members["reason"] = .string(reason)
        }
        return .object(members)
    }
}
