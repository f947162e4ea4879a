import Foundation
import Glibc

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

    struct Failure: Error {
        var code: Int32
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
        var (master, slave): (Int32, Int32) = (-1, -1)
        var size = winsize(
            ws_row: UInt16(height), ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
        guard openpty(&master, &slave, nil, nil, &size) == 0 else { throw Failure(code: errno) }
        defer { close(slave) }
        _ = fcntl(master, F_SETFD, FD_CLOEXEC)
        _ = fcntl(slave, F_SETFD, FD_CLOEXEC)
        let name = ttyname(slave).map { String(cString: $0) } ?? ""
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        // Opened by a session's leader, it becomes the terminal of the session.
        posix_spawn_file_actions_addopen(&actions, 0, name, O_RDWR, 0)
        posix_spawn_file_actions_adddup2(&actions, 0, 1)
        posix_spawn_file_actions_adddup2(&actions, 0, 2)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigdefault(&attributes, &all)
        let newSession: Int16 = 0x80  // POSIX_SPAWN_SETSID, which the header has only for GNU sources
        posix_spawnattr_setflags(
            &attributes, newSession | Int16(POSIX_SPAWN_SETSIGMASK) | Int16(POSIX_SPAWN_SETSIGDEF))
        let variables = ["TERM": "xterm-256color", "PATH": "/usr/bin:/bin"].merging(environment) { $1 }
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        var settings: [UnsafeMutablePointer<CChar>?] = variables.map { strdup("\($0)=\($1)") } + [nil]
        defer { for text in arguments + settings { free(text) } }
        var process: pid_t = 0
        let code = posix_spawn(&process, words[0], &actions, &attributes, &arguments, &settings)
        guard code == 0 else {
            close(master)
            throw Failure(code: code)
        }
        _ = fcntl(master, F_SETFL, O_NONBLOCK)
        self.master = master
        unownedExecutor = executor.asUnownedSerialExecutor()
        self.process = process
        screen = VirtualScreen(columns: columns, height: height)
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
        guard waitid(P_PID, id_t(process), &info, WEXITED | WNOWAIT) == 0 else { throw Failure(code: errno) }
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
