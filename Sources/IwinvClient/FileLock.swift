import Foundation
import Glibc

/// One process of this machine at a time, by a lock on a file; a process that dies gives it up.
struct FileLock: Sendable {
    /// Made if it does not exist; never removed, since somebody may be waiting for it.
    let path: String

    /// Waits for the lock, works, gives it up.
    func withLock<Result>(
        isolation: isolated (any Actor)? = #isolation, _ work: () async throws -> Result
    ) async throws -> Result {
        let descriptor = try await Self.lock(path)
        // Closing gives it up.
        defer { close(descriptor) }
        try Task.checkCancellation()
        return try await work()
    }

    /// On a thread of its own: the wait has no end of its own, and Swift's pool has few threads.
    private static func lock(_ path: String) async throws -> Int32 {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
                guard descriptor >= 0 else { return continuation.resume(throwing: Problem(path: path, code: errno)) }
                while flock(descriptor, LOCK_EX) != 0 {
                    guard errno == EINTR else {
                        let problem = Problem(path: path, code: errno)
                        close(descriptor)
                        return continuation.resume(throwing: problem)
                    }
                }
                continuation.resume(returning: descriptor)
            }
        }
    }

    struct Problem: Error, CustomStringConvertible {
        var path: String
        var code: Int32

        var description: String { "\(path): cannot be locked: \(String(cString: strerror(code)))" }
    }
}
