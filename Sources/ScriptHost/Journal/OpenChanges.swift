import Clocks
import Synchronization

/// Changes that an earlier process of the run has sent, and of which nobody knows yet what became of them: a run that goes
/// on and is interrupted looks at them first, and sends nothing else meanwhile.
final class OpenChanges: Sendable {
    private struct State {
        var open: Set<UInt64>
        var stop: (@Sendable () -> Void)?
    }

    private let state: Mutex<State>

    init(_ calls: Set<UInt64>) { state = Mutex(State(open: calls)) }

    /// Stops the run as soon as nothing is open.
    func whenSettled(_ stop: @escaping @Sendable () -> Void) {
        let isSettled = state.withLock { state in
            if state.stop == nil { state.stop = stop }
            return state.open.isEmpty
        }
        if isSettled { stop() }
    }

    /// It is known now, or it is known that it cannot be.
    func settled(_ call: UInt64) {
        let stop = state.withLock { state in
            state.open.remove(call) != nil && state.open.isEmpty ? state.stop : nil
        }
        stop?()
    }

    /// Keeps another call waiting while the run is only there to look.
    ///
    /// - Throws: if the run is stopped by then.
    func pass(_ clock: any HostClock) async throws {
        guard state.withLock({ $0.stop != nil }) else { return }
        while state.withLock({ !$0.open.isEmpty }) { try await clock.sleep(for: .milliseconds(50)) }
        throw CancellationError()
    }
}
