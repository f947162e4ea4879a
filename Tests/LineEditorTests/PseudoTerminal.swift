import Foundation
import Glibc
import TestSupport

@testable import LineEditor

/// A program at a terminal of its own, and a person who types and looks. Waits on a thread of its own, not on one of those
/// that all tests share.
actor PseudoTerminal {
    struct Unseen: Error, CustomStringConvertible {
        var screen: VirtualScreen
        var description: String {
            "after \(PseudoTerminal.patience) s the screen is, with the cursor at \(screen.row),\(screen.column):\n"
                + screen.lines.joined(separator: "\n")
        }
    }

    /// Seconds; only a test that fails waits so long.
    static let patience = 30.0

    nonisolated let unownedExecutor: UnownedSerialExecutor
    private let executor = ThreadExecutor()
    private let master: Int32
    let process: pid_t
    private(set) var screen: VirtualScreen

    static let probe: String = {
        // The test bundle lies beside the products of the same build.
        let bundle = URL(fileURLWithPath: ProcessInfo.processInfo.arguments[0]).deletingLastPathComponent()
        let beside = bundle.appendingPathComponent("LineEditorProbe").path
        if FileManager.default.isExecutableFile(atPath: beside) { return beside }
        return URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent(".build/debug/LineEditorProbe").path
    }()

    init(
        _ words: [String] = [PseudoTerminal.probe], environment: [String: String] = [:], columns: Int = 40,
        height: Int = 12
    ) throws {
        let device = try TerminalDevice(columns: columns, rows: height)
        master = device.keyboard
        unownedExecutor = executor.asUnownedSerialExecutor()
        screen = VirtualScreen(columns: columns, height: height)
        do {
            process = try spawn(
                words, environment: ["TERM": "xterm-256color", "PATH": "/usr/bin:/bin"].merging(environment) { $1 },
                files: Array(repeating: (device.path, O_RDWR), count: 3), leadsSession: true)
        } catch {
            close(device.keyboard)
            throw error
        }
        _ = fcntl(master, F_SETFL, O_NONBLOCK)
    }

    deinit {
        kill(process, SIGKILL)
        var status: Int32 = 0
        waitpid(process, &status, 0)
        close(master)
    }

    /// Writes all of it, and takes what comes meanwhile.
    func type(_ text: String) throws {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            var source = pollfd(fd: master, events: Int16(POLLIN | POLLOUT), revents: 0)
            guard poll(&source, 1, Int32(Self.patience * 1000)) > 0 else { throw Unseen(screen: screen) }
            if source.revents & Int16(POLLIN) != 0 { _ = take() }
            guard source.revents & Int16(POLLOUT) != 0 else { continue }
            let count = rest.prefix(1024).withUnsafeBytes { write(master, $0.baseAddress, $0.count) }
            if count > 0 { rest = rest.dropFirst(count) }
        }
    }

    /// Waits until the screen is as wanted.
    func see(_ isWanted: @Sendable (VirtualScreen) -> Bool) throws {
        let end = ContinuousClock.now + .seconds(Self.patience)
        while !isWanted(screen) {
            var source = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
            guard ContinuousClock.now < end, poll(&source, 1, 1000) >= 0 else { throw Unseen(screen: screen) }
            if source.revents != 0, !take() { throw Unseen(screen: screen) }
        }
    }

    /// Waits until these rows, and nothing else, are seen, with the cursor at a place.
    func see(_ lines: [String], cursor: (row: Int, column: Int)) throws {
        try see { $0.lines == lines && ($0.row, $0.column) == cursor }
    }

    /// Waits for the end of the program.
    ///
    /// - Returns: its exit code, or the signal that ended it, negative.
    func end() throws -> Int32 {
        while take(waiting: true) {}
        var info = siginfo_t()
        guard waitid(P_PID, id_t(process), &info, WEXITED | WNOWAIT) == 0 else {
            throw SystemFailure(call: "waitid", code: errno)
        }
        return info.si_code == CLD_EXITED ? info._sifields._sigchld.si_status : -info._sifields._sigchld.si_status
    }

    func resize(columns: Int) {
        screen.resize(columns: columns)
        var size = winsize(ws_row: UInt16(screen.height), ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(master, UInt(TIOCSWINSZ), &size)
    }

    /// Whether the terminal echoes and edits lines itself, as it does outside the editor.
    var isCooked: Bool {
        var mode = termios()
        tcgetattr(master, &mode)
        return mode.c_lflag & tcflag_t(ICANON | ECHO | ISIG) == tcflag_t(ICANON | ECHO | ISIG)
    }

    /// - Returns: false when the program has gone.
    private func take(waiting: Bool = false) -> Bool {
        var source = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
        if waiting, poll(&source, 1, Int32(Self.patience * 1000)) <= 0 { return false }
        var buffer = [UInt8](repeating: 0, count: 65536)
        let count = read(master, &buffer, buffer.count)
        if count > 0 { screen.feed(Array(buffer[..<count])) }
        return count > 0 || errno == EAGAIN
    }
}
