internal import Glibc
internal import Synchronization

/// Evaluations whose machine lives in a jailed child: the parent's side of it.
///
/// Three parties touch it. The *reader*, a thread of its own, takes what the worker says, believes none of it
/// unchecked, and answers the calls that need no waiting. The *driver* is the evaluation's task: it starts handlers for
/// the other calls and hands out the end. The *watch* ends what overruns.
final class WorkerRun: RunControl {
    enum News: Sendable {
        /// A call that suspends its task, and the bytes that it came in.
        case call(LuaCall, bytes: Int)
        case end(Result<[LuaValue], any Error>)
    }

    struct State {
        var link: WorkerLink?
        /// An evaluation has begun, and the worker has not said yet how it ended.
        var evaluating = false
        /// Of the last evaluation that the worker was given, from 1.
        var number: UInt64 = 0
        var interrupted: OngoingInterrupt?
        var killed: LuaKill?
        /// When the worker was asked to end (monotonic nanoseconds).
        var killedAt: UInt64 = 0
        /// The worker's processor time soon after that.
        var cpuAtKill: UInt64?
        /// Holds the activity of the run: the worker computes, or is about to.
        var busy = false {
            didSet { if busy { cpuAtRest = nil } }
        }
        /// The worker's processor time when the watch first saw that it waits.
        var cpuAtRest: UInt64?
        /// Replies sent; the worker waits if it has seen them all.
        var replies: UInt64 = 0
        /// Calls that are being handled, and the bytes that they came in.
        var calls = 0
        var callBytes = 0
        var jail: JailReport?
        /// When the report came.
        var begunAt: UInt64 = 0
        /// The worker's processor time before the evaluation.
        var cpuBefore: UInt64 = 0
        var usage = LuaUsage()
        var startedAt: UInt64 = 0
        /// Processor time (nanoseconds) of this process that went into what the worker asked for.
        var served: UInt64 = 0
        /// What is being served now.
        var service: Service?

        var serviceTime: UInt64 { served &+ (service?.spent ?? 0) }
    }

    let shell: RunShell
    let state = Mutex(State())
    let requiresJail: Bool
    let onlyReports: Bool
    let path: String
    private let news = Mailbox<News>()

    var host: LuaHost { shell.host }
    var executor: any TaskExecutor { globalConcurrentExecutor }

    init(_ shell: RunShell, worker: String?, requiresJail: Bool, onlyReports: Bool = false) {
        self.shell = shell
        self.requiresJail = requiresJail
        self.onlyReports = onlyReports
        path = worker ?? LuaExecution.workerBesideExecutable
    }

    var usage: LuaUsage { state.withLock { $0.usage } }
    var jail: JailReport? { state.withLock { $0.jail } }

    var isEvaluating: Bool { state.withLock { $0.evaluating } }

    // MARK: - The driver

    func begin() {
        host.activity?.begin()
        state.withLock { state in
            state.evaluating = true
            state.number += 1
            state.interrupted = nil
            state.busy = true
            state.served = 0
            state.cpuBefore = state.link?.processorTime() ?? 0
        }
    }

    func evaluate(_ script: LuaHost.Script) async throws -> [LuaValue] {
        let evaluation = LuaEvaluation(source: script.source, chunk: script.name, arguments: script.arguments)
        do {
            if let link = state.withLock({ $0.link }) {
                try hand(evaluation, to: link)
            } else {
                try await startWorker(evaluation)
            }
        } catch {
            state.withLock { $0.number -= 1 }
            throw error
        }
        return try await handleCalls().get()
    }

    private func hand(_ evaluation: LuaEvaluation, to link: WorkerLink) throws(LuaError) {
        var writer = WireWriter()
        do {
            try MessageToWorker.evaluate(evaluation).write(to: &writer)
        } catch {
            throw LuaError(.limit, "the script cannot be passed to the worker: \(error)")
        }
        send(writer.bytes, to: link)
        WorkerWatch.shared.wake()
    }

    /// The evaluation is on its way; an interrupt that came before it follows, or was sent in vain.
    private func send(_ bytes: [UInt8], to link: WorkerLink) {
        link.send(bytes)
        if let ongoing = state.withLock({ $0.interrupted }) { sendInterrupt(ongoing.reason, to: link) }
    }

    private func startWorker(_ evaluation: LuaEvaluation) async throws {
        var (setup, functions) = WorkerSetup.make(host.environment)
        setup.seed = shell.seed
        setup.evaluation = evaluation
        setup.session = shell.session
        setup.prints = host.onPrint != nil || shell.events != nil
        setup.needsJail = requiresJail
        setup.onlyReports = onlyReports
        var writer = WireWriter()
        do {
            try MessageToWorker.setup(setup).write(to: &writer)
        } catch {
            throw LuaError(.limit, "the script's surroundings cannot be passed to the worker: \(error)")
        }
        let link: WorkerLink
        do {
            link = try await WorkerSpawner.shared.spawn(path)
        } catch let failure as WorkerFailure {
            throw failure.killed
        }
        // The child is loading meanwhile.
        let killed = state.withLock { state in
            state.link = link
            state.startedAt = readClock(CLOCK_MONOTONIC)
            return state.killed != nil
        }
        if killed { link.terminate() }
        send(writer.bytes, to: link)
        WorkerWatch.shared.add(self)
        let reader = WorkerReader(run: self, link: link, functions: functions, names: setup.functions.map(\.name))
        startThread(stack: 4 << 20) {
            reader.readToTheEnd()
            WorkerWatch.shared.remove(reader.run)
        }
    }

    /// Until the evaluation ends.
    private func handleCalls() async -> Result<[LuaValue], any Error> {
        await withDiscardingTaskGroup { group in
            while true {
                await news.wait()
                let items = news.takeNow()
                for (index, item) in items.enumerated() {
                    switch item {
                    case .call(let call, let bytes):
                        group.addImmediateTask(executorPreference: globalConcurrentExecutor) { [self] in
                            await shell.answer(call) { reply(call, bytes, $0) }
                            host.activity?.end()
                        }
                    case .end(let result):
                        // The end of the worker, if it has come already, is for the next evaluation.
                        for later in items[(index + 1)...] { news.put(later) }
                        group.cancelAll()
                        return result
                    }
                }
            }
        }
    }

    /// For the driver; the reader's only way to say something.
    func tell(_ item: News) { news.put(item) }

    private func reply(_ call: LuaCall, _ bytes: Int, _ result: Result<[LuaValue], LuaError>) {
        var writer = WireWriter()
        do {
            try MessageToWorker.reply(id: call.id, result).write(to: &writer)
        } catch {
            let failure = LuaError(.conversion, "the reply cannot be passed: \(error)")
            try? MessageToWorker.reply(id: call.id, .failure(failure)).write(to: &writer)
        }
        let (link, begins) = state.withLock { state in
            defer { state.busy = true }
            state.replies += 1
            state.calls -= 1
            state.callBytes -= bytes
            return (state.link, !state.busy)
        }
        if begins {
            host.activity?.begin()
            WorkerWatch.shared.wake()
        }
        link?.send(writer.bytes)
    }

    func rest() {
        let ends = state.withLock { state in
            state.evaluating = false
            defer { state.busy = false }
            return state.busy
        }
        if ends { host.activity?.end() }
    }

    // MARK: - Ending it

    func interrupt(_ reason: LuaKill) {
        let (link, begins) = state.withLock { state -> (WorkerLink?, Bool) in
            guard state.evaluating, state.killed == nil, state.interrupted == nil else { return (nil, false) }
            state.interrupted = OngoingInterrupt(reason, isAsked: state.jail != nil)
            guard let link = state.link else { return (nil, false) }
            if state.jail != nil { link.interruptEvaluation(state.number, reason) }
            defer { state.busy = true }
            return (link, !state.busy)
        }
        guard let link else { return }
        if begins { host.activity?.begin() }
        sendInterrupt(reason, to: link)
        WorkerWatch.shared.wake()
    }

    /// The frame reaches a worker that waits; one that runs is told by the signal, again and again, by the watch.
    private func sendInterrupt(_ reason: LuaKill, to link: WorkerLink) {
        var writer = WireWriter()
        try? MessageToWorker.interrupt(reason).write(to: &writer)
        link.send(writer.bytes)
    }

    func close() {
        guard let link = state.withLock({ $0.link }) else { return }
        link.terminate()
    }

    func kill(_ reason: LuaKill) {
        let (link, begins) = state.withLock { state -> (WorkerLink?, Bool) in
            guard state.killed == nil else { return (nil, false) }
            state.killed = reason
            state.killedAt = readClock(CLOCK_MONOTONIC)
            guard let link = state.link else { return (nil, false) }
            defer { state.busy = true }
            return (link, !state.busy)
        }
        guard let link else { return }
        if begins { host.activity?.begin() }
        var writer = WireWriter()
        try? MessageToWorker.kill(reason == .worker ? .stopped : reason).write(to: &writer)
        link.send(writer.bytes)
        link.interrupt(reason)
        WorkerWatch.shared.wake()
    }

    /// Called by the watch.
    ///
    /// - Returns: nanoseconds until it should look again; `nil`: when it is woken.
    func check(now: UInt64) -> UInt64? {
        state.withLock { state in
            guard let link = state.link else { return nil }
            let used = link.processorTime()
            if let reason = state.killed {
                let computed = used.map { $0 &- (state.cpuAtKill ?? $0) } ?? 0
                state.cpuAtKill = state.cpuAtKill ?? used
                if computed > WorkerWatch.grace || now > state.killedAt + WorkerWatch.patience {
                    link.terminate()
                } else {
                    link.interrupt(reason)
                }
                abandonService(&state, reason, now)
                return 1_000_000
            }
            if state.jail == nil {
                // Ten seconds for what takes five milliseconds.
                if now > state.startedAt + 10_000_000_000 { link.terminate() }
                return 5_000_000
            }
            guard state.evaluating else { return nil }
            if !state.busy, let delay = checkAtRest(&state, used, now) { return delay }
            if var ongoing = state.interrupted {
                switch ongoing.step(now: now, cpu: (used ?? 0) &+ state.serviceTime, begun: state.begunAt) {
                case .ask: link.interruptEvaluation(state.number, ongoing.reason)
                case .remind: link.interruptEvaluation(state.number, nil)
                case .kill:
                    state.killed = ongoing.reason
                    state.killedAt = now
                    link.interrupt(ongoing.reason)
                }
                state.interrupted = ongoing
                return 1_000_000
            }
            guard let budget = host.limits.cpu?.inNanoseconds else { return 5_000_000 }
            let computed = used.map { $0 &- state.cpuBefore } ?? 0
            let spent = computed &+ state.serviceTime
            if spent > budget &+ WorkerWatch.grace {
                // If all of it is its own, its timer has told it already.
                let isAsked = computed > budget
                if shell.session {
                    state.interrupted = OngoingInterrupt(.cpu, isAsked: isAsked)
                    return 1_000_000
                }
                state.killed = .cpu
                state.killedAt = now
                if isAsked { link.terminate() } else { link.interrupt(.cpu) }
            }
            return spent &+ 5_000_000 > budget ? 1_000_000 : 5_000_000
        }
    }
}
