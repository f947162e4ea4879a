internal import Glibc
internal import Synchronization
internal import WorkerProtocol

/// What a run has used of its processor time, and the way to end it.
final class SliceAccount: Sendable {
    let interrupt = LuaInterrupt()
    /// Nanoseconds of processor time; `max`: no limit.
    let budget: UInt64
    let used = Atomic<UInt64>(0)
    let usage = Mutex(LuaUsage())

    init(budget: Duration?) { self.budget = budget?.inNanoseconds ?? .max }

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
