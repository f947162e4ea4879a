import Clocks
import IwinvCatalog
import RunStore
import Scheduler
import ScriptHost

/// Schedules for a person and for a machine.
struct ScheduleText {
    var zones: ZoneCatalog
    var now: Instant
    var terminal: Terminal

    // MARK: - Lists

    /// One line each.
    func table(_ records: [ScheduleRecord]) -> TerminalText {
        let headings = [
            terminal.say("schedule", "예약"), terminal.say("when", "시각"), terminal.say("zone", "시간대"),
            terminal.say("next", "다음"), terminal.say("script", "스크립트"), terminal.say("last", "최근"),
            terminal.say("state", "상태"),
        ]
        // Of many schedules most have one of few times.
        var known: [String: Recurrence] = [:]
        let rows = records.map { record in
            let times = record.definition.recurrence
            let recurrence = known[times] ?? (try? Recurrence(times))
            known[times] = recurrence
            return [
                record.definition.name, times, record.definition.zone,
                next(record, 1, recurrence).first.map(TimeText.local) ?? "",
                record.definition.script.split(separator: "/").last.map(String.init) ?? "",
                record.last.map { word($0.word) } ?? "", state(record),
            ]
        }
        return "\(lines: TextTable(headings: headings, rows: rows).text())"
    }

    /// When it will start, jitter included; nothing for one that is paused.
    private func next(_ record: ScheduleRecord, _ count: Int, _ known: Recurrence? = nil) -> [Instant] {
        guard record.state == .active, let schedule = try? PlannedSchedule(record, zones: zones, known: known) else {
            return []
        }
        return schedule.recurrence.instants(after: max(record.cursor, now), in: schedule.zone).prefix(count)
            .map(schedule.start)
    }

    private func state(_ record: ScheduleRecord) -> String {
        switch record.state {
        case .active: terminal.say("active", "활성")
        case .paused(let reason): terminal.say("paused: \(reason)", "일시 중지: \(reason)")
        }
    }

    /// A run's word for its end, or the reason why there was none.
    private func word(_ word: String) -> String {
        guard let reason = SkipReason(rawValue: word) else {
            return HistoryWords.state(.ended(word))(terminal.language)
        }
        return terminal.say("skipped: \(reason.rawValue)", "건너뜀: \(reason.korean)")
    }

    // MARK: - One

    /// All of one.
    func shown(_ record: ScheduleRecord, occurrences: [OccurrenceRecord]) -> TerminalText {
        let definition = record.definition
        var rows: [(String, String)] = [
            (terminal.say("schedule", "예약"), definition.name), (terminal.say("state", "상태"), state(record)),
            (terminal.say("when", "시각"), "\(definition.recurrence)  (\(definition.zone))"),
            (terminal.say("script", "스크립트"), "\(definition.script)  sha256 \(definition.text)"),
            (terminal.say("approval", "승인"), definition.approval),
        ]
        let schedule: PlannedSchedule
        do { schedule = try PlannedSchedule(record, zones: zones) } catch {
            rows.append((terminal.say("problem", "문제"), "\(error)"))
            return lines(rows)
        }
        rows.append((terminal.say("policy", "정책"), "\(schedule.policy)"))
        if record.failures > 0 { rows.append((terminal.say("failures", "연속 실패"), "\(record.failures)")) }
        let next = next(record, 5)
        if next.isEmpty, record.state == .active {
            rows.append((terminal.say("next", "다음"), terminal.say("never again", "없음")))
        }
        return lines(rows) + nextTable(next, schedule) + occurrenceTable(occurrences, schedule)
    }

    private func lines(_ rows: [(String, String)]) -> TerminalText {
        let width = rows.map { $0.0.displayWidth }.max() ?? 0
        return rows.map { "\($0.0.fitted(to: width))  \($0.1)\n" }.joined()
    }

    /// In the schedule's zone and in that of the machine.
    private func nextTable(_ instants: [Instant], _ schedule: PlannedSchedule) -> TerminalText {
        guard !instants.isEmpty else { return "" }
        let local = zones.local()
        var headings = [
            terminal.say("next", "다음") + " (\(schedule.zone.name))",
            terminal.say("local time", "현지 시각") + " (\(local.name))",
        ]
        var rows = instants.map { [schedule.zone.text($0), local.text($0)] }
        if instants.contains(where: schedule.isBlackout) {
            headings.append("")
            for (index, instant) in instants.enumerated() {
                rows[index].append(schedule.isBlackout(at: instant) ? word(SkipReason.blackout.rawValue) : "")
            }
        }
        return "\n\(lines: TextTable(headings: headings, rows: rows).text())"
    }

    private func occurrenceTable(_ occurrences: [OccurrenceRecord], _ schedule: PlannedSchedule) -> TerminalText {
        guard !occurrences.isEmpty else { return "" }
        let headings = [
            terminal.say("instant", "예정"), terminal.say("started", "시작"), terminal.say("run", "실행"),
            terminal.say("attempts", "시도"), terminal.say("end", "결과"),
        ]
        let rows = occurrences.map { occurrence in
            let count = occurrence.count > 1 ? " ×\(occurrence.count)" : ""
            return [
                schedule.zone.text(occurrence.key.instant), occurrence.begun.map(schedule.zone.text) ?? "",
                occurrence.run ?? "", occurrence.attempts > 0 ? "\(occurrence.attempts)" : "",
                end(occurrence.state) + count,
            ]
        }
        return "\n\(lines: TextTable(headings: headings, rows: rows, rightAligned: [3]).text())"
    }

    private func end(_ state: OccurrenceRecord.State) -> String {
        switch state {
        case .waiting: terminal.say("waiting", "대기")
        case .running: terminal.say("running", "실행 중")
        case .run(let word): self.word(word)
        case .skipped(let reason): word(reason.rawValue)
        }
    }

    // MARK: - JSON

    /// Stable: members may be added.
    func json(_ record: ScheduleRecord) -> JSONValue { .object(members(record, next: 1)) }

    /// With the next five instants and what became of the last ones.
    func json(_ record: ScheduleRecord, occurrences: [OccurrenceRecord]) -> JSONValue {
        var members = members(record, next: 5)
        members["occurrences"] = .array(occurrences.map(\.json))
        return .object(members)
    }

    private func members(_ record: ScheduleRecord, next count: Int) -> [String: JSONValue] {
        let definition = record.definition
        var reason: JSONValue = .null
        if case .paused(let text) = record.state { reason = .string(text) }
        let last: JSONValue =
            record.last.map { last in
                [
                    "instant": .string(TimeText.utc(last.instant)), "word": .string(last.word),
                    "run": last.run.map(JSONValue.string) ?? .null,
                ]
            } ?? .null
        return [
            "schedule": .string(definition.name), "state": record.state == .active ? "active" : "paused",
            "reason": reason, "recurrence": .string(definition.recurrence), "zone": .string(definition.zone),
            "script": .string(definition.script), "text": .string(definition.text),
            "approval": .string(definition.approval), "policy": definition.policy, "options": definition.options,
            "added": .string(TimeText.utc(record.added)), "failures": .integer(Int64(record.failures)), "last": last,
            "next": .array(next(record, count).map { .string(TimeText.utc($0)) }),
        ]
    }
}

extension OccurrenceRecord {
    fileprivate var json: JSONValue {
        let (name, word): (String, JSONValue) =
            switch state {
            case .waiting: ("waiting", .null)
            case .running: ("running", .null)
            case .run(let word): ("run", .string(word))
            case .skipped(let reason): ("skipped", .string(reason.rawValue))
            }
        func time(_ instant: Instant?) -> JSONValue { instant.map { .string(TimeText.utc($0)) } ?? .null }
        return [
            "instant": time(key.instant), "through": time(through), "count": .integer(Int64(count)),
            "state": .string(name), "word": word, "run": run.map(JSONValue.string) ?? .null, "due": time(due),
            "caught_up": .boolean(isCaughtUp), "attempts": .integer(Int64(attempts)),
            "retries": .integer(Int64(retries)), "timeouts": .integer(Int64(timeouts)), "begun": time(begun),
            "ended": time(ended),
        ]
    }
}
