import Glibc

/// One process of this machine at a time, by a lock on a file; a process that dies gives it up.
///
/// Whoever waits looks again and again, and does not sit in the kernel: a wait there ends for nobody, and the holder may be
/// a process that is stopped.
package struct FileLock: Sendable {
    /// What cannot be locked, and why.
    package struct Problem: Error, CustomStringConvertible {
        package var path: String
        package var code: Int32

        package var description: String { "\(path): cannot be locked: \(String(cString: strerror(code)))" }
    }

    /// Made if it does not exist; never removed, since somebody may be waiting for it.
    package let path: String
    /// The byte that is locked, which need not be there: one file serves any number of things. Nil for the whole file.
    let place: Int64?

    package init(path: String, place: Int64? = nil) {
        (self.path, self.place) = (path, place)
    }

    /// Waits for the lock, works, gives it up.
    ///
    /// - Throws: `CancellationError` if cancelled while it waits; ``Problem``; what the work throws.
    package func withLock<Result>(
        _ clock: any HostClock, isolation: isolated (any Actor)? = #isolation, _ work: () async throws -> Result
    ) async throws -> Result {
        let descriptor = try await take(clock)
        // Closing gives it up.
        defer { close(descriptor) }
        try Task.checkCancellation()
        return try await work()
    }

    /// Waits for the lock; closing the descriptor gives it up. It belongs to the open file, so that two runs of one process
    /// exclude each other as well.
    ///
    /// - Parameter onLook: Told after each look in vain how long it has waited.
    package func take(
        _ clock: any HostClock, isolation: isolated (any Actor)? = #isolation,
        onLook: (_ waited: Duration, _ file: Int32) -> Void = { _, _ in }
    ) async throws -> Int32 {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Problem(path: path, code: errno) }
        do {
            let began = clock.elapsed
            var pause = Duration.milliseconds(2)
            while try !isTaken(descriptor) {
                onLook(clock.elapsed - began, descriptor)
                try await clock.sleep(for: pause)
                pause = min(pause * 2, .milliseconds(50))
            }
            return descriptor
        } catch {
            close(descriptor)
            throw error
        }
    }

    /// Waits without giving the thread away, for what is held for a moment; closing the descriptor gives it up.
    ///
    /// - Parameter looksAgain: Sleeps before another look; false if there is to be none.
    /// - Returns: 0, or why it was not taken.
    package static func take(_ file: Int32, looksAgain: (_ looks: Int) -> Bool) -> Int32 {
        var looks = 0
        while flock(file, LOCK_EX | LOCK_NB) != 0 {
            let code = errno
            guard code == EWOULDBLOCK || code == EINTR, looksAgain(looks) else { return code }
            looks += 1
        }
        return 0
    }

    private func isTaken(_ descriptor: Int32) throws(Problem) -> Bool {
        while true {
            if attempt(descriptor) == 0 { return true }
            switch errno {
            case EINTR: continue
            case EWOULDBLOCK, EACCES: return false
            case let code: throw Problem(path: path, code: code)
            }
        }
    }

    // <fcntl.h>: F_OFD_SETLK, which Swift does not import.
    private static let set: Int32 = 37

    private func attempt(_ descriptor: Int32) -> Int32 {
        guard let place else { return flock(descriptor, LOCK_EX | LOCK_NB) }
        var range = flock()
        range.l_type = Int16(F_WRLCK)
        range.l_whence = Int16(SEEK_SET)
        range.l_start = off_t(place)
        range.l_len = 1
        return fcntl(descriptor, Self.set, &range)
    }
}
