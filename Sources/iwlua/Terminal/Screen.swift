import Foundation
import Glibc
import Synchronization

/// The one owner of what a person sees: lines of text, a status line that is drawn again in place, and a question.
///
/// While a question is open nothing is written over it: text waits for the answer, and no status line is drawn.
final class Screen: Sendable {
    static let shared = Screen()

    /// What became of a question.
    enum Reply: Sendable, Equatable {
        case line(String)
        /// There is nothing more to read.
        case end
        /// Nobody wants the answer any more, or the terminal has gone.
        case calledOff
    }

    private struct State {
        var isStatusShown = false
        var isAsking = false
        /// What is to be written when the question has been answered.
        var held: [(text: TerminalText, descriptor: Int32)] = []
        /// Why a result could not be written.
        var failure: Int32?
    }

    private static let eraseLine = "\r\u{1B}[K"

    private let state = Mutex(State())

    private init() {}

    /// Why results were lost.
    var failure: Int32? { state.withLock { $0.failure } }

    var isAsking: Bool { state.withLock { $0.isAsking } }

    // MARK: Text

    func write(_ text: TerminalText, to descriptor: Int32) {
        state.withLock { state in
            if state.isAsking {
                state.held.append((text, descriptor))
            } else {
                clearStatus(&state)
                put(text, to: descriptor, &state)
            }
        }
    }

    /// Writes what waits for the end of a question, which the end of the program is.
    func release() {
        state.withLock { flush(&$0) }
    }

    private func flush(_ state: inout State) {
        state.isAsking = false
        for (text, descriptor) in state.held { put(text, to: descriptor, &state) }
        state.held = []
    }

    private func put(_ text: TerminalText, to descriptor: Int32, _ state: inout State) {
        let problem = WholeWrite.write(Array(text.written.utf8), to: descriptor)
        // A reader that went away (`| head`) is no reason to fail; and of errors there is nobody to tell.
        if problem != 0, problem != EPIPE, descriptor == STDOUT_FILENO { state.failure = state.failure ?? problem }
    }

    // MARK: The status line

    /// Draws the status line in the place of the one before.
    func draw(_ line: TerminalText) {
        state.withLock { state in
            guard !state.isAsking else { return }
            state.isStatusShown = true
            _ = WholeWrite.write(Array((Self.eraseLine + line.written).utf8), to: STDERR_FILENO)
        }
    }

    /// Takes the status line away.
    func clearStatus() { state.withLock { clearStatus(&$0) } }

    private func clearStatus(_ state: inout State) {
        guard state.isStatusShown else { return }
        state.isStatusShown = false
        _ = WholeWrite.write(Array(Self.eraseLine.utf8), to: STDERR_FILENO)
    }

    // MARK: Questions

    /// Asks, and reads a line. Blocks its thread for as long as the person takes; one question is open at a time.
    ///
    /// - Parameter isCalledOff: Looked at ten times a second.
    func ask(_ question: TerminalText, isCalledOff: () -> Bool) -> Reply {
        while !open(question) {
            if isCalledOff() { return .calledOff }
            usleep(20_000)
        }
        let reply = read(isCalledOff)
        state.withLock { state in
            // The line break of an answer is the person's.
            if case .line = reply {} else { put("\n", to: STDERR_FILENO, &state) }
            flush(&state)
        }
        return reply
    }

    private func open(_ question: TerminalText) -> Bool {
        state.withLock { state in
            guard !state.isAsking else { return false }
            clearStatus(&state)
            put(question, to: STDERR_FILENO, &state)
            state.isAsking = true
            return true
        }
    }

    private func read(_ isCalledOff: () -> Bool) -> Reply {
        var input = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
        while poll(&input, 1, 100) <= 0 {
            if isCalledOff() { return .calledOff }
        }
        if isCalledOff() || Int32(input.revents) & POLLHUP != 0 { return .calledOff }
        return readLine().map(Reply.line) ?? .end
    }
}
