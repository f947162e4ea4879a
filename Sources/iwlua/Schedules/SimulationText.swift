import Clocks
import IwinvCatalog
import IwinvClient
import RunStore
import Scheduler
import ScriptHost

/// What a simulation of schedules showed.
struct SimulationText {
    var report: ScheduleSimulation.Report
    var zone: Scheduler.Zone
    var start: Instant
    var end: Instant
    var terminal: Terminal

    /// A line for each schedule, and what the clocks do.
    var summary: TerminalText {
        var text = counts
        if let at = report.peakAt {
            text += terminal.say(
                "at most \(report.peak) at once, first at \(zone.text(at))\n",
                "동시 실행 최대 \(report.peak)건, 처음 \(zone.text(at))\n")
        }
        if let at = report.budgetPeakAt {
            let quota = BudgetQuota.iwinv
            text += terminal.say(
                "at most \(report.budgetPeak) requests in a minute, first at \(zone.text(at)); an account has "
                    + "\(quota.limit), of which schedules get \(quota.openToSchedules)\n",
                "분당 요청 최대 \(report.budgetPeak)건, 처음 \(zone.text(at)). 계정 한도는 \(quota.limit)건이며 "
                    + "예약은 \(quota.openToSchedules)건까지 씁니다\n")
        }
        for change in report.clockChanges {
            let step = change.change.after - change.change.before
            let length = Duration.seconds(abs(step)).text
            text += terminal.say(
                "clocks in \(change.zone) are set \(step > 0 ? "ahead" : "back") by \(length) at \(zone.text(change.change.at))\n",
                "\(change.zone)의 시계가 \(zone.text(change.change.at))에 \(length) \(step > 0 ? "앞당겨" : "늦춰")집니다\n")
        }
        return text
    }

    private var counts: TerminalText {
        var runs: [String: Int] = [:]
        var skips: [String: [SkipReason: Int]] = [:]
        for event in report.events {
            switch event.kind {
            case .run: runs[event.schedule, default: 0] += 1
            case .skipped(let reason): skips[event.schedule, default: [:]][reason, default: 0] += 1
            }
        }
        let names = Set(runs.keys).union(skips.keys).sorted()
        guard !names.isEmpty else { return terminal.say("nothing would run\n", "실행될 예약이 없습니다\n") }
        let headings = [
            terminal.say("schedule", "예약"), terminal.say("runs", "실행"), terminal.say("skipped", "건너뜀"),
        ]
        let rows = names.map { name in
            let left = (skips[name] ?? [:]).sorted { $0.key.rawValue < $1.key.rawValue }
            return [
                name, "\(runs[name] ?? 0)",
                left.map { terminal.say($0.key.rawValue, $0.key.korean) + " \($0.value)" }.joined(
                    separator: ", "),
            ]
        }
        return "\(lines: TextTable(headings: headings, rows: rows, rightAligned: [1]).text())"
    }

    /// A line for each run and each skip.
    var events: TerminalText {
        let headings = [
            terminal.say("at", "시각"), terminal.say("schedule", "예약"), terminal.say("what", "내용"),
        ]
        let rows = report.events.map { event in
            let what =
                switch event.kind {
                case .run(let until, let wasStopped):
                    terminal.say("run", "실행") + " \((until - event.at).text)"
                        + (wasStopped ? terminal.say(", replaced", ", 교체됨") : "")
                case .skipped(let reason):
                    terminal.say("skipped: \(reason.rawValue)", "건너뜀: \(reason.korean)")
                }
            return [zone.text(event.at), event.schedule, what]
        }
        return "\(lines: TextTable(headings: headings, rows: rows).text())"
    }

    /// Stable: members may be added.
    var json: JSONValue {
        [
            "from": .string(TimeText.utc(start)), "to": .string(TimeText.utc(end)),
            "peak": .integer(Int64(report.peak)),
            "peak_at": report.peakAt.map { .string(TimeText.utc($0)) } ?? .null,
            "requests_peak": .integer(Int64(report.budgetPeak)),
            "requests_peak_at": report.budgetPeakAt.map { .string(TimeText.utc($0)) } ?? .null,
            "clock_changes": .array(
                report.clockChanges.map { change in
                    [
                        "zone": .string(change.zone), "at": .string(TimeText.utc(change.change.at)),
                        "before": .string(Zone.text(ofOffset: change.change.before)),
                        "after": .string(Zone.text(ofOffset: change.change.after)),
                    ]
                }),
            "events": .array(
                report.events.map { event in
                    var members: [String: JSONValue] = [
                        "schedule": .string(event.schedule), "instant": .string(TimeText.utc(event.instant)),
                        "at": .string(TimeText.utc(event.at)),
                    ]
                    switch event.kind {
                    case .run(let until, let wasStopped):
                        members["until"] = .string(TimeText.utc(until))
                        members["replaced"] = .boolean(wasStopped)
                    case .skipped(let reason): members["skipped"] = .string(reason.rawValue)
                    }
                    return .object(members)
                }),
        ]
    }
}
