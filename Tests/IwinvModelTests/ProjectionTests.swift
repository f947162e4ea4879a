import Clocks
import IwinvCatalog
import IwinvModel
import Testing

@Suite("Projections (CONTRACT 1.12)")
struct ProjectionTests {
    private static let all = [
        "instance_id", "name", "description", "status", "provide", "start_date", "stop_date", "default_account", "ip",
        "zone", "flavor", "image", "monitoring", "block_storage", "vnc", "connection_limit", "traffic",
    ]

    private func keys(_ fields: JSONValue?, _ operation: OperationName = "instances.list") throws -> Set<String> {
        var cloud = try oneServer()
        var raw: [String: JSONValue] = [:]
        if let fields { raw["fields"] = fields }
        if operation != "instances.list" { raw["instance_id"] = .string(try cloud.id("box-01")) }
        return Set(try #require(try cloud.rows(operation, raw).first?.objectValue).keys)
    }

    @Test("each bit selects its key; the identifier is always there", arguments: Array(all.enumerated()))
    func singleBits(index: Int, key: String) throws {
        #expect(try keys(.integer(1 << Int64(index))) == Set(["instance_id", key]))
    }

    @Test("all bits, and bit 131072 beyond them, select all 17 keys", arguments: [131_071, 262_143] as [JSONValue])
    func allBits(mask: JSONValue) throws {
        #expect(try keys(mask) == Set(Self.all))
    }

    @Test("without a mask a list and a detail hold 639, an edit the full instance")
    func defaults() throws {
        let expected: Set = [
            "instance_id", "name", "description", "status", "provide", "start_date", "stop_date", "zone",
        ]
        #expect(try keys(nil) == expected)
        #expect(try keys(nil, "instances.get") == expected)
        #expect(try keys(nil, "instances.edit") == Set(Self.all))
        #expect(try keys(3, "instances.edit") == ["instance_id", "name"])
    }

    @Test("the mask 3599 holds no secret")
    func safeMask() throws {
        #expect(
            try keys(3599) == ["instance_id", "name", "description", "status", "zone", "flavor", "image"])
    }

    @Test("flavors have bits too")
    func flavors() throws {
        var cloud = Cloud(seed: 1, at: start)
        let row = try #require(try cloud.rows("flavors.get", ["flavor_id": "soi_2.8_s", "fields": 130]).first)
        #expect(row["name"] == "soi_2.8_s" && row["price"] != nil && row["spec"] == nil)
        let whole = try #require(try cloud.rows("flavors.get", ["flavor_id": "soi_2.8_s"]).first)
        #expect(whole.objectValue?.count == 8)
        #expect(whole["spec"]?["disk"] == 200 && whole["price"]?["full"]?["KRW"] == 60_000)
        #expect(try cloud.rows("flavors.get", ["flavor_id": "no-such"]).isEmpty)
    }
}
