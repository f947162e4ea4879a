internal import CSpawn
internal import Glibc
internal import Synchronization

/// A worker's process and the socket to it.
///
/// Sending never blocks: what the worker does not take now is sent by a thread of its own. The number of the process is
/// used with the lock held and until it is collected only, so it is never somebody else's.
final class WorkerLink: Sendable {
    private struct State {
        var pid: pid_t?
        var open = true
        var unsent: [UInt8] = []
        var hasSender = false

        func end(_ socket: Int32) {
            guard let pid else { return }
            kill(pid, SIGKILL)
            // Whoever else may hold the other end: nobody waits for its bytes.
            shutdown(socket, Int32(SHUT_RDWR))
        }
    }

    private let socket: Int32
    private let state: Mutex<State>

    init(pid: pid_t, socket: Int32) {
        self.socket = socket
        state = Mutex(State(pid: pid))
    }

    // MARK: - Bytes

    /// Waits for bytes; 0 at the end.
    ///
    /// - Parameter soon: a call has just been answered, and the next often follows within microseconds.
    func receive(_ into: UnsafeMutableRawBufferPointer, soon: Bool) -> Int {
        var looks = soon ? Wire.looks : 0
        while true {
            let count = recv(socket, into.baseAddress, into.count, looks > 0 ? Int32(MSG_DONTWAIT) : 0)
            if count < 0 && errno == EAGAIN {
                looks -= 1
                sched_yield()
                continue
            }
            if count < 0 && errno == EINTR { continue }
            return max(0, count)
        }
    }

    /// Sends whole frames in the order of the calls. To a worker that has ended they are sent in vain.
    func send(_ bytes: [UInt8]) {
        let startsSender = state.withLock { state in
            guard state.open else { return false }
            if !state.unsent.isEmpty {
                // One that asks and asks and takes no answer is no worker any more; the answers are held here.
                if state.unsent.count + bytes.count > Wire.unsent {
                    state.end(socket)
                } else {
                    state.unsent += bytes
                }
                return false
            }
            let sent = bytes.withUnsafeBytes { sendNow($0) }
            guard let sent, sent < bytes.count else { return false }
            state.unsent = Array(bytes[sent...])
            defer { state.hasSender = true }
            return !state.hasSender
        }
        if startsSender { startThread(stack: 1 << 18) { [self] in sendRest() } }
    }

    /// How many bytes were taken; `nil`: nobody takes any more.
    private func sendNow(_ bytes: UnsafeRawBufferPointer) -> Int? {
        var sent = 0
        while sent < bytes.count {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[sent...])
            let count = Glibc.send(socket, rest.baseAddress, rest.count, Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL))
            if count >= 0 {
                sent += count
            } else if errno == EAGAIN {
                break
            } else if errno != EINTR {
                return nil
            }
        }
        return sent
    }

    private func sendRest() {
        while true {
            var poll = pollfd(fd: socket, events: Int16(POLLOUT), revents: 0)
            _ = Glibc.poll(&poll, 1, 100)
            let done = state.withLock { state in
                if state.open, let sent = state.unsent.withUnsafeBytes({ sendNow($0) }) {
                    state.unsent.removeFirst(sent)
                } else {
                    state.unsent = []
                }
                guard state.unsent.isEmpty else { return false }
                state.hasSender = false
                return true
            }
            if done { return }
        }
    }

    // MARK: - The process

    /// Asks the worker to end its evaluation (`nil`: reminds it). It has to have reported its jail: before, nothing of it
    /// takes the signal.
    func interruptEvaluation(_ number: UInt64, _ reason: LuaKill?) {
        state.withLock { state in
            if let pid = state.pid { LuaInterrupt.interrupt(process: pid, reason, evaluation: number) }
        }
    }

    /// Asks the worker to end its machine: the frame of the request reaches it when it waits, the signal when it runs.
    func interrupt(_ reason: LuaKill) {
        state.withLock { state in
            if let pid = state.pid { LuaInterrupt.signal(process: pid, reason) }
        }
    }

    /// Ends the worker at once. What it has sent can still be received.
    func terminate() {
        state.withLock { $0.end(socket) }
    }

    /// Nanoseconds that the worker has computed; `nil` when it has ended.
    func processorTime() -> UInt64? {
        state.withLock { state in
            guard let pid = state.pid else { return nil }
            let time = spawn_processor_time(pid)
            return time == .max ? nil : time
        }
    }

    /// Collects the worker, which has ended or is about to, and closes the socket. Called once, by the reader.
    ///
    /// - Returns: the exit status, or minus the number of the signal that ended it.
    func collect() -> Int32 {
        guard let pid = state.withLock({ $0.pid }) else { return .min }
        spawn_await(pid)
        return state.withLock { state in
            state.pid = nil
            state.open = false
            close(socket)
            return spawn_wait(pid)
        }
    }
}
