public import Clocks
import Foundation
import Glibc
public import IwinvCatalog
import Synchronization

/// One change of a resource at a time: among the tasks of a run, the runs of this process, and the processes of this
/// machine. A process that dies gives its locks up.
///
/// Runs that could change the same resources share one, as they share a client.
public final class ResourceLocks: Sendable {
    /// How long a run waits before it says for whom.
    static let patience: Duration = .seconds(1)

    private let mine: KeyedLock
    private let file: String?
    private let account: String
    private let clock: any HostClock
    /// Which run of this process holds what.
    private let runs = Mutex<[String: String]>([:])

    /// - Parameters:
    ///   - folder: Where the file lies through which processes exclude each other; nil: only this process.
    ///   - account: Names the cloud's account: resources of two accounts may bear the same identifier.
    public init(clock: any HostClock, folder: String? = nil, account: String = "") {
        mine = KeyedLock(clock: clock)
        file = folder.map { ($0 as NSString).appendingPathComponent("locks") }
        self.account = account
        self.clock = clock
    }

    /// Waits until nobody else changes the resources, and works.
    ///
    /// - Parameters:
    ///   - run: For whom.
    ///   - onWait: Told once for each resource that another run holds for a second.
    func withLocks<Result: Sendable>(
        on keys: [RowKey], for run: String = "",
        onWait: @escaping @Sendable (RowKey, LockHolder) -> Void = { _, _ in },
        _ work: () async throws(CloudError) -> Result
    ) async throws(CloudError) -> Result {
        // In one order everywhere, so that nobody waits in a circle.
        let names = Dictionary(
            keys.map { ("\(account) \($0.key) \($0.id)", $0) }, uniquingKeysWith: { first, _ in first }
        )
        .sorted { $0.key < $1.key }
        var entered: [String] = []
        var held: [Int32] = []
        defer {
            // Closing gives them up.
            for descriptor in held { close(descriptor) }
            for name in entered {
                runs.withLock { $0[name] = nil }
                mine.leave(name)
            }
        }
        do {
            for (name, key) in names {
                let tell: @Sendable (LockHolder) -> Void = { if $0.run != run || run.isEmpty { onWait(key, $0) } }
                try await enter(name, tell)
                entered.append(name)
                runs.withLock { $0[name] = run }
                if let file { held.append(try await take(file, Self.place(of: name), for: run, tell)) }
            }
            try Task.checkCancellation()
        } catch let error as CloudError {
            throw error
        } catch let problem as FileLock.Problem {
            throw CloudError(
                .machine, LocalizedText("the resource cannot be locked: \(problem)", "대상을 잠글 수 없습니다: \(problem)"))
        } catch {
            throw .cancelledBeforeSending()
        }
        return try await work()
    }

    /// Waits for the others of this process.
    private func enter(_ name: String, _ tell: @escaping @Sendable (LockHolder) -> Void) async throws {
        if mine.tryEnter(name) { return }
        clock.beginActivity()
        let notice = Task { [self] in
            defer { clock.endActivity() }
            guard (try? await clock.sleep(for: Self.patience)) != nil else { return }
            tell(LockHolder(run: runs.withLock { $0[name] }, process: getpid()))
        }
        defer { notice.cancel() }
        try await mine.enter(name)
    }

    /// Waits for the other processes of this machine.
    private func take(
        _ file: String, _ place: Int64, for run: String, _ tell: (LockHolder) -> Void
    ) async throws -> Int32 {
        var isTold = false
        let descriptor = try await FileLock(path: file, place: place).take(clock) { waited, descriptor in
            guard waited >= Self.patience, !isTold else { return }
            isTold = true
            tell(LockHolder(of: place, in: descriptor))
        }
        LockHolder(run: run, process: getpid()).write(place, to: descriptor)
        return descriptor
    }

    /// Two names at one place wait for each other without need; nothing worse.
    private static func place(of name: String) -> Int64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return Int64(hash >> 2)
    }
}

/// Who changes a resource now, as far as can be told.
struct LockHolder: Sendable, Equatable {
    var run: String?
    var process: Int32?
}

/// Those who hold a byte of the file say so in the file: the kernel does not tell whose a lock is that belongs to an open
/// file. What stands there is for people; nothing is decided by it.
extension LockHolder {
    private static let size = 64
    private static let slots: Int64 = 4096

    /// Reads who holds a place; all unknown if that does not stand there.
    fileprivate init(of place: Int64, in descriptor: Int32) {
        var bytes = [UInt8](repeating: 0, count: Self.size)
        let count = pread(descriptor, &bytes, Self.size, off_t(Self.offset(of: place)))
        let words = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self).split(separator: " ")
        // Another place may have come to the same slot; and a process that was killed takes nothing back.
        guard words.count >= 3, words[0] == String(place), let process = Int32(words[1]),
            kill(process, 0) == 0 || errno == EPERM
        else {
            self.init()
            return
        }
        self.init(run: words[2] == "-" ? nil : String(words[2]), process: process)
    }

    fileprivate func write(_ place: Int64, to descriptor: Int32) {
        let name = run.flatMap { $0.isEmpty || $0.utf8.count > 24 ? nil : $0 } ?? "-"
        let text = "\(place) \(process ?? 0) \(name) "
        // A full disk keeps nobody from working.
        let bytes = Array(text.utf8)
        _ = pwrite(
            descriptor, bytes + [UInt8](repeating: 0x20, count: max(0, Self.size - bytes.count)), Self.size,
            off_t(Self.offset(of: place)))
    }

    private static func offset(of place: Int64) -> Int64 { place % slots * Int64(size) }
}

/// A change that another run keeps waiting: it changes the same resource, and has for a second.
public struct LockWait: Sendable, Hashable {
    /// The change that waits.
    public var operation: OperationName
    public var id: String
    /// What the resource was called when it was last read.
    public var name: String?
    /// Who is waited for; nil where that is not known.
    public var run: String?
    public var process: Int32?

    /// For a person.
    public var sentence: LocalizedText {
        let what = name.map { "\($0) (\(id))" } ?? id
        let process = process.map { " (process \($0))" } ?? ""
        let korean = self.process.map { "(프로세스 \($0))" } ?? ""
        return LocalizedText(
            "\(operation) waits: \(run.map { "run \($0)" } ?? "another run")\(process) is changing \(what)",
            "\(operation) 대기 중: \(run.map { "실행 \($0)" } ?? "다른 실행")\(korean)이(가) \(what)을(를) 변경하고 있습니다")
    }
}

/// Holds what a change is about for as long as the change takes.
struct LockLink: GateLink {
    let locks: ResourceLocks
    let ledger: ChangeLedger
    /// Whose changes they are.
    var run = ""
    var onWait: @Sendable (LockWait) -> Void = { _ in }

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
            return try await locks.withLocks(on: keys, for: run) { [ledger, onWait] key, holder in
                onWait(
                    LockWait(
                        operation: call.operation.name, id: key.id, name: ledger.names(of: key).last, run: holder.run,
                        process: holder.process))
            } _: { () async throws(CloudError) in
                try await next(call)
            }
        } catch {
            var error = error
            error.operation = error.operation ?? call.operation.name
            throw error
        }
    }
}
