import CSpawn
import Glibc
import ScriptHost

/// A command of the person's own whose output is read, such as `pass show iwinv`.
enum HelperCommand {
    static let limit = Duration.seconds(10)
    private static let mostBytes = 64 << 10

    /// What the command prints until it ends. Nothing is on its standard input, which belongs to scripts and answers; what it
    /// leaves running behind it is not waited for.
    ///
    /// - Parameter name: How an error names it: "the secret's command".
    /// - Throws: ``UsageError`` if it cannot be started, fails, prints too much or has not ended in ten seconds.
    static func output(
        of command: String, _ name: String, environment: [String: String]
    ) throws(UsageError) -> [UInt8] {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else {
            throw UsageError("\(name) cannot be started: \(String(cString: strerror(errno)))", .machine)
        }
        defer { close(ends[0]) }
        // What else is started meanwhile keeps no files but its own.
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        var pid: pid_t = 0
        let problem = CStrings.with(["/bin/sh", "-c", command]) { arguments in
            CStrings.with(environment.map { "\($0.key)=\($0.value)" }) { variables in
                spawn_helper("/bin/sh", arguments, variables, ends[1], &pid)
            }
        }
        close(ends[1])
        guard problem == 0 else {
            throw UsageError("\(name) cannot be started: \(String(cString: strerror(problem)))", .machine)
        }
        let bytes: [UInt8]
        do { bytes = try read(ends[0], until: pid, name) } catch {
            kill(pid, SIGKILL)
            _ = spawn_wait(pid)
            throw error
        }
        switch spawn_wait(pid) {
        case 0: return bytes
        case let status where status < 0: throw UsageError("\(name) was ended by signal \(-Int(status))", .machine)
        case let status: throw UsageError("\(name) ended with status \(status)", .machine)
        }
    }

    /// What comes from a pipe until a process has ended.
    private static func read(_ descriptor: Int32, until pid: pid_t, _ name: String) throws(UsageError) -> [UInt8] {
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        let deadline = ContinuousClock.now + limit
        var bytes: [UInt8] = []
        var isOpen = true
        while true {
            // Asked first: what was printed before the end is in the pipe by then.
            let hasEnded = spawn_has_ended(pid)
            if isOpen { isOpen = take(descriptor, &bytes) }
            guard bytes.count <= mostBytes else {
                throw UsageError("\(name) prints more than \(mostBytes / 1024) KiB", .machine)
            }
            if hasEnded { return bytes }
            guard ContinuousClock.now < deadline else {
                throw UsageError("\(name) has not ended after \(limit.components.seconds) seconds", .machine)
            }
            var wait = pollfd(fd: isOpen ? descriptor : -1, events: Int16(POLLIN), revents: 0)
            poll(&wait, 1, 10)
        }
    }

    /// Takes what is in a pipe, up to more than is wanted.
    ///
    /// - Returns: Whether more may come.
    private static func take(_ descriptor: Int32, _ bytes: inout [UInt8]) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 4096)
        while bytes.count <= mostBytes {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count > 0 {
                bytes += buffer[..<count]
            } else if count == 0 || errno != EINTR {
                return count < 0 && errno == EAGAIN
            }
        }
        return true
    }
}

/// Texts for C, in an array that ends with NULL.
enum CStrings {
    static func with<Value>(
        _ texts: [String], _ body: ([UnsafeMutablePointer<CChar>?]) throws -> Value
    ) rethrows -> Value {
        let strings = texts.map { strdup($0) }
        defer { for string in strings { free(string) } }
        return try body(strings + [nil])
    }
}
