import Clocks
import Foundation
import Gate
import ScriptHost
import Synchronization

/// What the parts of a prompt share, and change while it runs.
final class ReplDesk: Sendable {
    private struct State {
        var terminal: Terminal
        /// The one in use.
        var bench: ReplBench?
        /// Until when changes are made without asking.
        var writesUntil: Duration?
        var requests = 0
        var isInterrupted = false
        /// What runs in the place of an evaluation.
        var stop: (@Sendable () -> Void)?
        /// A text was read, and what follows it is not shown yet.
        var isAnswering = false
        /// A signal ends the program.
        var isLeaving = false
        var closing: Task<Void, Never>?
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

    var bench: ReplBench? {
        get { state.withLock { $0.bench } }
        set { state.withLock { $0.bench = newValue } }
    }

    var session: ReplSession? { bench?.session }

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
            return (state.bench?.session, state.stop)
        }
        if let stop { stop() } else { session?.interrupt() }
    }

    // MARK: The end

    func beginAnswer() { state.withLock { $0.isAnswering = true } }

    /// - Returns: Whether a signal has come meanwhile that ends the program.
    func endAnswer() -> Bool {
        state.withLock { state in
            state.isAnswering = false
            return state.isLeaving
        }
    }

    var isLeaving: Bool { state.withLock { $0.isLeaving } }

    var isClosing: Bool { state.withLock { $0.closing != nil } }

    /// A signal ends the program.
    ///
    /// - Returns: Whether a text is answered. Then what it had done by then is shown first, unless the signal comes again.
    func leave() -> Bool {
        state.withLock { state in
            defer { state.isLeaving = true }
            return state.isAnswering && !state.isLeaving
        }
    }

    /// Ends the session, once: whoever asks later waits for the same end.
    func close() async {
        let closing = state.withLock { state in
            let bench = state.bench
            let closing = state.closing ?? Task { await bench?.close() }
            state.closing = closing
            return closing
        }
        await closing.value
    }
}

/// Ctrl-C interrupts an evaluation and nothing else; SIGTERM and SIGHUP end the session when what is on its way has been
/// answered, and a second one at once.
final class ReplSignals {
    // Filled once, before anything is evaluated.
    private let sources: [any DispatchSourceSignal]

    init(_ desk: ReplDesk) {
        sources = SignalEvents.take(SignalEvents.ending, label: "iwlua.repl.signals") { number in
            // It ends already, and is told so once more.
            if number != SIGINT, desk.isClosing { ProgramEnd.now(130) }
            let isShownFirst = number == SIGINT || desk.leave()
            desk.interrupt()
            guard !isShownFirst else { return }
            Task {
                await desk.close()
                ProgramEnd.now(130)
            }
        }
    }
}
