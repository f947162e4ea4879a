public import Clocks
public import RunStore

/// Drives a ``SchedulerCore`` over the ledger: writes down what it decides, and starts what it wants started.
///
/// Everything that happens is an event in one line, and each is dealt with before the next is looked at. An event holds an
/// activity of the clock until then, so that a virtual clock stands still meanwhile.
public actor ScheduleDaemon {
    enum Event: Sendable {
        case tick
        case prepared(OccurrenceKey, ScheduleRuns.Preparation)
        case ended(OccurrenceKey, AttemptEnd)
        case stop
    }

    /// An attempt under way, or about to begin.
    struct Attempt {
        var task: Task<Void, Never>
        /// In favour of another occurrence.
        var isStopped = false
        var run: String?
        var begun: Instant?
    }

    let ledger: ScheduleLedger
    let runs: ScheduleRuns
    let clock: any HostClock
    let zones: ZoneCatalog
    let told: @Sendable (DaemonEvent) -> Void
    private let look: Duration
    private let events: AsyncStream<Event>
    let send: AsyncStream<Event>.Continuation

    var core: SchedulerCore
    var records: [Int64: ScheduleRecord] = [:]
    var planned: [Int64: PlannedSchedule] = [:]
    /// Why a schedule cannot be planned.
    var problems: [Int64: String] = [:]
    var attempts: [OccurrenceKey: Attempt] = [:]
    /// Occurrences that wait because so many run already, in the order of their coming.
    var line: [OccurrenceKey] = []
    let atOnce: Int
    var revision: Int64?
    var isStopping = false
    var idle: [DaemonStanding.Idle] = []
    /// Since when schedules look idle: one that is about to begin does so for a moment.
    var suspects: [DaemonStanding.Idle: Instant] = [:]
    var comparedAt: Instant?
    private(set) var lease: ScheduleLease?
    private var lookedAt: Instant
    private let upSince: Instant
    private var timer: Task<Void, Never>?

    private let leaseTime: Duration

    /// - Parameters:
    ///   - look: How often it looks for schedules that others have changed.
    ///   - leaseTime: If it does not renew its lease for so long, another daemon may take over.
    ///   - atOnce: So many attempts may be under way at once.
    ///   - told: Told of what was done, in order; must not take long.
    public init(
        ledger: ScheduleLedger, runs: ScheduleRuns, clock: any HostClock, zones: ZoneCatalog = ZoneCatalog(),
        look: Duration = .seconds(1), leaseTime: Duration = .seconds(60), atOnce: Int = .max,
        told: @escaping @Sendable (DaemonEvent) -> Void
    ) {
        self.ledger = ledger
        self.runs = runs
        self.clock = clock
        self.zones = zones
        self.leaseTime = leaseTime
        self.look = min(look, leaseTime / 4)
        self.atOnce = atOnce
        self.told = told
        upSince = clock.now
        lookedAt = upSince
        core = SchedulerCore(upSince: upSince)
        (events, send) = AsyncStream.makeStream()
    }

    /// Serves the schedules until ``stop()``, until the task is cancelled or until another daemon takes over; may be called
    /// once.
    ///
    /// - Parameter ready: Called when it has the lease and has taken up what was left.
    /// - Throws: ``StoreError``: `.leaseHeld` and `.leaseLost`, or what keeps the ledger from being written.
    public func serve(ready: @Sendable () -> Void = {}) async throws {
        clock.beginActivity()
        do {
            let lease = try await ledger.lease(at: clock.now, lasting: leaseTime)
            self.lease = lease
            core = SchedulerCore(upSince: clock.now)
            try await reload()
            try await takeUpWhatWasLeft()
        } catch {
            // Nobody will listen.
            lease = nil
            send.finish()
            clock.endActivity()
            throw error
        }
        ready()
        send.yield(.tick)
        // A task of its own: if the caller's is cancelled, what is under way must be waited for all the same.
        let loop = Task { try await self.loop() }
        try await withTaskCancellationHandler {
            try await loop.value
        } onCancel: {
            stop()
        }
    }

    /// Starts nothing more and stops what is under way before its next request; ``serve(ready:)`` returns after that.
    public nonisolated func stop() {
        clock.beginActivity()
        if case .terminated = send.yield(.stop) { clock.endActivity() }
    }

    /// How it stands now.
    public var standing: DaemonStanding {
        DaemonStanding(
            upSince: upSince, lookedAt: lookedAt, epoch: lease?.epoch,
            active: records.values.count { $0.state == .active }, paused: records.values.count { $0.state != .active },
            running: attempts.count + line.count, waiting: core.waiting, idle: idle)
    }

    // MARK: - Events

    private func loop() async throws {
        var failure: (any Error)?
        for await event in events {
            if failure == nil {
                do {
                    try await handle(event)
                    try await advance(event)
                } catch {
                    failure = error
                    beginStop()
                }
            } else if case .prepared(let key, _) = event {
                attempts[key] = nil
            } else if case .ended(let key, _) = event {
                attempts[key] = nil
            }
            if isStopping, attempts.isEmpty {
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
        let lease = lease
        self.lease = nil
        if let failure { throw failure }
        if let lease { try await ledger.release(lease) }
    }

    private func beginStop() {
        isStopping = true
        timer?.cancel()
        for attempt in attempts.values { attempt.task.cancel() }
    }

    private func handle(_ event: Event) async throws {
        switch event {
        case .stop: beginStop()
        case .prepared(let key, let preparation): try await begin(key, preparation)
        case .ended(let key, let end):
            defer { attempts[key] = nil }
            // What this daemon's own stop has cut is resumed by the next one.
            guard !isStopping || end.verdict != .interrupted else { return }
            try await ended(key, end)
        case .tick:
            guard !isStopping, let lease else { return }
            lookedAt = clock.now
            let left = lease.expires - clock.now
            // More than it ever was: the clock was set back.
            if left < leaseTime / 2 || left > leaseTime {
                self.lease = try await ledger.renew(lease, at: clock.now, lasting: leaseTime)
            }
            if try await ledger.revision() != revision {
                try await reload()
                try await takeRequests()
            }
        }
    }

    /// What is due now.
    private func advance(_ event: Event) async throws {
        guard !isStopping else { return }
        try await perform(core.advance(to: clock.now))
        startWhatWaits()
        if case .tick = event { try await compare() }
    }

    func launch(_ key: OccurrenceKey, _ work: @escaping @Sendable () async -> Event) {
        clock.beginActivity()
        let send = send
        // Its activity goes over to the event.
        let task = Task { _ = send.yield(await work()) }
        attempts[key, default: Attempt(task: task)].task = task
        if attempts[key]?.isStopped ?? false { task.cancel() }
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
