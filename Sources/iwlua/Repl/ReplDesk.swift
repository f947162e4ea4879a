import Clocks
import Foundation
import Gate
import ScriptHost
import Synchronization

/// What the parts of a prompt share, and change while it runs.
final class ReplDesk: Sendable {
    private struct State {
        var terminal: Terminal
        var session: ReplSession?
        /// Until when changes are made without asking.
        var writesUntil: Duration?
        var requests = 0
        var isInterrupted = false
        /// What runs in the place of an evaluation.
        var stop: (@Sendable () -> Void)?
    }

    private let state: Mutex<State>
    /// `--yes`: what is granted needs no question.
    let asksNever: Bool

    init(_ terminal: Terminal, asksNever: Bool) {
        state = Mutex(State(terminal: terminal))
        self.asksNever = asksNever
    }

    var terminal: Terminal {
        get { state.withLock { $0.terminal } }
        set { state.withLock { $0.terminal = newValue } }
    }

    var session: ReplSession? {
        get { state.withLock { $0.session } }
        set { state.withLock { $0.session = newValue } }
    }

    /// Opens writing until a moment of the clock; nil closes it.
    var writesUntil: Duration? {
        get { state.withLock { $0.writesUntil } }
        set { state.withLock { $0.writesUntil = newValue } }
    }

    /// Whether changes are made without asking now.
    func writes(at elapsed: Duration) -> Bool {
        asksNever || state.withLock { $0.writesUntil.map { elapsed < $0 } ?? false }
    }

    // MARK: Requests, for `:time`

    func countRequest() { state.withLock { $0.requests += 1 } }
    var requests: Int { state.withLock { $0.requests } }

    // MARK: Ctrl-C

    /// An evaluation begins: an interruption from now on is for it.
    func begin() { state.withLock { $0.isInterrupted = false } }

    var isInterrupted: Bool { state.withLock { $0.isInterrupted } }

    /// What Ctrl-C ends in the place of an evaluation; nil: an evaluation again.
    func attach(_ stop: (@Sendable () -> Void)?) { state.withLock { $0.stop = stop } }

    func interrupt() {
        let (session, stop) = state.withLock { state in
            state.isInterrupted = true
            return (state.session, state.stop)
        }
        if let stop { stop() } else { session?.interrupt() }
    }
}

/// Ctrl-C interrupts an evaluation and nothing else; SIGTERM and SIGHUP end the session when what is on its way has been
/// answered, and a second one at once.
final class ReplSignals {
    // Filled once, before anything is evaluated.
    private let sources: [any DispatchSourceSignal]

    /// - Parameter leave: ends the session in an orderly way.
    init(_ desk: ReplDesk, leave: @escaping @Sendable () async -> Void) {
        let queue = DispatchQueue(label: "iwlua.repl.signals")
        let isLeaving = Mutex(false)
        sources = [SIGINT, SIGTERM, SIGHUP].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler {
                desk.interrupt()
                guard number != SIGINT else { return }
                let isSecond = isLeaving.withLock { isLeaving in
                    defer { isLeaving = true }
                    return isLeaving
                }
                if isSecond { ProgramEnd.now(130) }
                Task {
                    await leave()
                    ProgramEnd.now(130)
                }
            }
            source.resume()
            return source
        }
    }
}
