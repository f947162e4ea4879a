public import Clocks
import Foundation
import Glibc
import IwinvCatalog

/// One change of a resource at a time: among the tasks of a run, the runs of this process, and the processes of this
/// machine. A process that dies gives its locks up.
///
/// Runs that could change the same resources share one, as they share a client.
public final class ResourceLocks: Sendable {
    private let mine: KeyedLock
    private let file: String?
    private let account: String

    /// - Parameters:
    ///   - folder: Where the file lies through which processes exclude each other; nil: only this process.
    ///   - account: Names the cloud's account: resources of two accounts may bear the same identifier.
    public init(clock: any HostClock, folder: String? = nil, account: String = "") {
        mine = KeyedLock(clock: clock)
        file = folder.map { ($0 as NSString).appendingPathComponent("locks") }
        self.account = account
    }

    /// Waits until nobody else changes the resources, and works.
    func withLocks<Result: Sendable>(
        on keys: [RowKey], _ work: () async throws(CloudError) -> Result
    ) async throws(CloudError) -> Result {
        // In one order everywhere, so that nobody waits in a circle.
        let names = Set(keys.map { "\(account) \($0.key) \($0.id)" }).sorted()
        var entered: [String] = []
        var held: [Int32] = []
        defer {
            for descriptor in held { close(descriptor) }
            for name in entered { mine.leave(name) }
        }
        do {
            for name in names {
                try await mine.enter(name)
                entered.append(name)
                if let file { held.append(try await ByteLock(path: file, place: Self.place(of: name)).take()) }
            }
            try Task.checkCancellation()
        } catch let error as CloudError {
            throw error
        } catch let problem as ByteLock.Problem {
            throw CloudError(
                .machine, LocalizedText("the resource cannot be locked: \(problem)", "대상을 잠글 수 없습니다: \(problem)"))
        } catch {
            throw CloudError(.cancelled, LocalizedText("cancelled before it was sent", "보내기 전에 취소되었습니다"))
        }
        return try await work()
    }

    /// Two names at one place wait for each other without need; nothing worse.
    private static func place(of name: String) -> Int64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return Int64(hash >> 2)
    }
}

/// A lock on one byte of a file that need not be there: one file serves any number of resources, and nothing has to be
/// tidied up. The lock belongs to the open file, so that two runs of one process exclude each other as well.
struct ByteLock: Sendable {
    let path: String
    let place: Int64

    struct Problem: Error, CustomStringConvertible {
        var path: String
        var code: Int32

        var description: String { "\(path): \(String(cString: strerror(code)))" }
    }

    // <fcntl.h>: F_OFD_SETLK and F_OFD_SETLKW, which Swift does not import.
    private static let set: Int32 = 37
    private static let setAndWait: Int32 = 38

    /// Waits for the lock; closing the descriptor gives it up.
    func take() async throws -> Int32 {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Problem(path: path, code: errno) }
        switch lock(descriptor, Self.set) {
        case 0: return descriptor
        case EAGAIN, EACCES: break
        case let code:
            close(descriptor)
            throw Problem(path: path, code: code)
        }
        // On a thread of its own: the wait has no end of its own, and Swift's pool has few threads.
        return try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                let code = lock(descriptor, Self.setAndWait)
                guard code == 0 else {
                    close(descriptor)
                    return continuation.resume(throwing: Problem(path: path, code: code))
                }
                continuation.resume(returning: descriptor)
            }
        }
    }

    /// 0, or why it was not taken.
    private func lock(_ descriptor: Int32, _ command: Int32) -> Int32 {
        while true {
            var range = flock()
            range.l_type = Int16(F_WRLCK)
            range.l_whence = Int16(SEEK_SET)
            range.l_start = off_t(place)
            range.l_len = 1
            if fcntl(descriptor, command, &range) == 0 { return 0 }
            if errno != EINTR { return errno }
        }
    }
}

/// Holds what a change is about for as long as the change takes.
struct LockLink: GateLink {
    let locks: ResourceLocks

    func handle(_ call: Call, next: @escaping Gate.Next) async throws(CloudError) -> Reply {
        guard call.operation.effect.isChange else { return try await next(call) }
        var keys: [RowKey] = []
        if let parameter = call.operation.subject, let id = call.subject {
            keys.append(RowKey(key: parameter.name, id: id))
        }
        // A volume's server: how many volumes it has is looked at before one is attached.
        if let partner = call.operation.partner, call.operation.part == nil,
            let id = call.arguments?[partner]?.identifierText
        {
            keys.append(RowKey(key: partner, id: id))
        }
        guard !keys.isEmpty else { return try await next(call) }
        do {
            return try await locks.withLocks(on: keys) { () async throws(CloudError) in try await next(call) }
        } catch {
            var error = error
            error.operation = error.operation ?? call.operation.name
            throw error
        }
    }
}
