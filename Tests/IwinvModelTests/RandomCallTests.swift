import Clocks
import IwinvCatalog
import Testing

@testable import IwinvModel

/// Whatever is called in whatever order, some things hold.
@Suite("Random calls")
struct RandomCallTests {
    /// Arguments that are sometimes right.
    private func arguments(
        _ operation: CloudOperation, _ cloud: Cloud, _ random: inout Generator
    ) -> [String: JSONValue] {
        var raw: [String: JSONValue] = [:]
        for parameter in operation.parameters where parameter.isRequired || Int.random(in: 0..<3, using: &random) == 0 {
            raw[parameter.name] = value(parameter, cloud, &random)
        }
        return raw
    }

    private func value(_ parameter: Parameter, _ cloud: Cloud, _ random: inout Generator) -> JSONValue? {
        func pick(_ words: [String], or none: String) -> JSONValue {
            .string(words.randomElement(using: &random) ?? none)
        }
        switch parameter.name {
        // A handful of servers and firewalls, so that calls meet each other.
        case "instance_id": return pick(cloud.servers.suffix(6).map(\.id), or: "INSTANCE-0")
        case "zone_id": return pick(["kr1_z09", "kr2-z01"], or: "")
        case "image_id": return pick(cloud.images.map(\.id), or: "")
        case "flavor_id": return pick(cloud.flavors.map(\.id), or: "")
        case "block_storage_id": return pick(cloud.volumes.suffix(8).map(\.id), or: "BLOCK-0")
        case "bill_id": return pick(cloud.bills.map(\.id) + ["BILL-live"], or: "BILL-0")
        case "firewall_id": return pick(cloud.firewalls.suffix(5).map(\.id), or: "FIREWALL-0")
        case "rule_id":
            return .integer(cloud.firewalls.flatMap(\.rules).map(\.id).suffix(6).randomElement(using: &random) ?? 1)
        case "name": return .string("이름-\(Int.random(in: 10..<99, using: &random))")
        case "description": return pick(["", "설명"], or: "")
        case "count": return .integer(Int64.random(in: 1...3, using: &random))
        case "size": return .integer(Int64.random(in: 1...250, using: &random) * 10)
        case "block_storage": return [["size": .integer(Int64.random(in: 1...5, using: &random) * 5 + 5)]]
        case "fields": return .integer(Int64.random(in: 1..<262_144, using: &random))
        case "status": return pick(["active", "off", "work"], or: "")
        case "type": return pick(["ssd", "sata", "nvme", "STORAGE"], or: "")
        case "start_date", "end_date": return pick(["2023-11-30", "2024-01-31", "2024-12-31"], or: "")
        case "min_price", "max_price": return .integer(Int64.random(in: -50_000...900_000, using: &random))
        case "title": return pick(["웹-방화벽", "rule", "HTTP"], or: "")
        case "content": return pick(["", "web & <api>", "설명"], or: "")
        case "icmp": return pick(["Y", "N"], or: "")
        case "bound": return pick(["IN", "OUT"], or: "")
        case "protocol": return pick(["TCP", "UDP"], or: "")
        case "port": return pick(["80", "8000-8010"], or: "")
        case "ip":
            return parameter.place == .query
                ? pick(["203.0.113.0/28", "10.0.0.0/8", "nonsense"], or: "")
                : pick(["0.0.0.0/0", "192.168.1.10/24"], or: "")
        case "rules":
            guard case .records(let members, _) = parameter.type else { return nil }
            let rules = (0..<Int.random(in: 0...3, using: &random)).map { _ in
                var rule: [String: JSONValue] = [:]
                for member in members { rule[member.name] = value(member, cloud, &random) }
                return JSONValue.object(rule)
            }
            return .array(rules)
        default: return nil
        }
    }

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
            let raw = arguments(operation, cloud, &random)
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
