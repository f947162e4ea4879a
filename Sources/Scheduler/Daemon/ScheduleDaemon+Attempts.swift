import Clocks
import RunStore

extension ScheduleDaemon {
    /// Does what the core wants, and what follows from it.
    func perform(_ actions: [SchedulerAction]) async throws {
        guard !actions.isEmpty else { return }
        var changes: [OccurrenceChange] = []
        var starts: [OccurrenceKey] = []
        for action in actions {
            switch action {
            case .record(let change): changes.append(change)
            case .start(let key, _): starts.append(key)
            case .stop(let key): stop(key)
            }
        }
        // Claimed on disk before anything of it is started.
        let refused = try await record(changes)
        for key in refused { core.refused(key) }
        for key in starts where !refused.contains(key) { prepare(key) }
    }

    /// Writes down, then tells.
    @discardableResult
    private func record(_ changes: [OccurrenceChange], end: AttemptEnd? = nil) async throws -> Set<OccurrenceKey> {
        guard !changes.isEmpty, let lease else { return [] }
        let now = clock.now
        var finder = NoticeFinder(records, at: now)
        let refused = try await ledger.record(changes, notices: finder.drafts(of: changes), under: lease, at: now)
        for change in changes { tell(change, refused, at: now) }
        return refused
    }

    // MARK: - An attempt

    private func prepare(_ key: OccurrenceKey) {
        guard attempts.count < atOnce else { return line.append(key) }
        launchPreparation(key)
    }

    private func launchPreparation(_ key: OccurrenceKey) {
        guard let record = records[key.schedule], !isStopping else { return }
        let prepare = runs.prepare
        launch(key) { .prepared(key, await prepare(record)) }
    }

    /// Something has ended.
    func startWhatWaits() {
        while !line.isEmpty, attempts.count < atOnce { prepare(line.removeFirst()) }
    }

    /// In favour of another occurrence.
    private func stop(_ key: OccurrenceKey) {
        if let place = line.firstIndex(of: key) {
            // It has its turn, in which it ends at once.
            line.remove(at: place)
            launchPreparation(key)
        }
        attempts[key]?.isStopped = true
        attempts[key]?.task.cancel()
    }

    func begin(_ key: OccurrenceKey, _ preparation: ScheduleRuns.Preparation) async throws {
        let known = attempts.removeValue(forKey: key)
        // Not begun, it waits in the ledger for the next daemon; taken away, it was skipped.
        guard !isStopping, records[key.schedule] != nil, var attempt = known else { return }
        switch preparation {
        case .lost(let reason):
            try await perform(core.approvalLost(key, reason))
        case .ready(let run):
            let name = runs.name(key)
            try await record([.begun(key, run: name)])
            (attempt.run, attempt.begun) = (name, clock.now)
            attempts[key] = attempt
            launch(key) { .ended(key, await run(name)) }
        }
    }

    func ended(_ key: OccurrenceKey, _ end: AttemptEnd) async throws {
        guard records[key.schedule] != nil else {
            // Its schedule was taken away.
            try await record([.ended(key, word: end.word, verdict: .stopped)])
            return
        }
        try await perform(core.ended(key, end, at: clock.now))
    }

    // MARK: - What was left

    func takeUpWhatWasLeft() async throws {
        for occurrence in try await ledger.openOccurrences() {
            let key = occurrence.key
            guard let record = records[key.schedule] else {
                // Nobody wants it to go on.
                try await ended(key, AttemptEnd(word: "interrupted", verdict: .interrupted))
                continue
            }
            guard occurrence.state == .running, let run = occurrence.run else {
                // One that waits may be known already: somebody has asked for it.
                try await perform(core.restore(occurrence, isRunning: false))
                continue
            }
            switch await runs.left(run) {
            case .neverBegan:
                try await self.record([.returned(key)])
                var returned = occurrence
                returned.attempts -= 1
                try await perform(core.restore(returned, isRunning: false))
            case .ended(let end):
                core.restore(occurrence, isRunning: true)
                try await perform(core.ended(key, end, at: clock.now))
            case .cut:
                core.restore(occurrence, isRunning: true)
                let resume = runs.resume
                launch(key) { .ended(key, await resume(record, run)) }
                attempts[key]?.run = run
                attempts[key]?.begun = occurrence.begun
                told(
                    DaemonEvent(
                        at: clock.now, schedule: record.definition.name, instant: key.instant, run: run, kind: .resumed)
                )
            }
        }
    }

    // MARK: - Telling

    private func tell(_ change: OccurrenceChange, _ refused: Set<OccurrenceKey>, at now: Instant) {
        func event(_ key: OccurrenceKey, _ kind: DaemonEvent.Kind) -> DaemonEvent {
            let attempt = attempts[key]
            return DaemonEvent(
                at: now, schedule: records[key.schedule]?.definition.name, instant: key.instant, run: attempt?.run,
                took: attempt?.begun.map { now - $0 }, kind: kind)
        }
        switch change {
        case .claimed, .returned: break
        case .begun(let key, let run):
            var begun = event(key, .begun)
            begun.run = run
            told(begun)
        case .retried(let key, let due, let isTimeout):
            told(event(key, .retrying(word: isTimeout ? "killed" : "failed", due: due, isTimeout: isTimeout)))
        case .skipped(let key, let reason, let through, let count):
            guard !refused.contains(key) else { return }
            told(event(key, .skipped(reason, through: through, count: count)))
        case .ended(let key, let word, let verdict):
            told(event(key, .ended(word: word, verdict: verdict)))
            let failures = records[key.schedule]?.failures ?? 0
            if verdict == .success, failures > 0 { told(event(key, .recovered(failures: failures))) }
            if verdict != .stopped { records[key.schedule]?.failures = verdict == .success ? 0 : failures + 1 }
        case .paused(let id, let reason):
            told(DaemonEvent(at: now, schedule: records[id]?.definition.name, kind: .paused(reason: reason)))
        }
    }
}
