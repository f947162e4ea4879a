internal import Synchronization

/// One execution of a script.
public final class LuaRun: Sendable {
    /// What happens in the run, from its start; it ends with `finished`, `failed` or `killed`. For one reader.
    public let events: AsyncStream<LuaEvent>

    private let task: Task<[LuaValue], any Error>
    private let account: SliceAccount
    private let mailbox: Mailbox

    init(_ host: LuaHost, _ script: LuaHost.Script, withEvents: Bool) {
        let (stream, continuation) = AsyncStream.makeStream(of: LuaEvent.self)
        if !withEvents { continuation.finish() }
        let mailbox = Mailbox()
        let account = SliceAccount(budget: host.limits.cpu)
        let driver = RunDriver(
            host: host, script: script, mailbox: mailbox, account: account, events: withEvents ? continuation : nil)
        events = stream
        self.mailbox = mailbox
        self.account = account
        host.activity?.begin()
        task = Task(executorPreference: VMPool.shared) { try await driver.run() }
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
        VMPool.shared.kill(account, reason)
        mailbox.open()
        task.cancel()
    }

    /// What it has used until its last slice ended.
    public var usage: LuaUsage { account.usage.withLock { $0 } }
}
