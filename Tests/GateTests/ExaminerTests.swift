import IwinvCatalog
import Testing

@testable import Gate

/// What a read says of a change whose reply never came.
@Suite struct ExaminerTests {
    private func verdict(
        _ name: OperationName, _ arguments: [String: JSONValue], before: String?, now: String?
    ) throws -> Examiner.Verdict {
        let operation = try #require(Catalog.iwinv[name])
        func row(_ server: String?) -> [String: JSONValue] {
            ["block_storage_id": "BLOCK-a", "status": "active", "instance_id": server.map { .string($0) } ?? .null]
        }
        var call = Call(order: 1, operation: operation, arguments: arguments)
        call.arguments = try Arguments(arguments, for: operation)
        let examiner = Examiner(
            call: call, witness: try #require(operation.witness), before: row(before), known: [])
        return examiner.verdict(.success([.object(row(now))]))
    }

    private func isMade(_ verdict: Examiner.Verdict) -> Bool {
        if case .made(_, .confirmed) = verdict { true } else { false }
    }

    @Test func `a volume that is where it was was not moved, and one that is where it was to go was`() throws {
        let detach: [String: JSONValue] = ["block_storage_id": "BLOCK-a"]
        #expect(try verdict("storage.detach", detach, before: "INSTANCE-a", now: "INSTANCE-a") == .notMade)
        #expect(isMade(try verdict("storage.detach", detach, before: "INSTANCE-a", now: nil)))
        let attach: [String: JSONValue] = ["block_storage_id": "BLOCK-a", "instance_id": "INSTANCE-b"]
        #expect(try verdict("storage.attach", attach, before: nil, now: nil) == .notMade)
        #expect(isMade(try verdict("storage.attach", attach, before: nil, now: "INSTANCE-b")))
    }

    /// Made again, the change would take the volume from a server to which somebody else has attached it since.
    @Test func `a volume that is elsewhere tells nothing`() throws {
        let detach: [String: JSONValue] = ["block_storage_id": "BLOCK-a"]
        #expect(try verdict("storage.detach", detach, before: "INSTANCE-a", now: "INSTANCE-c") == .cannotTell)
        let attach: [String: JSONValue] = ["block_storage_id": "BLOCK-a", "instance_id": "INSTANCE-b"]
        #expect(try verdict("storage.attach", attach, before: nil, now: "INSTANCE-c") == .cannotTell)
    }
}
