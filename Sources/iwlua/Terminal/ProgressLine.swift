import Clocks
import Foundation
import IwinvClient
import ScriptHost
import Synchronization

/// One line at the bottom of the terminal that is redrawn in place: done/total, requests left, time to finish.
final class ProgressLine: Sendable {
    private struct State {
        var done = 0
        var total = 0
        var text = ""
        /// When counting began, and how many were done by then.
        var began: (at: Duration, done: Int)?
        var lastDrawn: ContinuousClock.Instant?
    }

    private let clock: any HostClock
    private let requestsLeft: @Sendable () -> Int
    private let state = Mutex(State())

    init(clock: any HostClock, requestsLeft: @escaping @Sendable () -> Int) {
        self.clock = clock
        self.requestsLeft = requestsLeft
    }

    func update(done: Int, total: Int, text: String?) {
        state.withLock { state in
            if state.began == nil || total != state.total { state.began = (clock.elapsed, done) }
            state.done = done
            state.total = total
            state.text = text ?? ""
            // Ten times a second is as much as an eye wants.
            let now = ContinuousClock.now
            if done < total, let last = state.lastDrawn, now - last < .milliseconds(100) { return }
            state.lastDrawn = now
            Screen.shared.draw("\(Self.line(state, now: clock.elapsed, left: requestsLeft()))")
        }
    }

    /// Says so while requests wait for the budget: a minute of silence looks like a hang. A wait that a 429 began is said at
    /// once, in a line of its own, also without a terminal; not beside a JSON document.
    func watchingBudget(
        _ budget: any RequestBudget, _ terminal: Terminal, _ format: OutputFormat = .text
    ) -> Task<Void, Never> {
        Task { [self] in
            var reported = Duration.zero
            repeat {
                // A virtual clock does not wait.
                if format == .text, !(clock is VirtualClock), let text = BlockText(budget, clock),
                    clock.elapsed + text.left > reported + .seconds(60)
                {
                    reported = clock.elapsed + text.left
                    clear()
                    Terminal.error(text.line(terminal))
                }
                drawWait(budget)
            } while (try? await Task.sleep(for: .seconds(1))) != nil
        }
    }

    private func drawWait(_ budget: any RequestBudget) {
        guard Terminal.showsProgress, budget.remaining == 0, let wait = budget.nextFree, wait >= .seconds(1) else {
            return
        }
        state.withLock { state in
            let pause = Duration.seconds(wait.components.seconds).text
            let line = state.total > 0 ? Self.line(state, now: clock.elapsed, left: 0) + "  " : ""
            Screen.shared.draw("\(line)waiting \(pause) for the request budget")
        }
    }

    /// Takes the line away so that other text can be written.
    func clear() { Screen.shared.clearStatus() }

    /// Forgets how far it was: what was planned is not done.
    func reset() {
        state.withLock { $0 = State() }
        clear()
    }

    private static func line(_ state: State, now: Duration, left: Int) -> String {
        var parts = ["\(state.done)/\(state.total)"]
        if state.total > 0 {
            let filled = max(0, min(20, state.done * 20 / state.total))
            parts.insert(String(repeating: "█", count: filled) + String(repeating: "░", count: 20 - filled), at: 0)
        }
        parts.append("\(left) requests left")
        if let began = state.began, state.done > began.done, state.done < state.total {
            let perItem = (now - began.at) / (state.done - began.done)
            parts.append("ETA " + Duration.seconds((perItem * (state.total - state.done)).components.seconds).text)
        }
        if !state.text.isEmpty { parts.append(state.text.escapedForTerminal()) }
        let columns = Terminal.columns(of: STDERR_FILENO) ?? 80
        return parts.joined(separator: "  ").fitted(to: columns - 1).trimmingCharacters(in: .whitespaces)
    }
}
