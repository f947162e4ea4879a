import Foundation
public import Glibc

public struct SystemFailure: Error, CustomStringConvertible {
    public var call: String
    public var code: Int32

    public init(call: String, code: Int32) {
        self.call = call
        self.code = code
    }

    public var description: String { "\(call): \(String(cString: strerror(code)))" }
}

/// A terminal whose keyboard and screen the test has.
public struct TerminalDevice: Sendable {
    /// What is written here is typed, what is read here was printed. The test closes it.
    public var keyboard: Int32
    /// The file that a program opens.
    public var path: String

    public init(columns: Int, rows: Int) throws {
        var (keyboard, other): (Int32, Int32) = (-1, -1)
        // Not from `ttyname`, whose buffer all threads share.
        var name = [CChar](repeating: 0, count: 64)
        var size = winsize(ws_row: UInt16(rows), ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
        inheritance.lock()
        defer { inheritance.unlock() }
        guard openpty(&keyboard, &other, &name, nil, &size) == 0 else {
            throw SystemFailure(call: "openpty", code: errno)
        }
        _ = fcntl(keyboard, F_SETFD, FD_CLOEXEC)
        close(other)
        self.keyboard = keyboard
        path = name.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
    }
}

/// A pipe that no program inherits but those that are given an end of it.
///
/// - Returns: both ends, which the test closes.
public func privatePipe() throws -> (reading: Int32, writing: Int32) {
    var ends: [Int32] = [-1, -1]
    inheritance.lock()
    defer { inheritance.unlock() }
    guard pipe(&ends) == 0 else { throw SystemFailure(call: "pipe", code: errno) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (ends[0], ends[1])
}

/// Held while a program is started, and while there are descriptors that it would inherit.
private let inheritance = NSLock()

/// What a program has as one of its descriptors.
public enum SpawnDescriptor: Sendable {
    /// A file that is opened for it. The first terminal that a session's leader opens is the session's.
    case file(_ path: String, flags: Int32)
    /// One of the test's own.
    case descriptor(Int32)
    case closed
}

/// Starts a program with no signal held back or ignored; a test's threads hold some back, and it would inherit that.
///
/// - Parameters:
///   - descriptors: what it has as input, output and errors, and beyond.
///   - leadsSession: whether it leads a session of its own.
/// - Returns: its process, which the caller waits for.
public func spawn(
    _ words: [String], environment: [String: String], descriptors: [SpawnDescriptor], leadsSession: Bool = false
) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (number, descriptor) in descriptors.enumerated() {
        switch descriptor {
        case .file(let path, let flags):
            posix_spawn_file_actions_addopen(&actions, Int32(number), path, flags, 0o600)
        case .descriptor(let own): posix_spawn_file_actions_adddup2(&actions, own, Int32(number))
        case .closed: posix_spawn_file_actions_addclose(&actions, Int32(number))
        }
    }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var (none, all) = (sigset_t(), sigset_t())
    sigemptyset(&none)
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    let newSession: Int16 = leadsSession ? 0x80 : 0  // POSIX_SPAWN_SETSID, which the header has only for GNU sources
    posix_spawnattr_setflags(
        &attributes, newSession | Int16(POSIX_SPAWN_SETSIGMASK) | Int16(POSIX_SPAWN_SETSIGDEF))
    var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
    var settings: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0)=\($1)") } + [nil]
    defer { for text in arguments + settings { free(text) } }
    var process: pid_t = 0
    let code = inheritance.withLock {
        posix_spawn(&process, words[0], &actions, &attributes, &arguments, &settings)
    }
    guard code == 0 else { throw SystemFailure(call: "posix_spawn of \(words[0])", code: code) }
    return process
}

/// The same with files only.
public func spawn(
    _ words: [String], environment: [String: String], files: [(path: String, flags: Int32)], leadsSession: Bool = false
) throws -> pid_t {
    try spawn(
        words, environment: environment, descriptors: files.map { .file($0.path, flags: $0.flags) },
        leadsSession: leadsSession)
}
