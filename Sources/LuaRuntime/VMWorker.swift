internal import Glibc
internal import Synchronization

/// A thread of the pool and what it is doing. All fields are read and written under `lock`.
final class VMWorker: @unchecked Sendable {
    // Sendable: every access to the fields is made with the mutex held.
    struct Activity {
        var thread: pthread_t?
        /// When the job began (monotonic); nil: none.
        var jobStart: UInt64?
        /// Over 20 ms: it has given up its place.
        var gaveUp = false
        var account: SliceAccount?
        /// The thread's processor time when the slice began.
        var cpuStart: UInt64 = 0
    }

    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private var activity = Activity()

    init() { pthread_mutex_init(mutex, nil) }

    deinit {
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
    }

    func withLock<R>(_ body: (inout Activity) -> R) -> R {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return body(&activity)
    }

    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        pthread_key_create(&key, nil)
        return key
    }()

    /// The worker whose thread this is.
    static var current: VMWorker? {
        pthread_getspecific(key).map { Unmanaged<VMWorker>.fromOpaque($0).takeUnretainedValue() }
    }

    func becomeCurrent() {
        pthread_setspecific(Self.key, Unmanaged.passUnretained(self).toOpaque())
        withLock { $0.thread = pthread_self() }
    }

    /// Sends the signal that arms the hook, if this worker runs a slice of `account`.
    func signal(_ account: SliceAccount, _ number: Int32) {
        withLock { activity in
            if activity.account === account, let thread = activity.thread { pthread_kill(thread, number) }
        }
    }

    /// Ends what has overrun; true: the job has lasted so long that it should give up its place.
    func check(now: UInt64, signal number: Int32?) -> Bool {
        withLock { activity in
            if let account = activity.account, let thread = activity.thread {
                var clock = clockid_t()
                if pthread_getcpuclockid(thread, &clock) == 0 {
                    let spent = readClock(clock) &- activity.cpuStart
                    account.check(used: account.used.load(ordering: .relaxed) &+ spent, now: now)
                }
                if let number, account.wantsSignal { pthread_kill(thread, number) }
            }
            guard let start = activity.jobStart, !activity.gaveUp, now > start + 20_000_000 else { return false }
            activity.gaveUp = true
            return true
        }
    }
}
