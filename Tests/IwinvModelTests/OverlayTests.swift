import Clocks
import IwinvCatalog
import IwinvModel
import Testing

/// What a plan shows, case by case; `OverlayOracleTests` has the general rule.
@Suite("Overlay")
struct OverlayTests {
    private func demo() -> Planner { Planner(Cloud.demo(seed: 3, at: start)) }

    private let order: [String: JSONValue] = [
        "zone_id": "kr1_z09", "image_id": .string(rocky), "flavor_id": "vgna_2_n", "name": "새-서버",
    ]

    @Test("a server is created, gets a volume, is renamed and listed, and nothing was sent but reads")
    func wholePlan() throws {
        var plan = demo()
        let created = try #require(try plan.plan("instances.create", order).answer.rows?.first)
        #expect(created["instance_id"] == "plan.instances-1")
        #expect(created["status"] == "building")
        plan.now = plan.now + .seconds(60)
        let volume = try plan.plan(
            "storage.create", ["instance_id": "plan.instances-1", "type": "ssd", "size": 100, "name": "data-01"])
        #expect(volume.answer.rows?.first?["block_storage_id"] == "plan.storage-1")
        let renamed = try plan.plan("instances.edit", ["instance_id": "plan.instances-1", "name": "web-new"])
        #expect(renamed.answer.rows?.first?["name"] == "web-new")
        let rows = try plan.rows("instances.list", ["name": "web-new", "fields": ["name", "status", "block_storage"]])
        #expect(
            rows == [
                [
                    "instance_id": "plan.instances-1", "name": "web-new", "status": "active",
                    "block_storage": ["plan.storage-1"],
                ]
            ])
        #expect(try plan.names().count == 31)
        #expect(plan.live.servers.count == 30)
    }

    @Test("the same changes have the same placeholders, which are good arguments and no identifiers of a cloud")
    func placeholders() throws {
        func ids() throws -> [String] {
            var plan = demo()
            var more = order
            more["count"] = 2
            more["block_storage"] = [["size": 10]]
            var rows = try #require(try plan.plan("instances.create", more).answer.rows)
            let group: [String: JSONValue] = ["title": "방화벽-1", "content": "시험"]
            rows += try #require(try plan.plan("firewall.create", group).answer.rows)
            rows += try plan.rows("storage.list").suffix(2)
            let rule: [String: JSONValue] = [
                "firewall_id": "plan.firewall-1", "bound": "IN", "protocol": "TCP", "port": "80", "ip": "0.0.0.0/0",
                "title": "HTTP",
            ]
            rows += try #require(try plan.plan("firewall.rules.add", rule).answer.rows)
            let keys = ["block_storage_id", "instance_id", "firewall_id", "rule_id"]
            return try rows.map { row in
                let id = try #require(keys.compactMap { row[$0] }.first)
                #expect(Placeholder.isOne(id))
                return id.stringValue ?? id.integerValue.map(String.init) ?? ""
            }
        }
        let first = try ids()
        #expect(
            first == [
                "plan.instances-1", "plan.instances-2", "plan.firewall-1", "plan.storage-1", "plan.storage-2",
                "9000000000000001",
            ])
        #expect(try ids() == first)
        #expect(first.allSatisfy(Identifier.isValid))
        #expect(!Placeholder.isOne("INSTANCE-2Qpt4T9WbKYr4xhD9d5CNj"))
        #expect(!Placeholder.isOne(1042))
    }

    @Test("a server that is renamed into a filter comes in at its place, one that is renamed out of it goes")
    func filters() throws {
        var plan = demo()
        #expect(try plan.names(["name": "web-0"]).count == 9)
        _ = try plan.names()
        try plan.plan("instances.edit", ["instance_id": .string(try plan.live.id("web-02")), "name": "db-99"])
        try plan.plan("instances.edit", ["instance_id": .string(try plan.live.id("api-01")), "name": "web-00"])
        #expect(
            try plan.names(["name": "web-0"])
                == ["web-01"] + (3...9).map { "web-0\($0)" } + ["web-00"])
        #expect(try plan.names(["name": "db-"]) == ["db-99", "db-01", "db-02", "db-03", "db-04"])
    }

    @Test("what the plan did not touch is as the cloud sends it, also what this version does not know")
    func untouched() throws {
        var plan = demo()
        let id = try plan.live.id("web-02")
        let edit = try plan.plan("instances.edit", ["instance_id": .string(id), "description": "새 설명"])
        #expect(edit.answer.rows?.first?["description"] == "새 설명")
        let list = try #require(Catalog.iwinv["instances.list"])
        let arguments = try Arguments(["fields": ["name", "description", "status"]], for: list)
        let rows: [JSONValue] = [
            ["instance_id": "INSTANCE-strange", "name": "x", "status": "migrating", "shape": "round"],
            // Somebody renamed it while the plan was made.
            [
                "instance_id": .string(id), "name": "web-2a", "description": "alt", "status": "migrating",
                "shape": "round",
            ],
        ]
        plan.overlay.learn(rows, from: list, arguments, at: plan.now)
        let shown = plan.overlay.show(rows, of: list, arguments, at: plan.now)
        #expect(
            shown.answer.rows == [
                rows[0],
                [
                    "instance_id": .string(id), "name": "web-2a", "description": "새 설명", "status": "migrating",
                    "shape": "round",
                ],
            ])
        #expect(shown.cannotTell.isEmpty)
    }

    @Test("a restarted server is at work until the plan's clock says that it is done")
    func power() throws {
        var plan = demo()
        let id = try plan.live.id("web-01")
        try plan.plan("instances.reboot", ["instance_id": .string(id)])
        #expect(try plan.status(id) == "work")
        plan.now = plan.now + .seconds(19)
        #expect(try plan.status(id) == "work")
        #expect(
            try plan.plan("instances.edit", ["instance_id": .string(id), "name": "web-99"]).answer.refusal?.code
                == .deletedOrWorkingInstance)
        plan.now = plan.now + .seconds(1)
        #expect(try plan.status(id) == "active")
        try plan.plan("instances.shutdown", ["instance_id": .string(id)])
        plan.now = plan.now + .seconds(5)
        #expect(try plan.status(id) == "off")
        #expect(try plan.names(["status": "off"]).contains("web-01"))
        #expect(try !plan.names(["status": "active"]).contains("web-01"))
    }

    @Test("a deleted server is `deleting`, then gone; the cloud is not asked about it any more")
    func deletion() throws {
        var plan = demo()
        let id = try plan.live.id("db-01")
        let kept = try plan.rows("storage.list").filter { $0["instance_id"]?.stringValue == id }
        let reply = try #require(try plan.plan("instances.delete", ["instance_id": .string(id)]).answer.rows?.first)
        #expect(reply["block_storage"]?.arrayValue == kept.compactMap { $0["block_storage_id"] } && kept.count == 2)
        #expect(try plan.status(id) == "deleting")
        let free = try plan.rows("storage.list").filter { kept.map { $0["name"] }.contains($0["name"]) }
        #expect(free.map { $0["status"] } == ["off", "off"] && free.allSatisfy { $0["instance_id"] == .null })
        plan.now = plan.now + .seconds(10)
        plan.reads = []
        #expect(
            try plan.show("instances.get", ["instance_id": .string(id)]).answer.refusal?.code == .invalidIdentifier)
        #expect(plan.reads.isEmpty)
        #expect(try !plan.names(["name": "db-"]).contains("db-01"))
        let members = try plan.live.firewalls.flatMap { firewall in
            try plan.rows("firewall.instances", ["firewall_id": .string(firewall.id)])
        }
        #expect(!members.isEmpty && !members.contains { $0["instance_id"] == .string(id) })
    }

    @Test("a resize shows the new flavor as the cloud describes it, a rebuild the new image")
    func size() throws {
        var plan = demo()
        let id = try plan.live.id("web-01")
        let smaller = try plan.plan("instances.resize", ["instance_id": .string(id), "flavor_id": "vgna_4_n"])
        #expect(smaller.answer.rows?.first?["status"] == "work")
        #expect(smaller.cannotTell.map(\.description) == ["only the cloud knows whether the flavor is in stock"])
        plan.now = plan.now + .seconds(30)
        let windows = try #require(plan.live.images.first { $0.imageType == "os_windows" })
        try plan.plan("instances.rebuild", ["instance_id": .string(id), "image_id": .string(windows.id)])
        let row = try #require(try plan.rows("instances.get", ["instance_id": .string(id)]).first)
        #expect(row["flavor"]?["flavor_id"] == "vgna_4_n" && row["flavor"]?["memory"] == 8192)
        #expect(row["image"]?["os"]?["os_type"] == "WINDOWS")
        #expect(try plan.names(["min_memory": 8192]).contains("web-01"))
        plan.now = plan.now + .seconds(60)
        let back = try plan.plan("instances.resize", ["instance_id": .string(id), "flavor_id": "vgna_2_n"])
        #expect(back.answer.refusal?.code == .unavailableFlavor, "its disk is smaller")
    }

    @Test("a volume that is moved is at work, then at its new server, in both servers' rows too")
    func volumes() throws {
        var plan = demo()
        let volume = try #require(try plan.rows("storage.list", ["name": "data01"]).first?["block_storage_id"])
        let (from, to) = (try plan.live.id("db-01"), try plan.live.id("db-02"))
        let target: [String: JSONValue] = ["block_storage_id": volume, "instance_id": .string(to)]
        #expect(try plan.plan("storage.attach", target).answer.refusal?.code == .inUse)
        try plan.plan("storage.detach", ["block_storage_id": volume])
        #expect(try plan.plan("storage.attach", target).answer.refusal?.code == .deletedOrWorkingInstance)
        plan.now = plan.now + .seconds(5)
        try plan.plan("storage.attach", target)
        plan.now = plan.now + .seconds(5)
        let row = try #require(try plan.rows("storage.get", ["block_storage_id": volume]).first)
        #expect(row["status"] == "active" && row["instance_id"] == .string(to))
        for (id, count) in [(from, 1), (to, 2)] {
            let server = try plan.rows("instances.get", ["instance_id": .string(id), "fields": ["block_storage"]])
            #expect(server.first?["block_storage"]?.arrayValue?.count == count)
            #expect(server.first?["block_storage"]?.arrayValue?.contains(volume) == (id == to))
        }
    }

    @Test("how many volumes a server can have is what the cloud tells of it")
    func volumeLimit() throws {
        var plan = demo()
        let id = try plan.live.id("web-01")
        let get = try #require(Catalog.iwinv["instances.get"])
        let names = try #require(get.row).fields.filter { !$0.isSecret }.map { JSONValue.string($0.name) }
        let arguments = try Arguments(["instance_id": .string(id), "fields": .array(names)], for: get)
        var row = try #require(
            plan.live.apply(get, arguments, at: start).rows?.first?.objectValue)
        row["connection_limit"] = ["block_storage": 1, "ip": 3]
        plan.overlay.learn([.object(row)], from: get, arguments, at: plan.now)
        let order: [String: JSONValue] = ["instance_id": .string(id), "type": "ssd", "size": 10]
        #expect(try plan.plan("storage.create", order).answer.rows?.count == 1)
        #expect(try plan.plan("storage.create", order).answer.refusal?.code == .limitExceeded)
    }

    @Test("firewalls, their rules and their servers are shown as planned")
    func firewalls() throws {
        var plan = demo()
        let firewall = try #require(plan.live.firewalls.first { $0.title == "legacy" }).id
        let id: JSONValue = .string(firewall)
        let rule: [String: JSONValue] = [
            "bound": "IN", "protocol": "TCP", "port": "443", "ip": "0.0.0.0/0", "title": "HTTPS", "firewall_id": id,
        ]
        #expect(try plan.plan("firewall.rules.add", rule).answer.rows?.first?["rule_id"] == 9_000_000_000_000_001)
        #expect(try plan.plan("firewall.rules.add", rule).answer.refusal?.code == .checkParameter, "it has it now")
        try plan.plan(
            "firewall.rules.edit", ["firewall_id": id, "rule_id": 9_000_000_000_000_001, "port": "8443"])
        try plan.plan("firewall.rules.edit", ["firewall_id": id, "rule_id": 1061, "title": "DB"])
        try plan.plan("firewall.rules.remove", ["firewall_id": id, "rule_id": 1060])
        let rules = try plan.rows("firewall.rules.list", ["firewall_id": id])
        #expect(rules.map { $0["port"] } == ["3306", "3306-3306", "8000-9000", "8080", "8443"])
        #expect(rules.first?["title"] == "DB")
        try plan.plan("firewall.edit", ["firewall_id": id, "title": "옛-방화벽"])
        #expect(try plan.rows("firewall.list").contains { $0["title"] == "옛-방화벽" })
        #expect(try plan.plan("firewall.delete", ["firewall_id": id]).answer.refusal?.code == .inUse)
        for member in try plan.rows("firewall.instances", ["firewall_id": id]) {
            try plan.plan("firewall.detach", ["firewall_id": id, "instance_id": try #require(member["instance_id"])])
        }
        #expect(try plan.rows("firewall.instances", ["firewall_id": id]).isEmpty)
        guard case .text = try plan.plan("firewall.delete", ["firewall_id": id]).answer else {
            Issue.record("an empty firewall can be deleted")
            return
        }
        #expect(try plan.rows("firewall.list").count == 2)
        #expect(try plan.rows("firewall.get", ["firewall_id": id]).isEmpty)
    }

    @Test("a server that is put behind another firewall leaves the one it had, although that was never read")
    func membership() throws {
        var plan = demo()
        let (web, db) = (plan.live.firewalls[0].id, plan.live.firewalls[1].id)
        let server: JSONValue = .string(try plan.live.id("web-03"))
        try plan.plan("instances.edit", ["instance_id": server, "name": "web-3a"])
        try plan.plan("firewall.attach", ["firewall_id": .string(db), "instance_id": server])
        #expect(!plan.reads.contains("firewall.list"))
        let old = try plan.rows("firewall.instances", ["firewall_id": .string(web)])
        let new = try plan.rows("firewall.instances", ["firewall_id": .string(db)])
        #expect(old.count == 11 && !old.contains { $0["instance_id"] == server })
        #expect(new.last == ["instance_id": server, "name": "web-3a"] && new.count == 5)
        let legacy: JSONValue = .string(plan.live.firewalls[2].id)
        for name in ["batch-01", "batch-02", "batch-03"] {
            let id: JSONValue = .string(try plan.live.id(name))
            try plan.plan("firewall.attach", ["firewall_id": .string(db), "instance_id": id])
        }
        guard case .text = try plan.plan("firewall.delete", ["firewall_id": legacy]).answer else {
            Issue.record("nobody is behind it any more")
            return
        }
    }

    @Test("a script that lists servers and changes each causes no reading of each")
    func thrift() throws {
        var plan = demo()
        for row in try plan.rows("instances.list", ["name": "web-"]) {
            let id = try #require(row["instance_id"])
            try plan.plan("instances.edit", ["instance_id": id, "description": "새 설명"])
            try plan.plan("instances.reboot", ["instance_id": id])
        }
        #expect(try plan.rows("instances.list", ["status": "work"]).count == 12)
        #expect(plan.reads == ["instances.list", "instances.list"])
    }

    @Test("of a server that comes into a filter only what the list needs is read, and only if it was not")
    func entering() throws {
        var plan = demo()
        let id: JSONValue = .string(try plan.live.id("web-05"))
        try plan.plan("instances.reboot", ["instance_id": id])
        #expect(plan.reads == ["instances.get"])
        plan.reads = []
        let filter: [String: JSONValue] = [
            "status": "work", "name": "web-", "zone_id": "kr1_z09", "ip": "203.0.113.0/24",
            "fields": ["name", "provide"],
        ]
        let rows = try plan.rows("instances.list", filter)
        #expect(rows == [["instance_id": id, "name": "web-05", "provide": "dedicated"]])
        #expect(plan.reads == ["instances.list", "instances.get"])
        #expect(try plan.rows("instances.list", filter) == rows)
        #expect(plan.reads.suffix(1) == ["instances.list"] && plan.reads.count == 3)
        #expect(try plan.rows("instances.list", ["status": "work", "zone_id": "kr2-z01"]).isEmpty)
    }
}
