public import Clocks
public import RunStore

/// Drives a ``SchedulerCore`` over the ledger: writes down what it decides, and starts what it wants started.
///
/// Everything that happens is an event in one line, and each is dealt with before the next is looked at. An event holds an
/// activity of the clock until then, so that a virtual clock stands still meanwhile.
public actor ScheduleDaemon {
    private enum Event: Sendable {
        case tick
        case ended(OccurrenceKey, AttemptEnd)
        case stop
    }

    private let ledger: ScheduleLedger
    private let runs: ScheduleRuns
    private let clock: any HostClock
    private let zones: ZoneCatalog
    private let look: Duration
    private let problem: @Sendable (String) -> Void
    private let events: AsyncStream<Event>
    private let send: AsyncStream<Event>.Continuation

    private var core: SchedulerCore
    private var records: [Int64: ScheduleRecord] = [:]
    private var revision: Int64?
    private var lease = ScheduleLease(epoch: 0, expires: Instant(seconds: 0))
    private var tasks: [OccurrenceKey: Task<Void, Never>] = [:]
    private var timer: Task<Void, Never>?
    private var isStopping = false

    private static let leaseTime = Duration.seconds(60)

    /// - Parameters:
    ///   - look: How often it looks for schedules that others have changed.
    ///   - problem: Told of a schedule that cannot be served.
    public init(
        ledger: ScheduleLedger, runs: ScheduleRuns, clock: any HostClock, zones: ZoneCatalog = ZoneCatalog(),
        look: Duration = .seconds(1), problem: @escaping @Sendable (String) -> Void
    ) {
        self.ledger = ledger
        self.runs = runs
        self.clock = clock
        self.zones = zones
        self.look = min(look, Self.leaseTime)
        self.problem = problem
        core = SchedulerCore(upSince: clock.now)
        (events, send) = AsyncStream.makeStream()
    }

    /// Serves the schedules until ``stop()``, or until another daemon takes over.
    ///
    /// - Throws: ``StoreError``: `.leaseHeld` and `.leaseLost`, or what keeps the ledger from being written.
    public func serve() async throws {
        clock.beginActivity()
        do {
            lease = try await ledger.lease(at: clock.now, lasting: Self.leaseTime)
            core = SchedulerCore(upSince: clock.now)
            try await reload()
            try await takeUpWhatWasLeft()
        } catch {
            // Nobody will listen.
            send.finish()
            clock.endActivity()
            throw error
        }
        send.yield(.tick)
        var failure: (any Error)?
        for await event in events {
            if case .ended(let key, _) = event { tasks[key] = nil }
            if failure == nil {
                do { try await handle(event) } catch {
                    failure = error
                    beginStop()
                }
            }
            if isStopping, tasks.isEmpty {
                clock.endActivity()
                break
            }
            if !isStopping { arm() }
            clock.endActivity()
        }
        timer?.cancel()
        send.finish()
        // What came meanwhile is of no interest, but for the activity that it holds.
        for await _ in events { clock.endActivity() }
        if let failure { throw failure }
        try await ledger.release(lease)
    }

    /// Starts nothing more and stops what is under way before its next request; ``serve()`` returns after that.
    public nonisolated func stop() {
        clock.beginActivity()
        if case .terminated = send.yield(.stop) { clock.endActivity() }
    }

    private func beginStop() {
        isStopping = true
        timer?.cancel()
        for task in tasks.values { task.cancel() }
    }

    private func handle(_ event: Event) async throws {
        switch event {
        case .stop: beginStop()
        case .ended(let key, let end):
            // What this daemon's own stop has cut is resumed by the next one.
            guard !isStopping || end.verdict != .interrupted else { return }
            try await ended(key, end)
        case .tick:
            guard !isStopping else { return }
            if lease.expires - clock.now < Self.leaseTime / 2 {
                lease = try await ledger.renew(lease, at: clock.now, lasting: Self.leaseTime)
            }
            if try await ledger.revision() != revision { try await reload() }
        }
        if !isStopping { try await perform(core.advance(to: clock.now)) }
    }

    private func ended(_ key: OccurrenceKey, _ end: AttemptEnd) async throws {
        guard records[key.schedule] == nil else { return try await perform(core.ended(key, end, at: clock.now)) }
        // Its schedule was taken away.
        _ = try await ledger.record([.ended(key, word: end.word, verdict: .stopped)], under: lease, at: clock.now)
    }

    // MARK: - Schedules

    private func reload() async throws {
        revision = try await ledger.revision()
        let found = try await ledger.schedules()
        let known = Set(found.map(\.id))
        for id in records.keys where !known.contains(id) { core.remove(id) }
        records = Dictionary(uniqueKeysWithValues: found.map { ($0.id, $0) })
        for record in found {
            do {
                try await perform(core.set(try PlannedSchedule(record, zones: zones), at: clock.now))
            } catch let reason as PlannedSchedule.Problem { problem("\(reason)") }
        }
    }

    private func takeUpWhatWasLeft() async throws {
        for occurrence in try await ledger.openOccurrences() {
            guard let record = records[occurrence.key.schedule] else {
                // Nobody wants it to go on.
                try await ended(occurrence.key, AttemptEnd(word: "interrupted", verdict: .interrupted))
                continue
            }
            guard occurrence.state == .running, let run = occurrence.run else {
                core.restore(occurrence, isRunning: false)
                continue
            }
            switch await runs.left(run) {
            case .neverBegan:
                _ = try await ledger.record([.returned(occurrence.key)], under: lease, at: clock.now)
                var returned = occurrence
                returned.attempts -= 1
                core.restore(returned, isRunning: false)
            case .ended(let end):
                core.restore(occurrence, isRunning: true)
                try await perform(core.ended(occurrence.key, end, at: clock.now))
            case .cut:
                core.restore(occurrence, isRunning: true)
                let resume = runs.resume
                launch(occurrence.key) { await resume(record, run) }
            }
        }
    }

    // MARK: - Actions

    private func perform(_ actions: [SchedulerAction]) async throws {
        var actions = actions
        while !actions.isEmpty {
            var changes: [OccurrenceChange] = []
            var starts: [OccurrenceKey] = []
            for action in actions {
                switch action {
                case .record(let change): changes.append(change)
                case .start(let key, _): starts.append(key)
                case .stop(let key): tasks[key]?.cancel()
                }
            }
            actions = []
            // Claimed on disk before anything of it is started.
            if !changes.isEmpty {
                let refused = try await ledger.record(changes, under: lease, at: clock.now)
                for key in refused { core.refused(key) }
                starts.removeAll(where: refused.contains)
            }
            for key in starts { actions += try await start(key) }
        }
    }

    /// - Returns: What follows if it is not started.
    private func start(_ key: OccurrenceKey) async throws -> [SchedulerAction] {
        guard let record = records[key.schedule], !isStopping else { return [] }
        if let reason = await runs.approvalLost(record) { return core.approvalLost(key, reason) }
        let name = runs.name(key)
        _ = try await ledger.record([.begun(key, run: name)], under: lease, at: clock.now)
        let run = runs.run
        launch(key) { await run(record, name) }
        return []
    }

    private func launch(_ key: OccurrenceKey, _ work: @escaping @Sendable () async -> AttemptEnd) {
        clock.beginActivity()
        let send = send
        // Its activity goes over to the event.
        tasks[key] = Task { send.yield(.ended(key, await work())) }
    }

    /// Wakes at the core's time, or to look at the ledger.
    private func arm() {
        timer?.cancel()
        let now = clock.now
        let next = min(core.wake ?? now + look, now + look)
        let (clock, send) = (clock, send)
        clock.beginActivity()
        timer = Task {
            do {
                try await clock.sleep(for: max(.zero, next - now))
                try Task.checkCancellation()
                if case .terminated = send.yield(.tick) { clock.endActivity() }
            } catch {
                clock.endActivity()
            }
        }
    }
}
