import Glibc
import Synchronization

/// Signals that matter while a line is read, as bytes in a pipe. Taken only then, and given back after.
///
/// A signal that would end the process puts the terminal in order and then does so. One that somebody else handles or
/// ignores is left alone.
enum TerminalSignals {
    /// Where the bytes go; -1 for nowhere.
    private static let target = Atomic<Int32>(-1)
    private static let told: [Int32] = [SIGWINCH, SIGCONT, SIGTSTP]
    private static let fatal: [Int32] = [SIGHUP, SIGINT, SIGQUIT, SIGTERM]

    struct Saved {
        fileprivate var actions: [(number: Int32, action: sigaction)] = []
    }

    static func take(pipe: Int32) -> Saved {
        target.store(pipe, ordering: .releasing)
        var saved = Saved()
        for number in told { replace(number, with: tell, in: &saved) }
        for number in fatal { replace(number, with: end, in: &saved) }
        return saved
    }

    static func giveBack(_ saved: Saved) {
        for (number, action) in saved.actions {
            var action = action
            sigaction(number, &action, nil)
        }
        target.store(-1, ordering: .releasing)
    }

    private static func replace(
        _ number: Int32, with handler: @escaping @convention(c) (Int32) -> Void, in saved: inout Saved
    ) {
        var old = sigaction()
        guard sigaction(number, nil, &old) == 0 else { return }
        let isDefault = old.__sigaction_handler.sa_handler.map { unsafeBitCast($0, to: Int.self) == 0 } ?? true
        guard isDefault else { return }
        var new = sigaction()
        new.__sigaction_handler.sa_handler = handler
        new.sa_flags = SA_RESTART
        sigaction(number, &new, nil)
        saved.actions.append((number, old))
    }

    // Both run in signal handlers: only atomics, write(2) and what else POSIX allows there.
    private static let tell: @convention(c) (Int32) -> Void = { number in
        let code = errno
        let pipe = target.load(ordering: .acquiring)
        var byte = UInt8(truncatingIfNeeded: number)
        if pipe >= 0 { _ = write(pipe, &byte, 1) }
        errno = code
    }

    private static let end: @convention(c) (Int32) -> Void = { number in
        RawMode.leave()
        signal(number, SIG_DFL)
        raise(number)
    }
}
