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
}
