/// One execution of a script.
public final class LuaRun: Sendable {
    /// What happens in the run, from its start; it ends with `finished`, `failed` or `killed`. For one reader.
    public let events: AsyncStream<LuaEvent>

    private let task: Task<[LuaValue], any Error>
    private let control: any RunControl

    init(_ host: LuaHost, _ script: LuaHost.Script, seed: UInt64, withEvents: Bool) {
        let (stream, continuation) = AsyncStream.makeStream(of: LuaEvent.self)
        if !withEvents { continuation.finish() }
        let shell = RunShell(host: host, seed: seed, events: withEvents ? continuation : nil, session: false)
        let control = shell.makeControl()
        self.control = control
        events = stream
        control.begin()
        task = Task(executorPreference: control.executor) {
            defer { control.rest() }
            return try await shell.run(control, script)
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
