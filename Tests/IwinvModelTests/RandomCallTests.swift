import Clocks
import IwinvCatalog
import Testing

@testable import IwinvModel

/// Whatever is called in whatever order, some things hold.
@Suite("Random calls")
struct RandomCallTests {
    private func expectInvariants(_ cloud: Cloud, at now: Instant, _ operation: CloudOperation) {
        let living = Set(cloud.servers(at: now).map(\.id))
        let hosts = cloud.volumes.compactMap(\.instanceID)
        #expect(hosts.allSatisfy(living.contains), "\(operation.name): volumes hang on living servers")
        let most = Dictionary(grouping: hosts) { $0 }.values.map(\.count).max() ?? 0
        #expect(most <= Cloud.volumesPerServer, "\(operation.name)")
        for volume in cloud.volumes(at: now) {
            switch volume.status(at: now) {
            case .active: #expect(volume.instanceID != nil, "\(operation.name)")
            case .off, .deleting: #expect(volume.instanceID == nil, "\(operation.name)")
            default: break
            }
        }
        let members = cloud.firewalls.flatMap(\.instanceIDs)
        #expect(members.allSatisfy(living.contains), "\(operation.name): firewalls protect living servers")
        #expect(Set(members).count == members.count, "\(operation.name): a server has at most one firewall")
        let rules = cloud.firewalls.flatMap(\.rules).map(\.id)
        #expect(Set(rules).count == rules.count && (rules.max() ?? 0) <= cloud.lastRuleID, "\(operation.name)")
    }

    @Test(
        "refusals and reads change nothing; identifiers stay unique; what hangs together hangs together",
        arguments: 1...8)
    func invariants(seed: UInt64) throws {
        var random = Generator(seed: seed)
        var cloud = Cloud.demo(seed: seed, at: start)
        cloud.switches.groupNeedsContent = seed % 2 == 0
        var now = start
        var granted: Set<String> = []
        for _ in 0..<600 {
            now = now + .seconds(Int64.random(in: 0...12, using: &random))
            let operation = try #require(Catalog.iwinv.operations.randomElement(using: &random))
            let raw = RandomArguments.of(operation, in: cloud, &random)
            guard let checked = try? Arguments(raw, for: operation, on: .server) else { continue }
            let before = cloud
            let answer = cloud.apply(operation, checked, at: now)
            if answer.refusal != nil || !operation.effect.isChange { #expect(cloud == before) }
            if case .cannotTell(let why) = answer { Issue.record("\(why)") }
            if answer.refusal == nil { granted.insert(operation.contractID) }
            expectInvariants(cloud, at: now, operation)
        }
        #expect(granted.count > 35, "most of the \(Catalog.iwinv.operations.count) operations are granted: \(granted)")
        #expect(Set(cloud.servers.map(\.id)).count == cloud.servers.count)
        #expect(Set(cloud.servers.map(\.publicAddress)).count == cloud.servers.count)
        #expect(Set(cloud.volumes.map(\.id)).count == cloud.volumes.count)
        let rows = try cloud.rows("instances.list", ["fields": 131_071], page: .everything, at: now)
        #expect(rows.count == cloud.servers(at: now).count)
        let words = Set(ServerStatus.allCases.map(\.rawValue))
        #expect(rows.allSatisfy { words.contains($0["status"]?.stringValue ?? "") })
    }
}
