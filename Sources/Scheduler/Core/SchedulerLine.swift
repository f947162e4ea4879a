import Clocks
import RunStore

/// One schedule and its occurrences that are not over.
struct SchedulerLine: Sendable {
    struct Open: Sendable {
        enum Phase: Sendable {
            case waiting, running
            /// In favour of another.
            case stopping
        }

        var instant: Instant
        /// When it may start, or start again.
        var due: Instant
        var phase = Phase.waiting
        var retries = 0
        var timeouts = 0
        /// How the last attempt ended.
        var last: AttemptEnd?

        var attempts: Int { retries + timeouts + 1 }
    }

    var schedule: PlannedSchedule
    /// In the order of their coming; only the first may be under way.
    private(set) var open: [Open] = []
    private(set) var next: Instant?
    /// Occurrences under way of schedules that had this one's name before it: nothing starts beside them.
    private var predecessors: Set<OccurrenceKey>
    private var actions: [SchedulerAction] = []

    init(_ schedule: PlannedSchedule, after predecessors: Set<OccurrenceKey> = []) {
        self.schedule = schedule
        self.predecessors = predecessors
        next = schedule.next
    }

    /// When there is something to do without anything happening before.
    var wake: Instant? {
        let coming = next.map(schedule.start)
        guard let first = open.first, first.phase == .waiting, predecessors.isEmpty else { return coming }
        return coming.map { min($0, first.due) } ?? first.due
    }

    private func key(_ instant: Instant) -> OccurrenceKey { OccurrenceKey(schedule: schedule.id, instant: instant) }

    private mutating func record(_ change: OccurrenceChange) { actions.append(.record(change)) }

    private mutating func skip(_ instant: Instant, _ reason: SkipReason) {
        record(.skipped(key(instant), reason, through: instant, count: 1))
    }

    mutating func takeActions() -> [SchedulerAction] {
        defer { actions = [] }
        return actions
    }

    // MARK: - Instants

    /// Sees to the instants that have come, and starts what may start.
    ///
    /// - Parameter upSince: When the daemon came up: what was due before had none.
    mutating func advance(to now: Instant, upSince: Instant) {
        let (late, punctual) = takeDue(at: now)
        if schedule.isPaused {
            for change in schedule.skips((late + punctual)[...], .paused) { record(change) }
            return
        }
        catchUp(late, isNewerDue: !punctual.isEmpty, at: now, upSince: upSince)
        for instant in punctual {
            if schedule.isPaused { skip(instant, .paused) } else { admit(instant, at: now) }
        }
        startFirst(at: now)
    }

    private mutating func takeDue(at now: Instant) -> (late: [Instant], punctual: [Instant]) {
        var late: [Instant] = []
        var punctual: [Instant] = []
        while let instant = next, schedule.start(of: instant) <= now {
            if now - schedule.start(of: instant) > SchedulePolicy.grace {
                late.append(instant)
            } else {
                punctual.append(instant)
            }
            schedule.cursor = instant
            next = schedule.next
        }
        return (late, punctual)
    }

    private mutating func catchUp(_ late: [Instant], isNewerDue: Bool, at now: Instant, upSince: Instant) {
        guard !late.isEmpty else { return }
        let policy = schedule.policy
        let inWindow = late.suffix(while: { now - schedule.start(of: $0) <= policy.catchUpWindow })
        let chosen: ArraySlice<Instant> =
            switch policy.catchUp {
            case .none: []
            case .latest: isNewerDue ? [] : inWindow.suffix(1)
            case .all: inWindow
            }
        let lost = late.dropLast(chosen.count)
        let down = lost.prefix { schedule.start(of: $0) < upSince }
        for change in schedule.skips(down, .daemonDown) + schedule.skips(lost.dropFirst(down.count), .missed) {
            record(change)
        }
        // They stand in line, whatever the rule for overlaps says: it is about instants that come in their time.
        for instant in chosen {
            if schedule.policy.isBlackout(schedule.zone.wall(at: now)) {
                skip(instant, .blackout)
            } else {
                claim(instant, isCaughtUp: true)
            }
        }
    }

    /// An instant in its time.
    private mutating func admit(_ instant: Instant, at now: Instant) {
        guard !schedule.policy.isBlackout(schedule.zone.wall(at: now)) else { return skip(instant, .blackout) }
        guard !open.isEmpty || !predecessors.isEmpty else { return claim(instant, isCaughtUp: false) }
        switch schedule.policy.overlap {
        case .skip: skip(instant, .overlap)
        case .queue:
            guard open.filter({ $0.phase == .waiting }).count < SchedulePolicy.queueLimit else {
                return skip(instant, .overlap)
            }
            claim(instant, isCaughtUp: false)
        case .replace:
            giveUpWaiting(.overlap)
            // The last of them may have been one failure too many.
            guard !schedule.isPaused else { return skip(instant, .paused) }
            for key in predecessors.sorted(by: { $0.instant < $1.instant }) { actions.append(.stop(key)) }
            if let first = open.first, first.phase == .running {
                open[0].phase = .stopping
                actions.append(.stop(key(first.instant)))
            }
            claim(instant, isCaughtUp: false)
        }
    }

    private mutating func claim(_ instant: Instant, isCaughtUp: Bool) {
        let due = schedule.start(of: instant)
        record(.claimed(key(instant), due: due, isCaughtUp: isCaughtUp))
        open.append(Open(instant: instant, due: due))
    }

    /// Those that were never tried are skipped, those that wait for a retry are over.
    private mutating func giveUpWaiting(_ reason: SkipReason) {
        let waiting = open.filter { $0.phase == .waiting }
        open.removeAll { $0.phase == .waiting }
        for one in waiting { giveUp(one, reason) }
    }

    private mutating func giveUp(_ waiting: Open, _ reason: SkipReason) {
        guard let last = waiting.last else { return skip(waiting.instant, reason) }
        record(.ended(key(waiting.instant), word: last.word, verdict: .failure))
        failed()
    }

    /// One more failure in a row: enough of them pause the schedule.
    private mutating func failed() {
        schedule.failures += 1
        guard let limit = schedule.policy.pauseAfter, schedule.failures >= limit else { return }
        pause(limit == 1 ? "it failed" : "\(schedule.failures) failures in a row")
    }

    /// The occurrences that are under way, of its own and of those that had its name.
    var underWay: Set<OccurrenceKey> {
        predecessors.union(open.filter { $0.phase != .waiting }.map { key($0.instant) })
    }

    mutating func predecessorEnded(_ key: OccurrenceKey, at now: Instant) {
        guard predecessors.remove(key) != nil else { return }
        startFirst(at: now)
    }

    private mutating func startFirst(at now: Instant) {
        guard predecessors.isEmpty else { return }
        while let first = open.first, first.phase == .waiting, first.due <= now, !schedule.isPaused {
            if schedule.policy.isBlackout(schedule.zone.wall(at: now)) {
                open.removeFirst()
                giveUp(first, .blackout)
                continue
            }
            open[0].phase = .running
            actions.append(.start(key(first.instant), attempt: first.attempts))
        }
    }

    // MARK: - Ends

    mutating func ended(_ instant: Instant, _ end: AttemptEnd, at now: Instant) {
        guard let index = open.firstIndex(where: { $0.instant == instant && $0.phase != .waiting }) else { return }
        var ended = open[index]
        ended.last = end
        let isStopped =
            end.verdict == .interrupted || ended.phase == .stopping && end.verdict != .done && end.verdict != .unknown
        if !isStopped, let due = retry(&ended, at: now) {
            ended.phase = .waiting
            ended.due = due
            open[index] = ended
            record(.retried(key(instant), due: due, isTimeout: end.verdict == .timedOut))
            return
        }
        open.remove(at: index)
        let verdict: OccurrenceVerdict = end.verdict == .done ? .success : isStopped ? .stopped : .failure
        record(.ended(key(instant), word: end.word, verdict: verdict))
        if verdict == .success { schedule.failures = 0 }
        if end.verdict == .unknown { pause("unknown outcome") }
        if verdict == .failure { failed() }
        startFirst(at: now)
    }

    /// When to try again; nil if that is not to be.
    private func retry(_ ended: inout Open, at now: Instant) -> Instant? {
        guard !schedule.isPaused else { return nil }
        switch ended.last?.verdict {
        case .failed where ended.retries < schedule.policy.retries: ended.retries += 1
        case .timedOut where ended.timeouts < schedule.policy.timeoutRetries: ended.timeouts += 1
        default: return nil
        }
        return now + schedule.policy.delay(before: ended.retries + ended.timeouts)
    }

    // MARK: - From outside

    private mutating func pause(_ reason: String) {
        guard !schedule.isPaused else { return }
        record(.paused(schedule: schedule.id, reason: reason))
        stopForPause()
    }

    /// A person has paused it, or the schedule itself.
    mutating func stopForPause(_ reason: SkipReason = .paused) {
        schedule.isPaused = true
        giveUpWaiting(reason)
    }

    mutating func resume(at now: Instant) {
        schedule.isPaused = false
        schedule.failures = 0
        schedule.cursor = max(schedule.cursor, now)
        next = schedule.next
    }

    /// Its start was asked for, and the script is no longer what was approved.
    mutating func approvalLost(_ instant: Instant, _ reason: String) {
        guard let index = open.firstIndex(where: { $0.instant == instant }) else { return }
        let lost = open.remove(at: index)
        giveUp(lost, .approval)
        pause(reason)
    }

    mutating func refused(_ instant: Instant) { open.removeAll { $0.instant == instant } }

    mutating func restore(_ occurrence: Open) {
        // Else it would wait for ever, and be looked at again and again.
        if schedule.isPaused, occurrence.phase == .waiting { return giveUp(occurrence, .paused) }
        open.append(occurrence)
        // What is under way is the first, whatever its instant is: one by hand may run while an earlier one has to wait.
        open.sort { a, b in
            (a.phase == .waiting) == (b.phase == .waiting) ? a.instant < b.instant : b.phase == .waiting
        }
    }
}

extension Array {
    /// Of a list whose elements satisfy it from some place on.
    fileprivate func suffix(while isIn: (Element) -> Bool) -> ArraySlice<Element> {
        self[(lastIndex { !isIn($0) }.map { $0 + 1 } ?? 0)...]
    }
}
