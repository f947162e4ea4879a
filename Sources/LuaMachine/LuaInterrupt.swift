internal import CLuaFence

/// Ends a machine, or its evaluation, from another thread.
///
/// A request is seen when the machine advances next, when its running coroutine changes and in every loop of the
/// fence's own library functions. A loop of plain Lua is reached by the signal: after the request, send the signal of
/// ``installSignal(_:)`` to the thread that runs the machine (`pthread_kill`).
public final class LuaInterrupt: @unchecked Sendable {
    // Sendable: the control block is reference counted and has atomic fields only.
    let control: OpaquePointer

    public init() {
        guard let control = clf_control_create() else { preconditionFailure("no memory for a control block") }
        self.control = control
    }

    deinit { clf_control_release(control) }

    /// Asks the machine to die. The first reason stays.
    public func kill(_ reason: LuaKill) { clf_control_kill(control, reason.rawValue) }

    /// The reason that was asked for, if any.
    public var reason: LuaKill? { LuaKill(rawValue: Int32(clf_control_reason(control))) }

    /// Asks the machine to end its evaluation and stay alive: the step's state is then `interrupted`. The first reason
    /// stays until the machine has seen it.
    ///
    /// No script can catch it: the coroutines that run are left where they stand and closed as `coroutine.close` does.
    /// Their `__close` handlers run; one that loops can be interrupted again, or the machine be killed. While a host
    /// function is being served, or the text of a script compiled, it has to wait.
    public func interrupt(_ reason: LuaKill = .cancelled) { clf_control_interrupt(control, reason.rawValue) }

    /// The reason of an interrupt that was asked for and has not been seen yet.
    public var interruption: LuaKill? { LuaKill(rawValue: Int32(clf_control_interruption(control))) }

    /// Takes an interrupt back that has not been seen yet: it was meant for an evaluation that has ended.
    public func withdraw() { clf_control_withdraw(control) }

    /// Asks the machine to end its slice between two tasks: the step's state is then `yielded`.
    public func yieldSlice() { clf_control_yield(control) }

    /// Installs the handler of the signal that stops a loop. Call it once in a process.
    ///
    /// - Parameter number: a signal nobody else uses; 0 means the default real-time signal.
    /// - Returns: the number, or `nil` if it could not be installed or is not used (ThreadSanitizer builds count
    ///   instructions instead).
    public static func installSignal(_ number: Int32 = 0) -> Int32? {
        let number = clf_install_signal(number)
        return number > 0 ? number : nil
    }

    /// Lets the signal through on the calling thread. A thread that runs machines has to do so once: threads started
    /// from Swift's own pool block all signals.
    public static func admitSignal(_ number: Int32) { clf_admit_signal(number) }

    // MARK: - A process that runs one machine

    /// Lets another process end this one's machine by ``signal(process:_:)``, and its own timer do so.
    ///
    /// - Returns: false if the system has no such signal or timer.
    package func serveProcess() -> Bool {
        let serves = clf_serve_process_signal(control)
        return clf_make_process_timer() && serves
    }

    /// Kills with ``LuaKill/cpu`` when this process has used that much more processor time, in nanoseconds.
    @discardableResult
    package static func startProcessTimer(nanoseconds: UInt64) -> Bool {
        clf_start_process_timer(max(1, nanoseconds), false)
    }

    /// Interrupts with ``LuaKill/cpu`` when it has used that much more; `nil`: not any more.
    @discardableResult
    package static func startEvaluationTimer(nanoseconds: UInt64?) -> Bool {
        clf_start_process_timer(nanoseconds.map { max(1, $0) } ?? 0, true)
    }

    /// Another evaluation is about to begin in this process: what was asked of the one before is withdrawn.
    package static func nextEvaluation() { clf_next_evaluation() }

    /// Asks the machine of another process to die; false: there is no such process.
    @discardableResult
    package static func signal(process: Int32, _ reason: LuaKill) -> Bool {
        clf_signal_process(Int64(process), reason.rawValue)
    }

    /// Asks the machine of another process to end an evaluation; `nil`: to look for what it was asked for before.
    ///
    /// - Parameter evaluation: its number, from 1 (``nextEvaluation()``).
    @discardableResult
    package static func interrupt(process: Int32, _ reason: LuaKill?, evaluation: UInt64) -> Bool {
        clf_interrupt_process(Int64(process), reason?.rawValue ?? 0, evaluation)
    }
}
