import Clocks
import RunStore

/// Which steps of occurrences somebody is to be told of: one notice for each occurrence and kind.
///
/// A pause is part of the failure that it follows, so that one event is one message.
struct NoticeFinder {
    private struct Found {
        var schedule: Int64
        var notice: Notice
    }

    /// As they were before the steps.
    let schedules: [Int64: ScheduleRecord]
    let now: Instant
    private var found: [Found] = []
    private var failures: [Int64: Int]

    init(_ schedules: [Int64: ScheduleRecord], at now: Instant) {
        self.schedules = schedules
        self.now = now
        failures = schedules.mapValues(\.failures)
    }

    /// What is to be kept with these steps.
    mutating func drafts(of changes: [OccurrenceChange]) -> [NoticeDraft] {
        for change in changes { add(change) }
        return found.map { $0.notice.draft(of: $0.schedule) }
    }

    private mutating func add(_ change: OccurrenceChange) {
        switch change {
        case .claimed, .begun, .retried, .returned: break
        case .skipped(let key, let reason, let through, let count):
            switch reason {
            case .missed, .daemonDown: missed(key, reason, through, count)
            // The pause that follows says why.
            case .approval: note(key.schedule, .failure, key.instant) { $0.word = reason.rawValue }
            case .overlap, .paused, .blackout, .removed: break
            }
        case .ended(let key, let word, let verdict): ended(key, word, verdict)
        case .paused(let schedule, let reason): paused(schedule, reason)
        }
    }

    /// All that were missed for one reason are one notice: a night without a daemon is one message.
    private mutating func missed(_ key: OccurrenceKey, _ reason: SkipReason, _ through: Instant, _ count: Int) {
        let before = found.lastIndex {
            $0.schedule == key.schedule && $0.notice.kind == .missed && $0.notice.word == reason.rawValue
        }
        if let before {
            found[before].notice.through = through
            found[before].notice.count += count
        } else {
            note(key.schedule, .missed, key.instant) { notice in
                notice.through = through
                notice.count = count
                notice.word = reason.rawValue
            }
        }
    }

    private mutating func ended(_ key: OccurrenceKey, _ word: String, _ verdict: OccurrenceVerdict) {
        let before = failures[key.schedule] ?? 0
        switch verdict {
        case .stopped: break
        case .success:
            failures[key.schedule] = 0
            guard before > 0 else { return }
            note(key.schedule, .recovery, key.instant) { notice in
                notice.word = word
                notice.failures = before
            }
        case .failure:
            failures[key.schedule] = before + 1
            // A run that was cut and cannot go on leaves as much in doubt.
            note(key.schedule, word == "unknown" || word == "cut" ? .unknown : .failure, key.instant) { notice in
                notice.word = word
                notice.failures = before + 1
            }
        }
    }

    private mutating func paused(_ schedule: Int64, _ reason: String) {
        let last = found.lastIndex { $0.schedule == schedule && [.failure, .unknown].contains($0.notice.kind) }
        if let last {
            found[last].notice.paused = reason
        } else {
            note(schedule, .failure, nil) { $0.paused = reason }
        }
    }

    private mutating func note(
        _ schedule: Int64, _ kind: Notice.Kind, _ instant: Instant?, _ fill: (inout Notice) -> Void
    ) {
        // Nobody waits for one that was taken away.
        guard let definition = schedules[schedule]?.definition else { return }
        var notice = Notice(kind, schedule: definition.name, zone: definition.zone, instant: instant, at: now)
        fill(&notice)
        found.append(Found(schedule: schedule, notice: notice))
    }
}

extension NoticeDraft {
    /// A schedule that is armed but idle: told once a day at most, whichever daemon sees it.
    static func idle(_ schedule: ScheduleRecord, _ reason: String, at now: Instant) -> NoticeDraft {
        var draft = Notice(
            .idle, schedule: schedule.definition.name, zone: schedule.definition.zone, at: now, reason: reason
        ).draft(of: schedule.id)
        draft.key = "\(schedule.id)-\(now.seconds / 86_400)-\(Notice.Kind.idle.rawValue)"
        return draft
    }
}
