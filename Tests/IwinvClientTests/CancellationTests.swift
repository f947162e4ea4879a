import IwinvCatalog
import IwinvClient
import Testing

@Suite struct CancellationTests {
    @Test func `a change on its way is waited for, whoever stops waiting for the caller`() async throws {
        let (sent, sending) = AsyncStream<Void>.makeStream()
        let (answers, answering) = AsyncStream<Void>.makeStream()
        let bench = try Bench { _, _ in
            sending.finish()
            for await _ in answers {}
            return .rows([["instance_id": "I", "status": "work"]])
        }
        let task = Task { try await bench.perform("instances.reboot", ["instance_id": "I"]) }
        for await _ in sent {}
        task.cancel()
        answering.finish()
        #expect(try await task.value.rows.count == 1)
    }

    @Test func `a change that has not left is not sent after a cancellation`() async throws {
        let bench = try Bench { _, _ in .rows([]) }
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await bench.perform("instances.reboot", ["instance_id": "I"])
        }
        let error = await #expect(throws: CloudError.self) { try await task.value }
        #expect(error?.kind == .cancelled && error?.outcome == .notSent)
        #expect(bench.transport.sent.isEmpty)
    }
}
