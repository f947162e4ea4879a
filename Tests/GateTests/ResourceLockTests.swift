import Clocks
import Foundation
import IwinvCatalog
import Synchronization
import Testing

@testable import Gate

/// What a run does that has to wait for a resource.
@Suite struct ResourceLockTests {
    private static let server = RowKey(key: "instance_id", id: "INSTANCE-a")

    private let clock = VirtualClock(start: Instant(seconds: 1_710_000_000))

    /// A lock that is held until ``release`` is called.
    private struct Holder {
        let task: Task<Void, any Error>
        let release: @Sendable () -> Void

        init(_ locks: ResourceLocks, run: String, clock: VirtualClock) async {
            let (entered, enter) = AsyncStream<Void>.makeStream()
            let (leaving, leave) = AsyncStream<Void>.makeStream()
            task = Task {
                try await locks.withLocks(on: [ResourceLockTests.server], for: run) { () async throws(CloudError) in
                    enter.yield()
                    for await _ in leaving { break }
                }
            }
            release = { leave.yield() }
            for await _ in entered { break }
        }
    }

    /// Changes the server as soon as nobody else does; what it was told meanwhile.
    private func wait(
        _ locks: ResourceLocks, run: String = "rsecond", onWait: @escaping @Sendable () -> Void
    ) async -> (told: [LockHolder], at: [Duration], error: CloudError?) {
        let told = Mutex<[(LockHolder, Duration)]>([])
        let began = clock.elapsed
        clock.beginActivity()
        defer { clock.endActivity() }
        var problem: CloudError?
        do {
            try await locks.withLocks(on: [Self.server], for: run) { [clock] key, holder in
                #expect(key == Self.server)
                told.withLock { $0.append((holder, clock.elapsed - began)) }
                onWait()
            } _: { () async throws(CloudError) in
            }
        } catch {
            problem = error
        }
        return told.withLock { ($0.map(\.0), $0.map(\.1), problem) }
    }

    private func folder() throws -> String {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("locks-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        return folder
    }

    @Test func `after a second it says which run of which process it waits for`() async throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        // Two processes share nothing but the file.
        let holder = await Holder(ResourceLocks(clock: clock, folder: folder), run: "rfirst", clock: clock)
        let (told, at, error) = await wait(ResourceLocks(clock: clock, folder: folder), onWait: holder.release)
        try await holder.task.value
        #expect(error == nil)
        #expect(told == [LockHolder(run: "rfirst", process: getpid())])
        #expect(at.allSatisfy { $0 >= .seconds(1) && $0 < .milliseconds(1100) }, "\(at)")
    }

    @Test func `runs of one process say so of each other`() async throws {
        let locks = ResourceLocks(clock: clock)
        let holder = await Holder(locks, run: "rfirst", clock: clock)
        let (told, at, error) = await wait(locks, onWait: holder.release)
        try await holder.task.value
        #expect(error == nil)
        #expect(told == [LockHolder(run: "rfirst", process: getpid())])
        #expect(at == [.seconds(1)])
    }

    @Test func `cancelling ends the wait while the other one holds`() async throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let holder = await Holder(ResourceLocks(clock: clock, folder: folder), run: "rfirst", clock: clock)
        let waiter = Mutex<Task<(told: [LockHolder], at: [Duration], error: CloudError?), Never>?>(nil)
        let (ready, start) = AsyncStream<Void>.makeStream()
        let task = Task {
            for await _ in ready { break }
            return await wait(ResourceLocks(clock: clock, folder: folder)) { waiter.withLock { $0 }?.cancel() }
        }
        waiter.withLock { $0 = task }
        start.yield()
        let (told, _, error) = await task.value
        #expect(told.count == 1)
        #expect(error?.kind == .cancelled)
        #expect(error?.outcome == .notSent)
        holder.release()
        try await holder.task.value
    }

    @Test func `a lock that nobody holds any more names nobody`() async throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let first = await Holder(ResourceLocks(clock: clock, folder: folder), run: "rfirst", clock: clock)
        first.release()
        try await first.task.value
        // The file still says who held it last; the next holder is another one.
        let second = await Holder(ResourceLocks(clock: clock, folder: folder), run: "rthird", clock: clock)
        let (told, _, _) = await wait(ResourceLocks(clock: clock, folder: folder), onWait: second.release)
        try await second.task.value
        #expect(told.map(\.run) == ["rthird"])
    }

    @Test func `the sentence says for whom and for what, in two languages`() {
        let wait = LockWait(
            operation: "instances.edit", id: "INSTANCE-a", name: "web-01", run: "rfirst", process: 123)
        #expect(
            wait.sentence.english
                == "instances.edit waits: run rfirst (process 123) is changing web-01 (INSTANCE-a)")
        #expect(wait.sentence.korean.contains("실행 rfirst(프로세스 123)"))
        let unknown = LockWait(operation: "instances.edit", id: "INSTANCE-a")
        #expect(unknown.sentence.english == "instances.edit waits: another run is changing INSTANCE-a")
    }
}
