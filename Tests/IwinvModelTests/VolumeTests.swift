import Clocks
import IwinvCatalog
import IwinvModel
import Testing

@Suite("Volumes (CONTRACT 3.7)")
struct VolumeTests {
    /// Two servers in Seoul, one in the other zone, and two free volumes.
    private func fleet() throws -> Cloud {
        try Cloud(
            FleetDescription(
                servers: [.init("box-%02d", count: 2), .init("far-01", zone: "kr2-z01")],
                volumes: [.init("data01", size: 100), .init("far-data", size: 50, zone: "kr2-z01")]),
            seed: 7, at: start)
    }

    private func volume(_ cloud: Cloud, _ name: String = "data01") throws -> String {
        try #require(cloud.volumes.first { $0.name == name }?.id)
    }

    private func status(_ cloud: inout Cloud, _ id: String, at instant: Instant) throws -> JSONValue? {
        let answer = try cloud.call("storage.get", ["block_storage_id": .string(id)], at: instant)
        if answer.refusal?.code == .invalidIdentifier { return nil }
        return answer.rows?.first?["status"]
    }

    @Test("types are those seen live")
    func types() throws {
        var cloud = try fleet()
        let ssd: JSONValue = ["type": "ssd", "min": 10, "max": 2000, "zones": nil]
        let sata: JSONValue = ["type": "sata", "min": 10, "max": 20000, "zones": ["kr1_z09"]]
        cloud.switches.statuses = .documented
        #expect(try cloud.call("storage.types") == .rows([ssd, sata], total: nil, status: 202))
        #expect(try cloud.rows("storage.types", ["type": "sata"]) == [sata])
        cloud.switches.statuses = .live
        #expect(try cloud.call("storage.types") == .rows([ssd, sata], total: nil, status: 200))
    }

    @Test("an unknown type filter is CHECK_PARAM (CONTRACT 2.2)", arguments: ["storage.types", "storage.list"])
    func unknownType(operation: String) throws {
        var cloud = try fleet()
        try cloud.expectRefusal(.checkParameter, OperationName(stringLiteral: operation), ["type": "nvme"])
    }

    @Test("a row has the ten assumed keys")
    func row() throws {
        var cloud = try fleet()
        let id = JSONValue.string(try volume(cloud))
        let expected: JSONValue = [
            "block_storage_id": id, "name": "data01", "description": nil, "type": "ssd", "size": 100, "status": "off",
            "zone": ["zone_id": "kr1_z09", "name": "KR1-Z09"], "instance_id": nil,
            "start_date": "2024-03-10 01:00:00", "stop_date": nil,
        ]
        #expect(try cloud.row("storage.get", ["block_storage_id": id]) == expected)
        #expect(try cloud.rows("storage.list").first == expected)
    }

    @Test("the list is filtered by zone, part of the name and type")
    func filters() throws {
        var cloud = Cloud.demo(seed: 1, at: start)
        func names(_ filter: [String: JSONValue]) throws -> [JSONValue?] {
            try cloud.rows("storage.list", filter).map { $0["name"] }
        }
        #expect(try names([:]).count == 6)
        #expect(try names(["type": "sata"]) == ["archive"])
        #expect(try names(["name": "data0"]) == ["data01", "data02"])
        #expect(try names(["zone_id": "kr2-z01"]).isEmpty)
        #expect(try names(["zone_id": "kr1_z09", "name": "데이터", "type": "ssd"]) == ["주문-데이터"])
    }

    @Test("a creation is at work, then active on its server")
    func creation() throws {
        var cloud = try fleet()
        let server = JSONValue.string(try cloud.id("box-01"))
        let answer = try cloud.call(
            "storage.create",
            ["instance_id": server, "type": "sata", "size": 500, "name": "data02", "description": "백업"])
        let id = try #require(cloud.volumes.last?.id)
        #expect(
            answer
                == .rows(
                    [
                        [
                            "block_storage_id": .string(id), "instance_id": server, "name": "data02", "type": "sata",
                            "size": 500, "status": "work",
                        ]
                    ], total: nil, status: 202))
        let before = try cloud.row(
            "storage.get", ["block_storage_id": .string(id)], at: start + .seconds(15) + .nanoseconds(-1))
        #expect(before["status"] == "work" && before["instance_id"] == server && before["description"] == "백업")
        #expect(try status(&cloud, id, at: start + .seconds(15)) == "active")
        let row = try cloud.row("instances.get", ["instance_id": server, "fields": 8193])
        #expect(row["block_storage"] == [.string(id)])
    }

    @Test(
        "a size outside the type's bounds, and a type that is not offered, are CHECK_PARAM",
        arguments: [("ssd", 2010), ("ssd", 20_000), ("nvme", 100)] as [(String, Int64)])
    func size(type: String, size: Int64) throws {
        var cloud = try fleet()
        let server = JSONValue.string(try cloud.id("box-01"))
        try cloud.expectRefusal(
            .checkParameter, "storage.create", ["instance_id": server, "type": .string(type), "size": .integer(size)])
    }

    @Test("a size between the steps does not even come to the cloud", arguments: [15, 1995] as [JSONValue])
    func step(size: JSONValue) throws {
        var cloud = try fleet()
        let server = JSONValue.string(try cloud.id("box-01"))
        #expect(throws: ArgumentProblem.self) {
            try cloud.call("storage.create", ["instance_id": server, "type": "ssd", "size": size])
        }
    }

    @Test("the largest sizes are granted", arguments: [("ssd", 2000), ("sata", 20_000)] as [(String, Int64)])
    func largest(type: String, size: Int64) throws {
        var cloud = try fleet()
        let server = JSONValue.string(try cloud.id("box-01"))
        try cloud.row(
            "storage.create", ["instance_id": server, "type": .string(type), "size": .integer(size)])
    }

    @Test("sata is offered in one zone only")
    func zone() throws {
        var cloud = try fleet()
        let server = JSONValue.string(try cloud.id("far-01"))
        try cloud.expectRefusal(
            .unavailableCombination, "storage.create", ["instance_id": server, "type": "sata", "size": 100])
        try cloud.row("storage.create", ["instance_id": server, "type": "ssd", "size": 100])
        #expect(cloud.volumes.last?.zoneID == "kr2-z01")
    }

    @Test("a server has at most three, counting those at work")
    func limit() throws {
        var cloud = try fleet()
        let server = JSONValue.string(try cloud.id("box-01"))
        let order: [String: JSONValue] = ["instance_id": server, "type": "ssd", "size": 10]
        for _ in 1...3 { try cloud.row("storage.create", order) }
        try cloud.expectRefusal(.limitExceeded, "storage.create", order)
        try cloud.expectRefusal(
            .limitExceeded, "storage.attach",
            ["block_storage_id": .string(try volume(cloud)), "instance_id": server])
    }

    @Test("only a server whose status lasts gets one")
    func transition() throws {
        var cloud = try fleet()
        let server = JSONValue.string(try cloud.id("box-01"))
        let attach: [String: JSONValue] = ["block_storage_id": .string(try volume(cloud)), "instance_id": server]
        try cloud.rows("instances.reboot", ["instance_id": server])
        try cloud.expectRefusal(
            .deletedOrWorkingInstance, "storage.create", ["instance_id": server, "type": "ssd", "size": 10])
        try cloud.expectRefusal(.deletedOrWorkingInstance, "storage.attach", attach)
        try cloud.rows("instances.delete", ["instance_id": server], at: start + .seconds(60))
        try cloud.expectRefusal(.deletedOrWorkingInstance, "storage.attach", attach, at: start + .seconds(600))
        try cloud.expectRefusal(
            .invalidIdentifier, "storage.create", ["instance_id": "INSTANCE-0", "type": "ssd", "size": 10])
    }

    @Test("attached, detached, deleted: each works for a while; every other change waits")
    func life() throws {
        var cloud = try fleet()
        let server = JSONValue.string(try cloud.id("box-01"))
        let id = try volume(cloud)
        let it: [String: JSONValue] = ["block_storage_id": .string(id)]
        let attach = it.merging(["instance_id": server]) { $1 }

        try cloud.expectRefusal(.checkParameter, "storage.detach", it)
        let attached = try cloud.row("storage.attach", attach)
        #expect(attached == ["block_storage_id": .string(id), "instance_id": server, "status": "work"])
        for (operation, raw) in [("attach", attach), ("detach", it), ("delete", it)] {
            try cloud.expectRefusal(
                .deletedOrWorkingInstance, OperationName(resource: "storage", verb: operation), raw,
                at: start + .seconds(4))
        }
        #expect(try status(&cloud, id, at: start + .seconds(5)) == "active")

        let second = start + .seconds(5)
        try cloud.expectRefusal(.inUse, "storage.attach", attach, at: second)
        try cloud.expectRefusal(.inUse, "storage.delete", it, at: second)
        let detached = try cloud.row("storage.detach", it, at: second)
        #expect(detached == ["block_storage_id": .string(id), "status": "work"])
        #expect(try cloud.row("storage.get", it, at: second)["instance_id"] == .null)
        #expect(try status(&cloud, id, at: second + .seconds(5)) == "off")

        let third = second + .seconds(5)
        #expect(
            try cloud.row("storage.delete", it, at: third) == ["block_storage_id": .string(id), "status": "deleting"])
        #expect(try cloud.row("storage.get", it, at: third)["stop_date"] == "2024-03-10 01:00:10")
        try cloud.expectRefusal(.deletedOrWorkingInstance, "storage.attach", attach, at: third + .seconds(9))
        #expect(try status(&cloud, id, at: third + .seconds(10)) == nil)
        #expect(try cloud.rows("storage.list", at: third + .seconds(10)).count == 1)
        try cloud.expectRefusal(.invalidIdentifier, "storage.attach", attach, at: third + .seconds(10))
    }

    @Test("a volume stays in its zone")
    func otherZone() throws {
        var cloud = try fleet()
        let call: [String: JSONValue] = [
            "block_storage_id": .string(try volume(cloud, "far-data")), "instance_id": .string(try cloud.id("box-01")),
        ]
        try cloud.expectRefusal(.unavailableCombination, "storage.attach", call)
    }

    @Test("a deleted server frees a volume, also one at work")
    func freed() throws {
        var cloud = try fleet()
        let server = JSONValue.string(try cloud.id("box-01"))
        let id = try volume(cloud)
        try cloud.row("storage.attach", ["block_storage_id": .string(id), "instance_id": server])
        try cloud.rows("instances.delete", ["instance_id": server])
        #expect(try status(&cloud, id, at: start) == "work")
        let row = try cloud.row("storage.get", ["block_storage_id": .string(id)], at: start + .seconds(5))
        #expect(row["status"] == "off" && row["instance_id"] == .null)
    }

    @Test("one in error can be detached and deleted, not attached")
    func error() throws {
        var cloud = try fleet()
        let id = try volume(cloud)
        cloud.setVolumeTimeline(.steady(.error), of: id)
        try cloud.expectRefusal(
            .deletedOrWorkingInstance, "storage.attach",
            ["block_storage_id": .string(id), "instance_id": .string(try cloud.id("box-01"))])
        try cloud.row("storage.delete", ["block_storage_id": .string(id)])
    }

    @Test("volumes made with a server are ready together with it")
    func withServer() throws {
        var cloud = Cloud(seed: 1, at: start)
        try cloud.row(
            "instances.create",
            [
                "zone_id": .string(seoul), "image_id": .string(rocky), "flavor_id": "vgna_2_n",
                "block_storage": [["size": 10]],
            ])
        let id = try #require(cloud.volumes.first?.id)
        #expect(try status(&cloud, id, at: start + .seconds(29)) == "work")
        #expect(try status(&cloud, id, at: start + .seconds(30)) == "active")
    }
}
