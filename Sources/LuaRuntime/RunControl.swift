internal import Glibc

/// What drives evaluations, wherever the machine lives. A run is one evaluation, a session any number in one state; there
/// is one at a time.
protocol RunControl: AnyObject, Sendable {
    /// Where ``evaluate(_:)`` wants to run.
    var executor: any TaskExecutor { get }
    /// An evaluation is about to begin: from now on it can be interrupted, and something is being done.
    func begin()
    func evaluate(_ script: LuaHost.Script) async throws -> [LuaValue]
    /// It has ended, nothing of it works any more.
    func rest()
    /// Ends the evaluation that has begun, if one has; the state lives, unless that fails for ``RunControl/patience``.
    func interrupt(_ reason: LuaKill)
    /// Ends evaluation and state.
    func kill(_ reason: LuaKill)
    /// Gives the state back, between two evaluations.
    func close()
    var usage: LuaUsage { get }
    /// What the run's worker is locked up by; `nil` before it has said so, and in this process.
    var jail: JailReport? { get }
}

/// An interrupt that has not ended its evaluation yet.
///
/// When it has been seen, `__close` handlers may run; one that loops is interrupted in its turn, halfway to the kill.
struct OngoingInterrupt {
    enum Step {
        /// Ask for it, once more.
        case ask
        /// Only see to it that what was asked for is seen: the coroutine that was told may not be the one that goes on.
        case remind
        /// It has failed: the state has to go.
        case kill
    }

    let reason: LuaKill
    /// Monotonic nanoseconds.
    private let since: UInt64
    private var isAsked: Bool
    /// When it was asked for again.
    private var askedAgain: UInt64?
    /// Processor time of whoever runs the machine when this was looked at first.
    private var cpu: UInt64?

    /// Half the wall time that the evaluation has for its end, 200 ms.
    private static let half: UInt64 = 100_000_000
    /// It has had this much processor time too by then: on a busy machine it may not have been given any...
    private static let grace: UInt64 = 20_000_000
    /// ...but it waits no longer than this.
    private static let longest: UInt64 = 2_000_000_000

    /// - Parameter isAsked: whether the machine knows already.
    init(_ reason: LuaKill, isAsked: Bool = false) {
        self.reason = reason
        self.isAsked = isAsked
        since = readClock(CLOCK_MONOTONIC)
    }

    /// What is to be done now.
    ///
    /// - Parameters:
    ///   - cpu: processor time of whoever runs the machine.
    ///   - begun: when it could be interrupted first.
    mutating func step(now: UInt64, cpu: UInt64, begun: UInt64 = 0) -> Step {
        let since = max(since, begun)
        let waited = now > since ? now - since : 0
        let before = self.cpu ?? cpu
        self.cpu = before
        if let askedAgain, now > askedAgain + Self.half, cpu > before + Self.grace || waited > Self.longest {
            return .kill
        }
        if waited > Self.half {
            askedAgain = askedAgain ?? now
            return .ask
        }
        defer { isAsked = true }
        return isAsked ? .remind : .ask
    }
}
