internal import Synchronization

/// Evaluations whose machine lives in this process.
final class InProcessRun: RunControl {
    let shell: RunShell
    let account: SliceAccount
    let mailbox = Mailbox<LuaReply>()
    private let running = Mutex(false)
    /// Made by the first evaluation. Used by the one evaluation that runs, or between two.
    nonisolated(unsafe) var machine: LuaMachine?

    init(_ shell: RunShell) {
        self.shell = shell
        account = SliceAccount(budget: shell.host.limits.cpu, interrupts: shell.session)
    }

    var executor: any TaskExecutor { VMPool.shared }

    func begin() {
        shell.host.activity?.begin()
        running.withLock { running in
            account.begin()
            mailbox.reset()
            running = true
        }
    }

    func evaluate(_ script: LuaHost.Script) async throws -> [LuaValue] {
        try await RunDriver(run: self, shell: shell).drive(script)
    }

    func rest() {
        running.withLock { $0 = false }
        shell.host.activity?.end()
    }

    func interrupt(_ reason: LuaKill) {
        // Signals that come faster than they are served would pile up on the stack: the watchdog sends the others.
        let isFirst = running.withLock { running in
            guard running, account.interruptNow(reason) else { return false }
            mailbox.open()
            return true
        }
        if isFirst { VMPool.shared.signal(account) }
    }

    func kill(_ reason: LuaKill) {
        let isFirst = account.interrupt.reason == nil
        account.interrupt.kill(reason)
        if isFirst { VMPool.shared.signal(account) }
        mailbox.open()
    }

    func close() { machine = nil }

    var usage: LuaUsage { account.usage.withLock { $0 } }
    var jail: JailReport? { nil }
}
