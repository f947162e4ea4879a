import IwinvCatalog
import Testing

@testable import IwinvSimulator

@Suite("Which request meets which fault")
struct FaultPlanTests {
    private let list: CloudOperation
    private let reboot: CloudOperation

    init() throws {
        list = try #require(Catalog.iwinv["instances.list"])
        reboot = try #require(Catalog.iwinv["instances.reboot"])
    }

    /// Which of the first `count` requests a plan of these rules hits, counted from 1.
    private func hits(_ rules: String..., count: Int = 10, seed: UInt64 = 1) throws -> [Int] {
        var plan = FaultPlan(try rules.map(FaultRule.init), seed: seed)
        var hits: [Int] = []
        for number in 1...count where plan.fault(of: reboot, page: 1) != nil { hits.append(number) }
        return hits
    }

    @Test("how often")
    func frequencies() throws {
        #expect(try hits("*: reset") == Array(1...10))
        #expect(try hits("*: once reset") == [1])
        #expect(try hits("*: first 3 reset") == [1, 2, 3])
        #expect(try hits("*: every 4th reset") == [4, 8])
        #expect(try hits("*: after 8 reset") == [9, 10])
        #expect(try hits("*: 0% reset") == [])
        #expect(try hits("*: 100% reset") == Array(1...10))
        #expect(try hits("reads: reset").isEmpty && hits("changes: reset").count == 10)
        #expect(try hits("zones.list: reset").isEmpty && hits("instances.*: reset").count == 10)
    }

    @Test("the dice are those of the seed, and about as many hits as the percentage says")
    func dice() throws {
        let first = try hits("*: 5% reset", count: 10_000, seed: 7)
        #expect(try first == hits("*: 5% reset", count: 10_000, seed: 7))
        #expect(try first != hits("*: 5% reset", count: 10_000, seed: 8))
        #expect((400...600).contains(first.count))
    }

    @Test("the first rule that hits wins; a rule counts only what reaches it")
    func order() throws {
        var plan = FaultPlan(try ["*: every 2nd reset", "*: first 3 busy"].map(FaultRule.init), seed: 1)
        let faults = (1...7).map { _ in plan.fault(of: reboot, page: 1) }
        #expect(faults == [.busy, .reset, .busy, .reset, .busy, .reset, nil])
    }

    @Test("of several kinds each hit draws one")
    func several() throws {
        var plan = FaultPlan([try FaultRule("*: lost-reply, reset, delay(1s)")], seed: 3)
        var counts: [FaultKind: Int] = [:]
        for _ in 0..<3000 {
            let fault = plan.fault(of: reboot, page: 1)
            counts[try #require(fault), default: 0] += 1
        }
        #expect(counts.count == 3 && counts.values.allSatisfy { (800...1200).contains($0) })
    }

    @Test("a late page's fault waits for a late page")
    func latePage() throws {
        var plan = FaultPlan([try FaultRule("instances.list: once late-page")], seed: 1)
        let faults = [1, 3, 3].map { plan.fault(of: list, page: $0) }
        #expect(faults == [nil, .latePage, nil])
    }
}
