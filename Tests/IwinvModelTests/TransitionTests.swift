import Clocks
import IwinvCatalog
import IwinvModel
import Testing

@Suite("Transitions (CONTRACT 3.6)")
struct TransitionTests {
    private static let changes = ["start", "shutdown", "reboot", "rebuild", "resize", "delete", "edit"]

    private func arguments(_ verb: String, _ id: String) -> [String: JSONValue] {
        var raw: [String: JSONValue] = ["instance_id": .string(id)]
        if verb == "resize" { raw["flavor_id"] = "soi_2.8_s" }
        if verb == "edit" { raw["name"] = "box-02" }
        return raw
    }

    @Test(
        "what the table allows is accepted, goes through work and settles",
        arguments: [
            ("start", ServerStatus.off, "active", 10), ("shutdown", .active, "off", 5),
            ("reboot", .active, "active", 20),
            ("rebuild", .active, "active", 60), ("rebuild", .off, "active", 60), ("resize", .active, "active", 30),
            ("resize", .off, "off", 30),
        ])
    func allowed(verb: String, from: ServerStatus, to: String, seconds: Int64) throws {
        var cloud = try oneServer(from)
        let id = try cloud.id("box-01")
        let answer = try cloud.call(OperationName(resource: "instances", verb: verb), arguments(verb, id))
        #expect(
            answer == .rows([["instance_id": .string(id), "status": "work"]], total: nil, status: 202))
        #expect(try cloud.status(id, at: start) == "work")
        #expect(try cloud.status(id, at: start + .seconds(seconds) + .nanoseconds(-1)) == "work")
        #expect(try cloud.status(id, at: start + .seconds(seconds)) == to)
    }

    @Test(
        "a call in the wrong state is refused (CONTRACT U18)",
        arguments: [
            ("start", ServerStatus.active, ErrorCode.checkParameter), ("shutdown", .off, .checkParameter),
            ("reboot", .off, .deletedOrWorkingInstance), ("start", .error, .deletedOrWorkingInstance),
            ("shutdown", .error, .deletedOrWorkingInstance), ("reboot", .error, .deletedOrWorkingInstance),
            ("rebuild", .error, .deletedOrWorkingInstance), ("resize", .error, .deletedOrWorkingInstance),
        ])
    func wrongState(verb: String, in status: ServerStatus, code: ErrorCode) throws {
        var cloud = try oneServer(status)
        let before = cloud
        let id = try cloud.id("box-01")
        let answer = try cloud.call(OperationName(resource: "instances", verb: verb), arguments(verb, id))
        #expect(answer == .refused(Refusal(code, status: 400)))
        #expect(cloud == before)
    }

    @Test(
        "every change is refused while a server works, is built or is deleted, and when it is gone", arguments: changes)
    func busy(verb: String) throws {
        let operation = OperationName(resource: "instances", verb: verb)
        func expectBusy(_ cloud: Cloud, _ id: String, at instant: Instant) throws {
            var cloud = cloud
            let before = cloud
            #expect(
                try cloud.call(operation, arguments(verb, id), at: instant)
                    == .refused(Refusal(.deletedOrWorkingInstance, status: 400)))
            #expect(cloud == before)
        }
        var working = try oneServer()
        let id = try working.id("box-01")
        _ = try working.rows("instances.reboot", ["instance_id": .string(id)])
        try expectBusy(working, id, at: start + .seconds(19))

        var deleted = try oneServer()
        _ = try deleted.rows("instances.delete", ["instance_id": .string(id)])
        try expectBusy(deleted, id, at: start + .seconds(9))
        try expectBusy(deleted, id, at: start + .seconds(1000))

        var built = try oneServer()
        let row = try #require(
            try built.rows(
                "instances.create",
                ["zone_id": .string(seoul), "image_id": .string(rocky), "flavor_id": "vgna_2_n"]
            ).first)
        try expectBusy(built, try #require(row["instance_id"]?.stringValue), at: start + .seconds(4))
    }

    @Test("a created server is building, then pending, then active")
    func creation() throws {
        var cloud = Cloud(seed: 1, at: start)
        let row = try #require(
            try cloud.rows(
                "instances.create",
                ["zone_id": .string(seoul), "image_id": .string(rocky), "flavor_id": "vgna_2_n"]
            ).first)
        let id = try #require(row["instance_id"]?.stringValue)
        #expect(row["status"] == "building")
        for (seconds, status) in [(0, "building"), (4, "building"), (5, "pending"), (29, "pending"), (30, "active")] {
            #expect(try cloud.status(id, at: start + .seconds(seconds)) == status)
        }
        let building = try #require(
            try cloud.rows("instances.get", ["instance_id": .string(id), "fields": 131_071]).first)
        #expect(building["ip"] == [])
        #expect(building["default_account"] == nil)
        #expect(building["vnc"] == nil)
    }

    @Test("a deleted server is deleting, then gone: no row, ID_INVALID in detail (CONTRACT U21)")
    func deletion() throws {
        var cloud = try oneServer()
        let id = try cloud.id("box-01")
        let answer = try cloud.call("instances.delete", ["instance_id": .string(id)])
        #expect(answer == .rows([["status": "deleting", "block_storage": []]], total: nil, status: 202))
        let row = try #require(try cloud.rows("instances.get", ["instance_id": .string(id)]).first)
        #expect(row["status"] == "deleting")
        #expect(row["stop_date"] == "2024-03-10 01:00:00")
        let later = start + .seconds(10)
        #expect(try cloud.rows("instances.list", at: later).isEmpty)
        #expect(
            try cloud.call("instances.get", ["instance_id": .string(id)], at: later)
                == .refused(Refusal(.invalidIdentifier, status: 400)))
        #expect(cloud.servers(at: later).isEmpty)
    }

    @Test(
        "a server can be deleted and edited in pending, off and error", arguments: [ServerStatus.off, .error, .pending])
    func deleteAndEditElsewhere(status: ServerStatus) throws {
        var cloud = try oneServer()
        let id = try cloud.id("box-01")
        cloud.setTimeline(.steady(status), of: id)
        _ = try cloud.rows("instances.edit", ["instance_id": .string(id), "name": "box-02"])
        _ = try cloud.rows("instances.delete", ["instance_id": .string(id)])
    }

    @Test("a deletion keeps the volumes, detached (CONTRACT 3.5)")
    func volumesAreKept() throws {
        var cloud = Cloud.demo(seed: 1, at: start)
        let id = try cloud.id("db-01")
        let attached = cloud.volumes.filter { $0.instanceID == id }.map(\.id)
        #expect(attached.count == 2)
        let row = try #require(try cloud.rows("instances.delete", ["instance_id": .string(id)]).first)
        #expect(row["block_storage"] == .array(attached.map(JSONValue.string)))
        #expect(cloud.volumes.filter { attached.contains($0.id) }.allSatisfy { $0.status(at: start) == .off })
        #expect(!cloud.firewalls.contains { $0.instanceIDs.contains(id) })
    }

    @Test("a resize wants a flavor of the zone whose disk is not smaller (CONTRACT U19)")
    func resizeRules() throws {
        var cloud = try oneServer(flavor: "soi_2.8_s", image: rocky)
        let id = try cloud.id("box-01")
        for flavor in ["vgna_2_n", "no-such-flavor"] {
            #expect(
                try cloud.call("instances.resize", ["instance_id": .string(id), "flavor_id": .string(flavor)])
                    == .refused(Refusal(.unavailableFlavor, status: 400)))
        }
        _ = try cloud.rows("instances.resize", ["instance_id": .string(id), "flavor_id": "soi_4.16_s"])
        #expect(cloud.server(id)?.flavorID == "soi_4.16_s")
    }

    @Test("a rebuild keeps identifier and addresses and sets a new password (CONTRACT U20)")
    func rebuildRules() throws {
        var cloud = try oneServer(flavor: "vgna_2_n", image: rocky)
        let before = try #require(cloud.servers.first)
        let windows = try #require(cloud.images.first { $0.imageType == "os_windows" }?.id)
        let call: [String: JSONValue] = ["instance_id": .string(before.id)]
        _ = try cloud.rows("instances.rebuild", call.merging(["image_id": .string(windows)]) { $1 })
        let after = try #require(cloud.servers.first)
        #expect(after.id == before.id && after.publicAddress == before.publicAddress)
        #expect(after.imageID == windows)
        let mask: [String: JSONValue] = call.merging(["fields": 128]) { $1 }
        let later = start + .seconds(60)
        let row = try #require(try cloud.rows("instances.get", mask, at: later).first)
        #expect(row["default_account"]?["username"] == "administrator")
        #expect(
            try cloud.call(
                "instances.rebuild", call.merging(["image_id": "PIMAGE-0000000000000000000000"]) { $1 }, at: later)
                == .refused(Refusal(.invalidIdentifier)))
        var storage = try oneServer(flavor: "soi_2.8_s", image: rocky)
        #expect(
            try storage.call(
                "instances.rebuild",
                ["instance_id": .string(try storage.id("box-01")), "image_id": .string(windows)])
                == .refused(Refusal(.unavailableCombination)))
    }

    @Test("a console needs a server that is on; its link lasts ten minutes (CONTRACT U22)")
    func console() throws {
        var cloud = try oneServer()
        let call: [String: JSONValue] = ["instance_id": .string(try cloud.id("box-01"))]
        let now = Instant(seconds: 1_710_000_000 / 600 * 600)
        let first = try cloud.rows("instances.console", call, at: now)
        #expect(try cloud.rows("instances.console", call, at: now + .seconds(599)) == first)
        #expect(try cloud.rows("instances.console", call, at: now + .seconds(600)) != first)
        var off = try oneServer(.off)
        #expect(try off.call("instances.console", call) == .refused(Refusal(.deletedOrWorkingInstance)))
    }

    @Test("an identifier that never was one is ID_INVALID for every call", arguments: changes + ["get", "console"])
    func unknownServer(verb: String) throws {
        var cloud = try oneServer()
        let operation = OperationName(resource: "instances", verb: verb)
        for id in ["INSTANCE-0000000000000000000000", "123456", "0e46f055-b19b-4ae2-bcdb-ca34f79058f4"] {
            #expect(
                try cloud.call(operation, arguments(verb, id)) == .refused(Refusal(.invalidIdentifier, status: 400)))
        }
    }
}
