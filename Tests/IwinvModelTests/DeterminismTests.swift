import Clocks
import Foundation
import IwinvCatalog
import IwinvModel
import Testing

@Suite("Determinism and state")
struct DeterminismTests {
    private func history(_ cloud: inout Cloud) throws -> [Answer] {
        let order: [String: JSONValue] = [
            "zone_id": .string(seoul), "image_id": .string(rocky), "flavor_id": "vgna_2_n", "count": 2,
            "block_storage": [["size": 10]],
        ]
        let id = JSONValue.string(try cloud.id("web-01"))
        return [
            try cloud.call("instances.create", order),
            try cloud.call("instances.rebuild", ["instance_id": id]),
            try cloud.call("instances.list", ["fields": 131_071], page: .everything, at: start + .seconds(40)),
        ]
    }

    @Test("one seed and one sequence of calls give one sequence of answers")
    func sameSeed() throws {
        var (a, b, other) = (
            Cloud.demo(seed: 5, at: start), Cloud.demo(seed: 5, at: start), Cloud.demo(seed: 6, at: start)
        )
        let answers = try history(&a)
        #expect(try history(&b) == answers)
        #expect(a == b)
        #expect(try history(&other) != answers)
    }

    @Test("looking changes nothing, not even what comes next")
    func readsArePure() throws {
        var (a, b) = (Cloud.demo(seed: 5, at: start), Cloud.demo(seed: 5, at: start))
        _ = try a.call("instances.list", ["fields": 131_071])
        _ = try a.call("instances.console", ["instance_id": .string(try a.id("web-01"))])
        #expect(a == b)
        #expect(try history(&a) == history(&b))
    }

    @Test("a cloud survives JSON, with its future")
    func roundTrip() throws {
        var cloud = Cloud.demo(seed: 5, at: start)
        _ = try history(&cloud)
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let data = try encoder.encode(cloud)
        var copy = try JSONDecoder().decode(Cloud.self, from: data)
        #expect(copy == cloud)
        #expect(try encoder.encode(copy) == data)
        #expect(try history(&copy) == history(&cloud))
    }

    @Test("copies are independent")
    func values() throws {
        let original = Cloud.demo(seed: 5, at: start)
        var overlay = original
        _ = try overlay.rows("instances.delete", ["instance_id": .string(try overlay.id("web-01"))])
        #expect(try original.server(original.id("web-01"))?.status(at: start + .seconds(60)) == .active)
    }

    @Test("an operation that the model does not know is no refusal")
    func unknownOperation() throws {
        var cloud = Cloud.demo(seed: 1, at: start)
        let list = try #require(Catalog.iwinv["zones.list"])
        guard case .cannotTell = cloud.apply("moons.list", try Arguments([:], for: list), at: start) else {
            Issue.record("an answer about nothing")
            return
        }
    }

    @Test("every operation of the catalog is known, in both families", arguments: Catalog.iwinv.operations.indices)
    func complete(index: Int) throws {
        var cloud = Cloud.demo(seed: 1, at: start)
        let entry = Catalog.iwinv.operations[index]
        var raw: [String: JSONValue] = [:]
        for parameter in entry.parameters where parameter.isRequired {
            raw[parameter.name] =
                switch parameter.type {
                case .integer(let range), .multiple(_, let range): .integer(range.lowerBound)
                case .choice(let words, _): .string(words.first ?? "")
                case .addressRange: "192.168.1.10/24"
                case .ports: "80"
                default: "anything"
                }
        }
        let answer = cloud.apply(entry, try Arguments(raw, for: entry), at: start)
        if case .cannotTell(let why) = answer { Issue.record("\(why)") }
    }
}
