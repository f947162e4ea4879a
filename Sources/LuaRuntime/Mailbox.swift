internal import Synchronization

/// Where the replies of a run arrive; its driver waits here.
final class Mailbox: Sendable {
    private struct State {
        var replies: [LuaReply] = []
        var open = false
        var waiter: UnsafeContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    func put(_ reply: LuaReply) {
        let waiter = state.withLock { state in
            state.replies.append(reply)
            return state.waiter.take()
        }
        waiter?.resume()
    }

    /// From now on nobody waits here: the run is to end.
    func open() {
        let waiter = state.withLock { state in
            state.open = true
            return state.waiter.take()
        }
        waiter?.resume()
    }

    /// Takes what there is, at once.
    func takeNow() -> [LuaReply] {
        state.withLock { state in
            let replies = state.replies
            state.replies = []
            return replies
        }
    }

    /// Waits until there is something to take, or the mailbox is open.
    func wait() async {
        await withUnsafeContinuation { continuation in
            let ready = state.withLock { state in
                if state.open || !state.replies.isEmpty { return true }
                state.waiter = continuation
                return false
            }
            if ready { continuation.resume() }
        }
    }
}
