/// One execution of a script.
public final class LuaRun: Sendable {
    /// What happens in the run, from its start; it ends with `finished`, `failed` or `killed`. For one reader.
    public let events: AsyncStream<LuaEvent>

    private let task: Task<[LuaValue], any Error>
    private let control: any RunControl

    init(_ host: LuaHost, _ script: LuaHost.Script, withEvents: Bool) {
        let (stream, continuation) = AsyncStream.makeStream(of: LuaEvent.self)
        if !withEvents { continuation.finish() }
        let shell = RunShell(host: host, script: script, events: withEvents ? continuation : nil)
        events = stream
        // Ended by the run itself, when nothing of it works any more.
        host.activity?.begin()
        switch host.execution {
        case .inProcess:
            let run = InProcessRun(cpu: host.limits.cpu)
            let driver = RunDriver(run: run, shell: shell)
            control = run
            task = Task(executorPreference: VMPool.shared) {
                defer { host.activity?.end() }
                return try await shell.run(run) { try await driver.drive() }
            }
        case .process(let worker, let requiresJail):
            let run = WorkerRun(shell, worker: worker, requiresJail: requiresJail)
            control = run
            task = Task(executorPreference: globalConcurrentExecutor) {
                defer { run.rest() }
                return try await shell.run(run) { try await run.drive() }
            }
        }
    }

    /// Waits for the end. Cancelling the waiting task cancels the run.
    ///
    /// - Throws: ``LuaError`` or ``LuaKilled``.
    public func value() async throws -> [LuaValue] {
        try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            cancel()
        }
    }

    /// Ends the run, whatever it does; calls in flight are cancelled.
    public func cancel() { kill(.cancelled) }

    /// Ends the run for a reason of the host's.
    public func kill(_ reason: LuaKill) {
        control.kill(reason)
        task.cancel()
    }

    /// What it has used until its last slice ended.
    public var usage: LuaUsage { control.usage }

    /// What the run's worker is locked up by. `nil` in this process, and before the worker has started;
    /// ``LuaHost/onJail`` tells it at that moment.
    public var jail: JailReport? { control.jail }
}
