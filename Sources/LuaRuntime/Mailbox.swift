internal import Synchronization

/// Where the replies of a run arrive, or what its worker says; its driver waits here.
final class Mailbox<Item: Sendable>: Sendable {
    private struct State {
        var items: [Item] = []
        var open = false
        var waiter: UnsafeContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    func put(_ item: Item) {
        let waiter = state.withLock { state in
            state.items.append(item)
            return state.waiter.take()
        }
        waiter?.resume()
    }

    /// From now on nobody waits here: the run, or its evaluation, is to end.
    func open() {
        let waiter = state.withLock { state in
            state.open = true
            return state.waiter.take()
        }
        waiter?.resume()
    }

    /// A new evaluation: what came for the last one is gone, and one waits here again.
    func reset() {
        state.withLock { state in
            state.items = []
            state.open = false
        }
    }

    /// Takes what there is, at once.
    func takeNow() -> [Item] {
        state.withLock { state in
            let items = state.items
            state.items = []
            return items
        }
    }

    /// Waits until there is something to take, or the mailbox is open.
    func wait() async {
        await withUnsafeContinuation { continuation in
            let ready = state.withLock { state in
                if state.open || !state.items.isEmpty { return true }
                state.waiter = continuation
                return false
            }
            if ready { continuation.resume() }
        }
    }
}
