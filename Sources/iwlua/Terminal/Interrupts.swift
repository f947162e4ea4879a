import Dispatch
import Foundation
import Synchronization

/// Ctrl-C, SIGTERM and SIGHUP: the first ends the run in an orderly way, the second at once.
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

    private init(_ terminal: Terminal) {
        self.terminal = terminal
    }

    /// One that takes the signals already.
    static func listening(_ terminal: Terminal) -> Interrupts {
        let interrupts = Interrupts(terminal)
        interrupts.listen()
        return interrupts
    }

    var isInterrupted: Bool {
        state.withLock { $0.count > 0 }
    }

    /// From now on the signals are taken.
    private func listen() {
        sources = SignalEvents.take(SignalEvents.ending, label: "iwlua.signals") { [self] _ in interrupt() }
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

    /// Nothing is under way that an interruption could stop.
    func detach() {
        state.withLock { ($0.stop, $0.giveUp) = (nil, nil) }
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
        // At a question before a run there is nothing to wait for.
        guard stop != nil || !Screen.shared.isAsking else { return }
        // Behind an open question there is a line break already.
        let lead: TerminalText = Screen.shared.isAsking ? "" : "\n"
        Terminal.error(
            lead
                + terminal.say(
                    "interrupted: waiting for what is on its way (again to stop at once)\n",
                    "중단: 이미 보낸 요청을 기다립니다(다시 누르면 즉시 종료)\n"))
        stop?()
    }
}
