import Dispatch

/// Runs an actor on a queue of its own, where it may wait.
final class ThreadExecutor: SerialExecutor {
    private let queue = DispatchQueue(label: "iwlua.line-editor")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let executor = asUnownedSerialExecutor()
        queue.async { job.runSynchronously(on: executor) }
    }
}
