internal import Synchronization

/// What can be done to a run from outside.
protocol RunControl: AnyObject, Sendable {
    func kill(_ reason: LuaKill)
    var usage: LuaUsage { get }
    /// What the run's worker is locked up by; `nil` before it has said so, and in this process.
    var jail: JailReport? { get }
}

/// A run whose machine lives in this process.
final class InProcessRun: RunControl {
    let account: SliceAccount
    let mailbox = Mailbox<LuaReply>()

    init(cpu: Duration?) { account = SliceAccount(budget: cpu) }

    func kill(_ reason: LuaKill) {
        VMPool.shared.kill(account, reason)
        mailbox.open()
    }

    var usage: LuaUsage { account.usage.withLock { $0 } }
    var jail: JailReport? { nil }
}
