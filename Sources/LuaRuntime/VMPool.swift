internal import Glibc
internal import Synchronization

/// The threads that run Lua: a few pthreads with large stacks, apart from Swift's own pool, and one watchdog.
///
/// A job that lasts longer than 20 ms gives up its place, so that another thread may begin in its stead.
final class VMPool: TaskExecutor, @unchecked Sendable {
    // Sendable: the mutable fields are used with `mutex` held only.
    static let shared = VMPool()

    private static let stackSize = 16 << 20
    private let places = max(2, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    private let most = 64

    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let work = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private let watch = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var queue: [UnownedJob] = []
    private var head = 0
    private var workers: [VMWorker] = []
    private var idle = 0
    private var gaveUp = 0
    private var running = 0
    private var watching = false
    private var watchdogSleeps = false
    private let signalNumber = LuaInterrupt.installSignal()

    private init() {
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(work, nil)
        pthread_cond_init(watch, nil)
    }

    private func withLock<R>(_ body: () -> R) -> R {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return body()
    }

    // MARK: - Jobs

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        withLock {
            queue.append(job)
            if idle > 0 { pthread_cond_signal(work) } else { growIfUseful() }
        }
    }

    private func growIfUseful() {
        guard head < queue.count, workers.count - gaveUp < places, workers.count < most else { return }
        let worker = VMWorker()
        workers.append(worker)
        startThread(stack: Self.stackSize) { [self] in
            if let signalNumber { LuaInterrupt.admitSignal(signalNumber) }
            worker.becomeCurrent()
            serve(worker)
        }
        if !watching {
            watching = true
            startThread(stack: 1 << 18) { [self] in watchForEver() }
        }
    }

    private func takeJob() -> UnownedJob? {
        guard head < queue.count else { return nil }
        defer {
            head += 1
            if head == queue.count || head > 4096 {
                queue.removeFirst(head)
                head = 0
            }
        }
        return queue[head]
    }

    /// Life of a worker. It ends when it comes back from a long job and its place is taken.
    private func serve(_ worker: VMWorker) {
        let executor = asUnownedTaskExecutor()
        var began = false
        while true {
            pthread_mutex_lock(mutex)
            if began { running -= 1 }
            while head == queue.count {
                idle += 1
                pthread_cond_wait(work, mutex)
                idle -= 1
            }
            let job = takeJob()
            running += 1
            began = true
            if watchdogSleeps { pthread_cond_signal(watch) }
            pthread_mutex_unlock(mutex)
            let now = readClock(CLOCK_MONOTONIC)
            worker.withLock { $0.jobStart = now }
            job?.runSynchronously(on: executor)
            let gaveUpPlace = worker.withLock { activity in
                defer {
                    activity.jobStart = nil
                    activity.gaveUp = false
                }
                return activity.gaveUp
            }
            guard gaveUpPlace else { continue }
            let leaves = withLock {
                gaveUp -= 1
                guard workers.count - gaveUp > places else { return false }
                workers.removeAll { $0 === worker }
                running -= 1
                return true
            }
            if leaves { return }
        }
    }

    // MARK: - Slices

    /// Runs a part of a machine's life on this thread, on the account's time.
    func slice<R, E: Error>(_ account: SliceAccount, _ body: () throws(E) -> R) throws(E) -> R {
        let start = readClock(CLOCK_THREAD_CPUTIME_ID)
        account.check(used: account.used.load(ordering: .relaxed), now: 0)
        let worker = VMWorker.current
        worker?.withLock {
            $0.account = account
            $0.cpuStart = start
        }
        defer {
            worker?.withLock { $0.account = nil }
            account.used.add(readClock(CLOCK_THREAD_CPUTIME_ID) &- start, ordering: .relaxed)
        }
        return try body()
    }

    /// Tells the thread that runs a slice of `account`, if one does, to look what is asked of it.
    func signal(_ account: SliceAccount) {
        guard let signalNumber else { return }
        for worker in withLock({ workers }) { worker.signal(account, signalNumber) }
    }

    // MARK: - The watchdog

    private func watchForEver() {
        var quiet = 0
        while true {
            var pause = timespec(tv_sec: 0, tv_nsec: 4_000_000)
            nanosleep(&pause, nil)
            let all = withLock { workers }
            let now = readClock(CLOCK_MONOTONIC)
            for worker in all {
                guard worker.check(now: now, signal: signalNumber) else { continue }
                withLock {
                    gaveUp += 1
                    if idle == 0 { growIfUseful() }
                }
            }
            quiet = withLock { running > 0 } ? 0 : quiet + 1
            guard quiet > 25 else { continue }
            quiet = 0
            pthread_mutex_lock(mutex)
            watchdogSleeps = true
            if running == 0 { pthread_cond_wait(watch, mutex) }
            watchdogSleeps = false
            pthread_mutex_unlock(mutex)
        }
    }
}
