internal import Glibc
internal import Synchronization
internal import WorkerProtocol

/// What an evaluation has used of its processor time, and the way to end it.
final class SliceAccount: Sendable {
    let interrupt = LuaInterrupt()
    /// Nanoseconds of processor time; `max`: no limit.
    let budget: UInt64
    /// Whether passing the budget ends the evaluation only.
    private let interrupts: Bool
    let used = Atomic<UInt64>(0)
    let usage = Mutex(LuaUsage())
    private let ongoing = Mutex<OngoingInterrupt?>(nil)

    init(budget: Duration?, interrupts: Bool) {
        self.budget = budget?.inNanoseconds ?? .max
        self.interrupts = interrupts
    }

    /// Another evaluation begins.
    func begin() {
        interrupt.withdraw()
        ongoing.withLock { $0 = nil }
        used.store(0, ordering: .relaxed)
    }

    /// - Returns: false if an interrupt is on its way already.
    func interruptNow(_ reason: LuaKill) -> Bool {
        ongoing.withLock { ongoing in
            guard ongoing == nil else { return false }
            ongoing = OngoingInterrupt(reason, isAsked: true)
            interrupt.interrupt(reason)
            return true
        }
    }

    /// Ends what has used more than the budget, and what an interrupt has not ended in time.
    func check(used: UInt64, now: UInt64) {
        if used > budget && !interrupts { interrupt.kill(.cpu) }
        ongoing.withLock { ongoing in
            if used > budget, interrupts, ongoing == nil { ongoing = OngoingInterrupt(.cpu) }
            guard let reason = ongoing?.reason else { return }
            switch ongoing?.step(now: now, cpu: used) {
            case .ask: interrupt.interrupt(reason)
            case .kill: interrupt.kill(reason)
            case .remind, nil: break
            }
        }
    }

    func charge(calls: Int, bytes: Int) {
        if calls > 0 { used.add(Self.cost(calls: calls, bytes: bytes), ordering: .relaxed) }
    }

    /// What is computed on other threads for calls, in nanoseconds: a part for each, and one that grows with what they bring
    /// along, 50 MB a second, about.
    static func cost(calls: Int, bytes: Int) -> UInt64 {
        UInt64(max(0, calls)) * 20_000 + UInt64(max(0, bytes)) * 20
    }

    /// Whether the signal has something to tell.
    var wantsSignal: Bool { interrupt.reason != nil || interrupt.interruption != nil }

    func note(_ machine: LuaMachine) {
        usage.withLock {
            $0 = LuaUsage(
                cpu: .nanoseconds(Int64(clamping: used.load(ordering: .relaxed))),
                memory: machine.memoryPeak,
                calls: machine.callCount,
                output: machine.outputUsed)
        }
    }
}

func readClock(_ clock: clockid_t) -> UInt64 {
    var now = timespec()
    clock_gettime(clock, &now)
    return UInt64(now.tv_sec) * 1_000_000_000 + UInt64(now.tv_nsec)
}
