import Dispatch
import Foundation
import Synchronization

/// Ctrl-C and SIGTERM: the first ends the run in an orderly way, the second at once.
final class Interrupts: Sendable {
    private struct State {
        var count = 0
        var stop: (@Sendable () -> Void)?
        var giveUp: (@Sendable () -> Int32)?
    }

    private let state = Mutex(State())
    // Filled before the run starts and read after it has ended.
    private nonisolated(unsafe) var sources: [any DispatchSourceSignal] = []
    private let terminal: Terminal

    init(_ terminal: Terminal) {
        self.terminal = terminal
    }

    var isInterrupted: Bool {
        state.withLock { $0.count > 0 }
    }

    /// From now on the signals are taken.
    func listen() {
        sources = SignalEvents.take([SIGINT, SIGTERM], label: "iwlua.signals") { [self] _ in interrupt() }
    }

    /// Says what an interruption stops; one that has come already stops it at once.
    ///
    /// - Parameter giveUp: the second one's last words; returns the exit code.
    func attach(_ stop: @escaping @Sendable () -> Void, giveUp: @escaping @Sendable () -> Int32) {
        let isInterrupted = state.withLock { state in
            state.stop = stop
            state.giveUp = giveUp
            return state.count > 0
        }
        if isInterrupted { stop() }
    }

    func stop() {
        for source in sources { source.cancel() }
    }

    private func interrupt() {
        let (count, stop, giveUp) = state.withLock { state in
            state.count += 1
            return (state.count, state.stop, state.giveUp)
        }
        if count > 1 { ProgramEnd.now(giveUp?() ?? 130) }
        Terminal.error(
            terminal.say(
                "\ninterrupted: waiting for what is on its way (again to stop at once)\n",
                "\n중단: 이미 보낸 요청을 기다립니다(다시 누르면 즉시 종료)\n"))
        stop?()
    }
}
