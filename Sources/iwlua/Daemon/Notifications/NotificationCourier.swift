import Clocks
import IwinvCatalog
import IwinvClient
import RunStore
import Scheduler
import ServiceLifecycle

/// Carries what the ledger's outbox holds to those who want it: each message at least once, with a key by which a double
/// can be told, and each receiver one at a time, so that a slow one keeps no other waiting.
///
/// Settings are read anew for each look, so that a new address needs no restart.
actor NotificationCourier {
    private enum Event: Sendable {
        case serve
        case look
        case tried(NoticeDelivery, DeliveryOutcome)
        case stop
    }

    private let ledger: ScheduleLedger
    private let journal: Journal
    private let clock: any HostClock
    private let environment: [String: String]
    private let log: DaemonLog
    private let metrics: DaemonMetrics
    private let patience = DeliveryPatience()
    private let events: AsyncStream<Event>
    private let send: AsyncStream<Event>.Continuation
    /// Receivers that are being told something.
    private var busy: Set<String> = []
    private var timer: Task<Void, Never>?
    /// What went wrong last with settings or store; said once.
    private var problem: String?

    init(
        ledger: ScheduleLedger, journal: Journal, clock: any HostClock, environment: [String: String], log: DaemonLog,
        metrics: DaemonMetrics
    ) {
        self.ledger = ledger
        self.journal = journal
        self.clock = clock
        self.environment = environment
        self.log = log
        self.metrics = metrics
        (events, send) = AsyncStream.makeStream()
    }

    /// The daemon has the lease: from now on this one tells.
    nonisolated func serve() { send.yield(.serve) }

    /// Something was written of which somebody may want to know.
    @Sendable nonisolated func look(_ event: DaemonEvent) {
        switch event.kind {
        case .begun, .resumed, .retrying: break
        case .ended, .recovered, .skipped, .paused, .idle: send.yield(.look)
        }
    }

    /// Begins nothing more; ``run()`` returns when what has left is over.
    nonisolated func stop() { send.yield(.stop) }

    func run() async {
        let transport = NotificationSender.makeTransport()
        let sender = NotificationSender(
            transport: transport, environment: environment, language: log.terminal.language)
        var (isServing, isStopping) = (false, false)
        for await event in events {
            switch event {
            case .serve: isServing = true
            case .look: break
            case .stop: isStopping = true
            case .tried(let delivery, let outcome):
                busy.remove(delivery.target)
                await note(delivery, outcome)
            }
            if isStopping, busy.isEmpty { break }
            guard isServing, !isStopping else { continue }
            await advance(sender)
        }
        timer?.cancel()
        send.finish()
        try? await transport.shutdown()
    }

    // MARK: - One look

    private func advance(_ sender: NotificationSender) async {
        do {
            let new = try await ledger.newNotices()
            let waiting = try await ledger.deliveries()
            guard !new.isEmpty || !waiting.isEmpty else { return arm(nil) }
            let targets = try Settings(environment: environment).notifyTargets()
            let now = clock.now
            if !new.isEmpty {
                try await ledger.address(
                    Dictionary(uniqueKeysWithValues: new.map { ($0.number, Self.receivers(of: $0, targets)) }), at: now)
            }
            var next: Instant?
            for delivery in new.isEmpty ? waiting : try await ledger.deliveries()
            where !busy.contains(delivery.target) {
                if delivery.due <= now {
                    start(delivery, targets.first { $0.name == delivery.target }, sender)
                } else {
                    next = min(next ?? delivery.due, delivery.due)
                }
            }
            problem = nil
            arm(next)
        } catch {
            let text = "\(error)"
            if problem != text {
                log.say(clock.now, log.terminal.say("notifications wait: \(text)", "알림 대기 중: \(text)"))
            }
            problem = text
            arm(clock.now + .seconds(30))
        }
    }

    private static func receivers(of new: NewNotice, _ targets: [NotifyTarget]) -> [String] {
        guard let notice = Notice(json: new.body) else { return [] }
        return targets.filter { $0.wants(notice) }.map(\.name)
    }

    private func start(_ delivery: NoticeDelivery, _ target: NotifyTarget?, _ sender: NotificationSender) {
        busy.insert(delivery.target)
        let (send, courier) = (send, self)
        Task {
            guard let target else {
                send.yield(.tried(delivery, .refused(reason: "it is not in config.yaml any more")))
                return
            }
            guard let message = await courier.message(delivery) else {
                send.yield(.tried(delivery, .refused(reason: "the message is that of another version")))
                return
            }
            send.yield(.tried(delivery, await sender.send(message, to: target)))
        }
    }

    /// Looks again at the next delivery's time, and from time to time in case the machine's clock was set.
    private func arm(_ next: Instant?) {
        timer?.cancel()
        guard let next else { return }
        let (clock, send) = (clock, send)
        let pause = min(.seconds(60), max(.zero, next - clock.now))
        timer = Task {
            guard (try? await clock.sleep(for: pause)) != nil, !Task.isCancelled else { return }
            send.yield(.look)
        }
    }

    // MARK: - One delivery

    private func message(_ delivery: NoticeDelivery) async -> NoticeMessage? {
        guard let notice = Notice(json: delivery.body) else { return nil }
        var message = NoticeMessage(notice, key: delivery.key, host: HostName.own)
        guard let instant = delivery.instant else { return message }
        // A message without them is better than none.
        message.occurrence =
            (try? await ledger.occurrence(OccurrenceKey(schedule: delivery.schedule, instant: instant))) ?? nil
        if let run = message.occurrence?.run, let summary = try? await journal.find(run),
            let entries = try? await journal.entries(of: run)
        {
            message.digest = RunDigest(RunRecord(summary, entries: entries))
        }
        return message
    }

    private func note(_ delivery: NoticeDelivery, _ outcome: DeliveryOutcome) async {
        let (now, name) = (clock.now, delivery.target)
        do {
            switch outcome {
            case .sent:
                metrics.addNotification(name, "sent")
                try await ledger.sent(delivery, at: now)
            case .refused(let reason): try await giveUp(delivery, reason, now)
            case .failed(let reason, let wish):
                let next = patience.next(
                    after: delivery.tries + 1, created: delivery.created, now: now, wish: wish)
                guard let next else { return try await giveUp(delivery, reason, now) }
                metrics.addNotification(name, "failed")
                let due = TimeText.local(next)
                say(now, "\(name): not told: \(reason); again at \(due)", "\(name): 알림 실패: \(reason). \(due)에 다시 시도합니다")
                try await ledger.postponed(delivery, until: next)
            }
        } catch {
            // It is told twice at worst.
            say(now, "\(name): \(error)", "\(name): \(error)")
        }
    }

    private func giveUp(_ delivery: NoticeDelivery, _ reason: String, _ now: Instant) async throws {
        metrics.addNotification(delivery.target, "given_up")
        let about = Notice(json: delivery.body).map { "\($0.schedule), \($0.kind.rawValue)" } ?? delivery.key
        let (name, tries) = (delivery.target, delivery.tries + 1)
        say(
            now, "\(name): given up after \(tries) tries (\(about)): \(reason)",
            "\(name): \(tries)회 시도 뒤 포기 (\(about)): \(reason)")
        try await ledger.givenUp(delivery, at: now)
    }

    private func say(_ at: Instant, _ english: String, _ korean: String) {
        log.say(at, log.terminal.say("notify \(english)", "알림 \(korean)"))
    }
}

/// The courier as a service; on SIGTERM what was not sent stays in the outbox.
struct NotificationService: Service {
    let courier: NotificationCourier

    func run() async throws {
        await withGracefulShutdownHandler {
            await withTaskCancellationHandler {
                await courier.run()
            } onCancel: {
                courier.stop()
            }
        } onGracefulShutdown: {
            courier.stop()
        }
    }
}
