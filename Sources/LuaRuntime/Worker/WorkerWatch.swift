internal import Glibc

/// The thread that looks at running workers every few milliseconds: it ends those whose own walls have failed.
final class WorkerWatch: @unchecked Sendable {
    // Sendable: the fields are used with `mutex` held only.
    static let shared = WorkerWatch()

    /// Processor time (nanoseconds) that a worker may use after its time is up: its timer, which fires at ticks of 4 ms,
    /// or the signal has ended it by then, unless it is in C code that neither reaches.
    static let grace: UInt64 = 6_000_000
    /// Wall time for the same: it may not have been given a processor.
    static let patience: UInt64 = 50_000_000

    /// Processor time (nanoseconds) that a worker may use while it says that it waits: it needs next to none.
    static let rest: UInt64 = 100_000_000
    /// How often a worker that waits is looked at.
    static let restInterval: UInt64 = 250_000_000

    /// Wall time that the reader has to come to the end of what it serves when the run is to end.
    static let courtesy: UInt64 = 10_000_000

    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let work = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var runs: [WorkerRun] = []
    private var sleeps = false

    private init() {
        pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(work, &attributes)
        pthread_condattr_destroy(&attributes)
        startThread(stack: 1 << 18) { [self] in watchForEver() }
    }

    func add(_ run: WorkerRun) {
        pthread_mutex_lock(mutex)
        runs.append(run)
        if sleeps { pthread_cond_signal(work) }
        pthread_mutex_unlock(mutex)
    }

    func remove(_ run: WorkerRun) {
        pthread_mutex_lock(mutex)
        runs.removeAll { $0 === run }
        pthread_mutex_unlock(mutex)
    }

    /// A run that waited goes on, or is to end.
    func wake() {
        pthread_mutex_lock(mutex)
        if sleeps { pthread_cond_signal(work) }
        pthread_mutex_unlock(mutex)
    }

    /// Until somebody becomes busy, or for so long (nanoseconds). The mutex is held.
    private func sleep(for delay: UInt64?) {
        guard let delay else {
            pthread_cond_wait(work, mutex)
            return
        }
        let end = readClock(CLOCK_MONOTONIC) + delay
        var time = timespec(tv_sec: Int(end / 1_000_000_000), tv_nsec: Int(end % 1_000_000_000))
        pthread_cond_timedwait(work, mutex, &time)
    }

    private func watchForEver() {
        while true {
            pthread_mutex_lock(mutex)
            let all = runs
            pthread_mutex_unlock(mutex)
            let now = readClock(CLOCK_MONOTONIC)
            if let delay = all.compactMap({ $0.check(now: now) }).min(), delay < Self.restInterval {
                var pause = timespec(tv_sec: 0, tv_nsec: Int(delay))
                nanosleep(&pause, nil)
                continue
            }
            pthread_mutex_lock(mutex)
            // Whoever became busy since the look above has woken nobody: look again before sleeping.
            let delays = runs.compactMap { $0.check(now: now) }
            sleeps = delays.allSatisfy { $0 >= Self.restInterval }
            if sleeps { sleep(for: delays.min()) }
            sleeps = false
            pthread_mutex_unlock(mutex)
        }
    }
}
