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
            raw[parameter.name] =
                switch parameter.name {
                case "instance_id": cloud.servers.randomElement(using: &random).map { .string($0.id) } ?? "INSTANCE-0"
                case "zone_id": .string(["kr1_z09", "kr2-z01"].randomElement(using: &random) ?? "")
                case "image_id": .string(cloud.images.randomElement(using: &random)?.id ?? "")
                case "flavor_id": .string(cloud.flavors.randomElement(using: &random)?.id ?? "")
                case "name": .string("이름-\(Int.random(in: 10..<99, using: &random))")
                case "description": .string(["", "설명"].randomElement(using: &random) ?? "")
                case "count": .integer(Int64.random(in: 1...3, using: &random))
                case "block_storage": [["size": .integer(Int64.random(in: 1...5, using: &random) * 5 + 5)]]
                case "fields": .integer(Int64.random(in: 1..<262_144, using: &random))
                case "ip": .string(["203.0.113.0/28", "10.0.0.0/8", "nonsense"].randomElement(using: &random) ?? "")
                case "status": .string(["active", "off", "work"].randomElement(using: &random) ?? "")
                default: nil
                }
        }
        return raw
    }

    @Test(
        "refusals and reads change nothing; identifiers stay unique; volumes hang on living servers", arguments: 1...8)
    func invariants(seed: UInt64) throws {
        var random = Generator(seed: seed)
        var cloud = Cloud.demo(seed: seed, at: start)
        var now = start
        var granted: [OperationName: Int] = [:]
        for _ in 0..<300 {
            now = now + .seconds(Int64.random(in: 0...30, using: &random))
            let operation = try #require(Catalog.iwinv.operations.randomElement(using: &random))
            let checked = try? Arguments(arguments(operation, cloud, &random), for: operation)
            guard let checked else { continue }
            let before = cloud
            let answer = cloud.apply(operation.name, checked, at: now)
            if answer.refusal != nil || !operation.effect.isChange { #expect(cloud == before) }
            if answer.rows != nil { granted[operation.name, default: 0] += 1 }
        }
        #expect(granted.count > 12, "most operations are granted at least once")
        #expect(Set(cloud.servers.map(\.id)).count == cloud.servers.count)
        #expect(Set(cloud.servers.map(\.publicAddress)).count == cloud.servers.count)
        let living = Set(cloud.servers(at: now).map(\.id))
        #expect(cloud.volumes.allSatisfy { $0.instanceID.map(living.contains) ?? true })
        let rows = try cloud.rows("instances.list", ["fields": 131_071], page: .everything, at: now)
        #expect(rows.count == living.count)
        let words = Set(ServerStatus.allCases.map(\.rawValue))
        #expect(rows.allSatisfy { words.contains($0["status"]?.stringValue ?? "") })
    }
}
