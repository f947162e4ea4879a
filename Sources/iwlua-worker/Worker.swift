internal import CJail
internal import Glibc
internal import LuaMachine
internal import WorkerProtocol

/// The life of the process.
enum Worker {
    private static let socket: Int32 = 3

    static func run() -> Never {
        let interrupt = LuaInterrupt()
        let connection = Connection(socket: socket, interrupt: interrupt)
        let setup = connection.setup()
        let hasSignal = interrupt.serveProcess()
        jail_tell_exhaustion()
        let report = lockUp(setup)
        guard hasSignal, (try? connection.send(.jail(report))) != nil else { _exit(2) }
        if !setup.onlyReports && (report.isTight || !setup.needsJail) {
            if let cpu = setup.limits.cpu, !setup.session {
                LuaInterrupt.startProcessTimer(nanoseconds: cpu.inNanoseconds)
            }
            Session(connection: connection, setup: setup, interrupt: interrupt).run()
        }
        _exit(0)
    }

    /// Nothing of the script has been looked at before this.
    private static func lockUp(_ setup: WorkerSetup) -> JailReport {
        let limits = setup.limits
        let memory = UInt64(max(0, limits.memory))
        // A tenth for what the allocator adds to small blocks and for values on their way out, less what the process
        // touches of its libraries only when it runs.
        let spare = max(memory / 20, memory / 10 - min(memory / 10, 768 << 10))
        // The timer and the parent end it earlier; this holds if both fail. A session has any number of evaluations.
        let seconds = setup.session ? 0 : limits.cpu.map { $0.inNanoseconds / 1_000_000_000 + 3 } ?? 0
        let report = jail_enter(socket, memory + spare, seconds)
        return JailReport(bits: report.applied, landlockABI: report.landlock_abi)
    }

    /// Nanoseconds.
    static func processorTime() -> UInt64 {
        var now = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now)
        return UInt64(now.tv_sec) * 1_000_000_000 + UInt64(now.tv_nsec)
    }
}
