import Clocks
import IwinvCatalog
import IwinvClient
import IwinvWire
import Synchronization
import Testing

@Suite struct HookTests {
    private final class Log: Sendable {
        private let entries = Mutex<[String]>([])
        func add(_ text: String) { entries.withLock { $0.append(text) } }
        var all: [String] { entries.withLock { $0 } }
    }

    /// A budget that writes down what happens to it.
    private struct Watched: RequestBudget {
        let log: Log
        func acquire(for claimant: BudgetClaimant) async throws -> BudgetSlot {
            log.add("acquire")
            return BudgetSlot(id: 1)
        }
        func release(_ slot: BudgetSlot, _ outcome: BudgetOutcome) async { log.add("release \(outcome)") }
        var remaining: Int { 1 }
        var nextFree: Duration? { .zero }
    }

    private func client(_ log: Log, _ answer: FakeTransport.Answer) throws -> IwinvClient {
        let configuration = ClientConfiguration(
            credential: try Credential(accessKey: testAccess, secretKey: testSecret))
        return IwinvClient(
            configuration, budget: Watched(log: log), clock: VirtualClock(start: Instant(seconds: 5)),
            transport: FakeTransport { _, _ in
                log.add("send")
                return answer
            })
    }

    @Test func `an attempt waits for the budget, tells the journal, and only then sends`() async throws {
        let log = Log()
        let hooks = CallHooks(
            beforeSend: { log.add("before \($0.operation) #\($0.number) at \($0.at.seconds)") },
            onAttempt: { log.add("after \($0.status ?? 0)") })
        let zones = try operation("zones.list")
        _ = try await client(log, .rows([])).perform(zones, Arguments([:], for: zones), hooks: hooks)
        #expect(
            log.all == ["acquire", "before zones.list #1 at 5", "send", "release answered", "after 200"])
    }

    @Test func `what the journal throws keeps the request from leaving`() async throws {
        struct DiskFull: Error {}
        let log = Log()
        let hooks = CallHooks(beforeSend: { _ in throw DiskFull() })
        let reboot = try operation("instances.reboot")
        let arguments = try Arguments(["instance_id": "I"], for: reboot)
        let client = try client(log, .rows([]))
        let error = try await #require(throws: CloudError.self) {
            try await client.perform(reboot, arguments, hooks: hooks)
        }
        #expect(error.outcome == .notSent && error.message.contains("DiskFull"))
        #expect(log.all == ["acquire", "release notSent"])
    }

    @Test func `a CloudError of the journal passes as it is, but as not sent`() async throws {
        let log = Log()
        let hooks = CallHooks(beforeSend: { _ in throw CloudError(.limit, "50 changes are enough", outcome: .unknown) })
        let zones = try operation("zones.list")
        let client = try client(log, .rows([]))
        let error = try await #require(throws: CloudError.self) {
            try await client.perform(zones, Arguments([:], for: zones), hooks: hooks)
        }
        #expect(error == CloudError(.limit, "50 changes are enough", outcome: .notSent))
    }

    @Test func `a cancelled task sends nothing`() async throws {
        let bench = try Bench { _, _ in .rows([]) }
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await bench.perform("instances.reboot", ["instance_id": "I"])
        }
        let error = try await #require(throws: CloudError.self) { try await task.value }
        #expect(error.kind == .cancelled && error.outcome == .notSent)
        #expect(bench.transport.sent.isEmpty && bench.budget.remaining == 60)
    }

    @Test func `cancelling during a pause ends the call`() async throws {
        let bench = try Bench(retry: RetryPolicy(base: .seconds(5))) { _, _ in .success(.text(502, "")) }
        bench.clock.beginActivity()  // Keeps the clock from jumping over the pause.
        let task = Task { try await bench.perform("zones.list") }
        while bench.transport.sent.isEmpty { await Task.yield() }
        task.cancel()
        let error = try await #require(throws: CloudError.self) { try await task.value }
        #expect(error.kind == .cancelled && bench.transport.sent.count == 1)
    }

    @Test func `each attempt is reported with its pause`() async throws {
        let bench = try Bench { _, number in number == 1 ? .success(.text(502, "")) : .rows([]) }
        let reports = Box<[AttemptReport]>([])
        _ = try await bench.perform(
            "zones.list", hooks: CallHooks(onAttempt: { report in reports.change { $0.append(report) } }))
        let all = reports.value
        #expect(all.map(\.status) == [502, 200] && all.map(\.pause) == [.milliseconds(500), nil])
        #expect(all.map(\.attempt.number) == [1, 2] && all[0].error != nil && all[1].error == nil)
    }
}
