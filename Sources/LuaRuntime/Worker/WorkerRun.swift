internal import Glibc
internal import Synchronization

/// A run whose machine lives in a jailed child: the parent's side of it.
///
/// Three parties touch it. The *reader*, a thread of its own, takes what the worker says, believes none of it
/// unchecked, and answers the calls that need no waiting. The *driver* is the run's task: it starts handlers for the
/// other calls and hands out the end. The *watch* ends a worker that overruns.
final class WorkerRun: RunControl {
    enum News: Sendable {
        /// A call that suspends its task, and the bytes that it came in.
        case call(LuaCall, bytes: Int)
        case end(Result<[LuaValue], any Error>)
    }

    struct State {
        var link: WorkerLink?
        var killed: LuaKill?
        /// When the worker was asked to end (monotonic nanoseconds).
        var killedAt: UInt64 = 0
        /// The worker's processor time soon after that.
        var cpuAtKill: UInt64?
        /// Holds the activity of the run: the worker computes, or is about to.
        var busy = true
        /// Replies sent; the worker waits if it has seen them all.
        var replies: UInt64 = 0
        /// Calls that are being handled, and the bytes that they came in.
        var calls = 0
        var callBytes = 0
        var jail: JailReport?
        /// The worker's processor time before the script.
        var cpuBefore: UInt64 = 0
        var usage = LuaUsage()
        var startedAt: UInt64 = 0
    }

    let shell: RunShell
    let state = Mutex(State())
    let requiresJail: Bool
    let onlyReports: Bool
    let path: String
    private let news = Mailbox<News>()

    var host: LuaHost { shell.host }

    init(_ shell: RunShell, worker: String?, requiresJail: Bool, onlyReports: Bool = false) {
        self.shell = shell
        self.requiresJail = requiresJail
        self.onlyReports = onlyReports
        path = worker ?? LuaExecution.workerBesideExecutable
    }

    var usage: LuaUsage { state.withLock { $0.usage } }
    var jail: JailReport? { state.withLock { $0.jail } }

    // MARK: - The driver

    func drive() async throws -> [LuaValue] {
        var (setup, functions) = WorkerSetup.make(host.environment)
        let script = shell.script
        setup.seed = script.seed
        setup.source = script.source
        setup.chunk = script.name
        setup.arguments = script.arguments
        setup.prints = host.onPrint != nil || shell.events != nil
        setup.needsJail = requiresJail
        setup.onlyReports = onlyReports
        let link: WorkerLink
        do {
            link = try await WorkerSpawner.shared.spawn(path)
        } catch let failure as WorkerFailure {
            throw failure.killed
        }
        var writer = WireWriter()
        let fits: Result<Void, WireError> = Result { () throws(WireError) in
            try MessageToWorker.setup(setup).write(to: &writer)
        }
        // The child is loading meanwhile.
        let killed = state.withLock { state in
            state.link = link
            state.startedAt = readClock(CLOCK_MONOTONIC)
            return state.killed != nil
        }
        if killed || (try? fits.get()) == nil { link.terminate() }
        link.send(writer.bytes)
        WorkerWatch.shared.add(self)
        let reader = WorkerReader(run: self, link: link, functions: functions, names: setup.functions.map(\.name))
        startThread(stack: 4 << 20) { reader.readToTheEnd() }
        let end = await withDiscardingTaskGroup { group in
            while true {
                await news.wait()
                for item in news.takeNow() {
                    switch item {
                    case .call(let call, let bytes):
                        group.addImmediateTask(executorPreference: globalConcurrentExecutor) { [self] in
                            await shell.answer(call) { reply(call, bytes, $0) }
                            host.activity?.end()
                        }
                    case .end(let result):
                        group.cancelAll()
                        return result
                    }
                }
            }
        }
        WorkerWatch.shared.remove(self)
        if case .failure(let error) = fits {
            throw LuaError(.limit, "the script's surroundings cannot be passed to the worker: \(error)")
        }
        return try end.get()
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

    /// After the end: nothing of the run works any more.
    func rest() {
        let ends = state.withLock { state in
            defer { state.busy = false }
            return state.busy
        }
        if ends { host.activity?.end() }
    }

    // MARK: - Ending it

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
                return 1_000_000
            }
            if state.jail == nil {
                // Ten seconds for what takes five milliseconds.
                if now > state.startedAt + 10_000_000_000 { link.terminate() }
                return 5_000_000
            }
            guard state.busy else { return nil }
            guard let budget = host.limits.cpu?.inNanoseconds, let used else { return 5_000_000 }
            let spent = used &- state.cpuBefore
            if spent > budget &+ WorkerWatch.grace {
                state.killed = .cpu
                state.killedAt = now
                link.terminate()
            }
            return spent &+ 5_000_000 > budget ? 1_000_000 : 5_000_000
        }
    }
}
