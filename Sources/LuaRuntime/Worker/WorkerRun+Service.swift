internal import Glibc
internal import Synchronization

/// What the reader computes for the worker: the script's time, and nothing that its end would wait for.
extension WorkerRun {
    /// The reader is at work on a message. It cannot be stopped in it, so nobody waits for it when the time is up.
    struct Service {
        var clock: clockid_t
        var since: UInt64
        var position: LuaPosition?
        var isAbandoned = false

        var spent: UInt64 { readClock(clock) &- since }
    }

    /// What a worker asks for is computed here, and counts as if the worker had computed it: a script has no second
    /// budget for the asking.
    func serving<Value>(on clock: clockid_t, _ work: () throws -> Value) rethrows -> Value {
        let since = readClock(clock)
        state.withLock { $0.service = Service(clock: clock, since: since) }
        defer {
            let spent = readClock(clock) &- since
            state.withLock { state in
                state.service = nil
                state.served += spent
            }
        }
        return try work()
    }

    func noteService(at position: LuaPosition?) { state.withLock { $0.service?.position = position } }

    /// Hearing that it waits costs this process time, too: a flood of that is not for nothing.
    func chargeIdle() { state.withLock { $0.served += 10_000 } }

    /// What is computed elsewhere for a call of so many bytes.
    func charge(callOf bytes: Int) {
        state.withLock { $0.served += SliceAccount.cost(calls: 1, bytes: bytes) }
    }

    /// The end does not wait for the reader: what it computes may take long, and nobody wants it any more.
    func abandonService(_ state: inout State, _ reason: LuaKill, _ now: UInt64) {
        guard let service = state.service, !service.isAbandoned, now > state.killedAt + WorkerWatch.courtesy else {
            return
        }
        state.service?.isAbandoned = true
        tell(.end(.failure(LuaKilled(reason: reason, position: service.position))))
    }

    /// A worker that says that it waits. One that computes meanwhile lies, and is ended; what it has made this process
    /// compute counts as always.
    ///
    /// - Returns: when to look again; `nil`: its time is up as if it were busy.
    func checkAtRest(_ state: inout State, _ used: UInt64?, _ now: UInt64) -> UInt64? {
        guard let used else { return nil }
        let before = state.cpuAtRest ?? used
        state.cpuAtRest = before
        if used &- before > WorkerWatch.rest {
            state.killed = .worker
            state.killedAt = now
            state.link?.terminate()
            return 1_000_000
        }
        guard let budget = host.limits.cpu?.inNanoseconds else { return WorkerWatch.restInterval }
        let spent = (used &- state.cpuBefore) &+ state.serviceTime
        return spent > budget &+ WorkerWatch.grace ? nil : WorkerWatch.restInterval
    }
}
