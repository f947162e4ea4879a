internal import CSpawn
internal import Glibc

/// The thread that starts workers. It never ends: a worker dies with the thread that has started it.
final class WorkerSpawner: @unchecked Sendable {
    // Sendable: the queue is used with `mutex` held only, `prepared` by the one thread only.
    static let shared = WorkerSpawner()

    typealias Done = @Sendable (Result<WorkerLink, WorkerFailure>) -> Void

    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let work = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var queue: [(path: String, done: Done?)] = []
    /// A worker that nobody has asked for yet: it waits for its first message.
    private var prepared: (path: String, link: WorkerLink)?

    private init() {
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(work, nil)
        startThread(stack: 1 << 18) { [self] in serveForEver() }
    }

    /// Starts a worker. Blocks nobody: it takes half a millisecond of that thread.
    func spawn(_ path: String) async throws -> WorkerLink {
        try await withUnsafeThrowingContinuation { continuation in
            request(path) { continuation.resume(with: $0) }
        }
    }

    /// Starts a worker for the next ``spawn(_:)``, which takes it if it asks for the same path. That it cannot be started,
    /// the next one will tell.
    func prepare(_ path: String) { request(path, done: nil) }

    private func request(_ path: String, done: Done?) {
        pthread_mutex_lock(mutex)
        queue.append((path, done))
        pthread_cond_signal(work)
        pthread_mutex_unlock(mutex)
    }

    private func serveForEver() {
        while true {
            pthread_mutex_lock(mutex)
            while queue.isEmpty { pthread_cond_wait(work, mutex) }
            let (path, done) = queue.removeFirst()
            pthread_mutex_unlock(mutex)
            serve(path, done)
        }
    }

    private func serve(_ path: String, _ done: Done?) {
        // Used by this thread only.
        if let done, let prepared, prepared.path == path {
            self.prepared = nil
            return done(.success(prepared.link))
        }
        if done == nil, prepared != nil { return }
        var socket: Int32 = -1
        var pid: pid_t = 0
        let status = spawn_worker(path, &socket, &pid)
        if status != 0 {
            done?(.failure(WorkerFailure(Self.problem(path, status))))
        } else if let done {
            done(.success(WorkerLink(pid: pid, socket: socket)))
        } else {
            prepared = (path, WorkerLink(pid: pid, socket: socket))
        }
    }
}

extension WorkerSpawner {
    /// Why a worker cannot be started, and what its program's author can do about it.
    private static func problem(_ path: String, _ status: Int32) -> String {
        guard status == ENOENT else {
            return "the Lua worker \(path) cannot be started: \(String(cString: strerror(status)))"
        }
        return """
            the Lua worker \(path) is missing: build the product `iwlua-worker` and put it beside the program, name its \
            path in `.process(worker:)`, or choose `.inProcess`, which isolates from mistakes and not from enemies
            """
    }
}

/// What went wrong with a worker, in a sentence.
struct WorkerFailure: Error {
    let sentence: String

    init(_ sentence: String) { self.sentence = sentence }

    var killed: LuaKilled { LuaKilled(reason: .worker, detail: sentence) }
}
