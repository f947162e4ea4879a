internal import Synchronization

/// A Lua state that lives across evaluations: for a prompt, or a program that keeps its variables.
///
/// ```swift
/// let session = LuaSession(host)
/// _ = try await session.evaluate("count = 41")
/// let values = try await session.evaluate("count = count + 1 return count")   // [42]
/// session.close()
/// ```
///
/// Globals live on after an evaluation that finishes, fails or is interrupted; its tasks end with it. The limits of the
/// host for calls, output, tasks, processor and wall time hold for each evaluation, and passing one of the first three or
/// either time interrupts it (`tasks` is an error, as in a run). The limit of memory holds for the whole state, and passing
/// it ends the session: a state without memory could not go on.
public final class LuaSession: Sendable {
    private struct State {
        var evaluating = false
        var over: LuaSessionEnded?
    }

    private let shell: RunShell
    let control: any RunControl
    private let state = Mutex(State())

    /// Makes a session. Its state, and its worker if ``LuaHost/execution`` asks for one, are made by the first evaluation.
    ///
    /// - Parameter seed: for `math.random`.
    public init(_ host: LuaHost, seed: UInt64 = .random(in: .min ... .max)) {
        shell = RunShell(host: host, seed: seed, events: nil, session: true)
        control = shell.makeControl()
    }

    deinit { control.close() }

    /// Runs a text in the session's state. One at a time: a second one beside it is an error.
    ///
    /// Cancelling the task that waits here interrupts the evaluation, as ``interrupt()`` does.
    ///
    /// - Parameters:
    ///   - name: the chunk's name in positions.
    ///   - arguments: what `...` holds.
    /// - Returns: what the text returns.
    /// - Throws: ``LuaError`` if it fails and ``LuaInterrupted`` if it was interrupted: the state lives. ``LuaKilled`` if
    ///   the state had to go: it did not end when it was interrupted, was out of memory, or its worker died.
    ///   ``LuaSessionEnded`` in a session that has ended before.
    public func evaluate(
        _ source: String, name: String = "input", arguments: [LuaValue] = []
    ) async throws -> [LuaValue] {
        try await evaluate(source, name: name, arguments: arguments) {}
    }

    /// The same, with a hook for who watches over the evaluation.
    ///
    /// - Parameter begun: called once before the text runs, when ``interrupt()`` reaches the evaluation already and
    ///   ``LuaHost/activity`` has begun: what comes earlier would be lost, and a clock could run on.
    package func evaluate(
        _ source: String, name: String, arguments: [LuaValue], begun: () -> Void
    ) async throws -> [LuaValue] {
        try state.withLock { state in
            if let over = state.over { throw over }
            if state.evaluating { throw LuaError(.limit, "the session is evaluating something already") }
            state.evaluating = true
            control.begin()
        }
        begun()
        let script = LuaHost.Script(source: source, name: name, arguments: arguments)
        let task = Task(executorPreference: control.executor) { [shell, control] in
            defer { control.rest() }
            return try await shell.run(control, script)
        }
        let result = await withTaskCancellationHandler {
            await task.result
        } onCancel: {
            control.interrupt(.cancelled)
        }
        let closes = state.withLock { state in
            state.evaluating = false
            if case .failure(let error) = result, let killed = error as? LuaKilled {
                state.over = state.over ?? LuaSessionEnded(cause: killed)
            }
            return state.over != nil
        }
        if closes { control.close() }
        return try result.get()
    }

    /// Ends the evaluation that runs, or waits for the host, and keeps the state; without one it does nothing.
    ///
    /// It returns at once and may be called from any thread (from a signal's handler through a task or a dispatch source).
    /// `evaluate` then throws ``LuaInterrupted``, or ``LuaKilled`` if the evaluation could not be ended within 200 ms: the
    /// session is over then and its variables are gone.
    public func interrupt() { control.interrupt(.cancelled) }

    /// Ends the session, and the evaluation that runs; its worker with it.
    public func close() {
        let busy = state.withLock { state in
            state.over = state.over ?? LuaSessionEnded(cause: nil)
            return state.evaluating
        }
        if busy { control.kill(.stopped) } else { control.close() }
    }

    /// Why the session is over; `nil` while it lives.
    public var ended: LuaSessionEnded? { state.withLock { $0.over } }

    /// What the last evaluation has used until its last slice ended; `memory` is the most that the state has held.
    public var usage: LuaUsage { control.usage }

    /// What the session's worker is locked up by. `nil` in this process, and before the first evaluation.
    public var jail: JailReport? { control.jail }
}

/// An evaluation was ended from outside; the session's state lives.
public struct LuaInterrupted: Error, Sendable, Hashable, CustomStringConvertible {
    /// `cancelled` for ``LuaSession/interrupt()``, else the limit that was passed.
    public var reason: LuaKill
    /// The line that was running, if one was.
    public var position: LuaPosition?

    public init(reason: LuaKill, position: LuaPosition? = nil) {
        self.reason = reason
        self.position = position
    }

    public var description: String {
        let what =
            switch reason {
            case .cpu: "interrupted: out of processor time"
            case .calls: "interrupted: too many calls"
            case .output: "interrupted: too much output"
            case .deadline: "interrupted: out of time"
            default: "interrupted"
            }
        return position.map { "\($0): \(what)" } ?? what
    }
}

/// A session has ended, and its variables are gone.
public struct LuaSessionEnded: Error, Sendable, Hashable, CustomStringConvertible {
    /// What ended it; `nil`: ``LuaSession/close()``.
    public var cause: LuaKilled?

    public init(cause: LuaKilled?) { self.cause = cause }

    public var description: String {
        guard let cause else { return "the session is closed" }
        return "the session has ended and its variables are gone (\(cause))"
    }
}
