import Clocks
import IwinvCatalog
import IwinvModel
import Testing

/// What a plan cannot know it says, and does not make up.
@Suite("Doubts of an overlay")
struct OverlayDoubtTests {
    private func demo() -> Planner { Planner(Cloud.demo(seed: 3, at: start)) }

    private let order: [String: JSONValue] = [
        "zone_id": "kr1_z09", "image_id": .string(rocky), "flavor_id": "vgna_2_n",
    ]

    private func fields(_ answer: PlannedAnswer) -> Set<String> { Set(answer.cannotTell.compactMap(\.field)) }

    @Test("of a created server the cloud alone knows name, addresses, password, limits and firewall")
    func creation() throws {
        var plan = demo()
        let created = try plan.plan("instances.create", order)
        #expect(fields(created) == ["name"])
        #expect(created.answer.rows?.first?["name"] == nil)
        #expect(
            created.cannotTell.filter { $0.field == nil }.map(\.description) == [
                "only the cloud knows whether the account may have more servers in this zone, and whether the flavor is in stock",
                "only the cloud knows which firewall, if any, it puts new servers behind",
            ])
        let all: [String: JSONValue] = ["instance_id": "plan.instances-1", "fields": 131_071]
        let building = try plan.show("instances.get", all)
        #expect(fields(building) == ["name", "monitoring", "connection_limit", "traffic"])
        #expect(building.answer.rows?.first?["ip"] == [])
        plan.now = plan.now + .seconds(30)
        let active = try plan.show("instances.get", all)
        #expect(
            fields(active) == [
                "name", "monitoring", "connection_limit", "traffic", "default_account", "ip", "vnc",
            ])
        let row = try #require(active.answer.rows?.first?.objectValue)
        #expect(fields(active).isDisjoint(with: row.keys))
        #expect(row["status"] == "active" && row["flavor"]?["vcpu"] == 2 && row["zone"]?["name"] == "KR1-Z09")
        #expect(!plan.reads.contains("instances.get"), "the cloud was not asked about a placeholder")
    }

    @Test("whether a server of an unknown name or address passes a filter is told, not guessed")
    func filters() throws {
        var plan = demo()
        try plan.plan("instances.create", order)
        for filter: [String: JSONValue] in [["name": "iwinv-"], ["ip": "203.0.113.0/24"], ["core_type": "x"]] {
            let answer = try plan.show("instances.list", filter)
            #expect(answer.cannotTell.map(\.id) == ["plan.instances-1"], "\(filter)")
            #expect(answer.answer.rows?.contains { $0["instance_id"] == "plan.instances-1" } == false)
        }
        let elsewhere = try plan.show("instances.list", ["name": "iwinv-", "zone_id": "kr2-z01"])
        #expect(elsewhere.cannotTell.isEmpty, "it is in another zone whatever its name is")
        try plan.plan("instances.edit", ["instance_id": "plan.instances-1", "name": "too-early"])
        plan.now = plan.now + .seconds(30)
        try plan.plan("instances.edit", ["instance_id": "plan.instances-1", "name": "iwinv-77"])
        let named = try plan.show("instances.list", ["name": "iwinv-"])
        #expect(named.cannotTell.isEmpty && named.answer.rows?.last?["name"] == "iwinv-77")
    }

    @Test("a rebuild draws a new password, which nobody knows yet; no password is kept at all")
    func passwords() throws {
        var plan = demo()
        let id: JSONValue = .string(try plan.live.id("web-01"))
        let account: [String: JSONValue] = ["instance_id": id, "fields": ["default_account"]]
        let password = try #require(
            try plan.rows("instances.get", account).first?["default_account"]?["password"]?.stringValue)
        let edit = try plan.plan(
            "instances.edit", ["instance_id": id, "description": "", "fields": ["description", "default_account"]])
        #expect(edit.answer.rows?.first == ["instance_id": id, "description": .null])
        #expect(fields(edit) == ["default_account"])
        try plan.plan("instances.rebuild", ["instance_id": id])
        let rebuilt = try plan.show("instances.get", account)
        #expect(rebuilt.answer.rows == [["instance_id": id]] && fields(rebuilt) == ["default_account"])
        var text = ""
        dump(plan.overlay, to: &text)
        #expect(text.contains(try plan.live.id("web-01")) && !text.contains(password))
    }

    @Test("a server that the cloud shows at work is refused now, and a matter of doubt later")
    func busy() throws {
        var plan = demo()
        let id = try plan.live.id("web-01")
        plan.live.setTimeline(.init(phases: [.init(.work, until: start + .seconds(100))], settled: .active), of: id)
        let edit: [String: JSONValue] = ["instance_id": .string(id), "name": "web-99"]
        #expect(try plan.plan("instances.edit", edit).answer.refusal?.code == .deletedOrWorkingInstance)
        plan.now = plan.now + .seconds(1)
        #expect(
            try plan.plan("instances.edit", edit).answer
                == .cannotTell("\(id) was `work` when it was read; only the cloud knows whether it still is"))
        #expect(try plan.names().contains("web-01"))
        // Time passes for the cloud too: a later read shows that the work is done.
        plan.live.setTimeline(.steady(.active), of: id)
        _ = try plan.names()
        #expect(try plan.plan("instances.edit", edit).answer.rows?.first?["name"] == "web-99")
    }

    @Test("rows that do not tell what a change depends on make it a matter of doubt")
    func unclearRows() throws {
        var plan = demo()
        let id = try plan.live.id("web-01")
        let get = try #require(Catalog.iwinv["instances.get"])
        let arguments = try Arguments(["instance_id": .string(id), "fields": 131_071], for: get)
        plan.overlay.learn(
            [["instance_id": .string(id), "status": "hibernating", "zone": ["zone_id": "kr1_z09"]]], from: get,
            arguments, at: plan.now)
        let answer = try plan.plan("instances.reboot", ["instance_id": .string(id)])
        guard case .cannotTell(let why) = answer.answer else {
            Issue.record("\(answer)")
            return
        }
        #expect(why.contains("hibernating"))
        #expect(try plan.status(id) == "active", "nothing was planned")
    }

    @Test("a change waits for its reads, which are few and hold no secrets")
    func needs() throws {
        let overlay = Overlay(at: start)
        func missing(_ name: OperationName, _ raw: [String: JSONValue]) throws -> [OperationName] {
            let operation = try #require(Catalog.iwinv[name])
            let arguments = try Arguments(raw, for: operation)
            let needs = overlay.missing(for: operation, arguments)
            for need in needs {
                let read = try #require(Catalog.iwinv[need.operation])
                let mask = try Arguments(need.arguments, for: read)["fields"]?.integerValue ?? 0
                #expect(read.row?.names(in: mask).contains { read.row?.field($0)?.isSecret == true } == false)
            }
            var copy = overlay
            if !needs.isEmpty {
                guard case .cannotTell = copy.apply(operation, arguments, at: start).answer else {
                    Issue.record("\(name) was planned without its reads")
                    return []
                }
            }
            return needs.map(\.operation)
        }
        #expect(try missing("instances.edit", ["instance_id": "INSTANCE-a", "name": "web-1"]) == ["instances.get"])
        #expect(
            try missing("storage.attach", ["block_storage_id": "BLOCK-a", "instance_id": "INSTANCE-a"])
                == ["instances.get", "storage.list"])
        #expect(try missing("instances.create", order) == ["zones.list", "images.get", "flavors.get"])
        #expect(try missing("firewall.create", ["title": "방화벽-1", "content": "시험"]).isEmpty)
        #expect(try missing("instances.reboot", ["instance_id": "plan.instances-1"]).isEmpty)
    }

    @Test("what the cloud does not have is refused, and so is a placeholder of something that was never planned")
    func absence() throws {
        var plan = demo()
        for id: JSONValue in ["INSTANCE-none", "plan.instances-9"] {
            #expect(
                try plan.plan("instances.reboot", ["instance_id": id]).answer.refusal?.code == .invalidIdentifier)
            #expect(try plan.show("instances.get", ["instance_id": id]).answer.refusal?.code == .invalidIdentifier)
        }
        var order = order
        order["flavor_id"] = "vgna_none"
        #expect(try plan.plan("instances.create", order).answer.refusal?.code == .unavailableFlavor)
        order["flavor_id"] = "vgna_2_n"
        order["ssh_key_id"] = "SSHKEY-none"
        #expect(try plan.plan("instances.create", order).answer.refusal?.code == .unavailableSSHKey)
        #expect(try plan.names().count == 30, "nothing was planned")
    }

    @Test("reads that no plan alters pass as they are; this month's charges say what is not in them")
    func passing() throws {
        var plan = demo()
        let list = try #require(Catalog.iwinv["instances.list"])
        #expect(!plan.overlay.alters(list))
        #expect(try plan.show("bill.live").cannotTell.isEmpty)
        try plan.plan("instances.create", order)
        #expect(plan.overlay.alters(list))
        for name: OperationName in ["zones.list", "flavors.list", "images.list", "bill.list", "storage.types"] {
            #expect(!plan.overlay.alters(try #require(Catalog.iwinv[name])), "\(name)")
            let answer = try plan.show(name)
            #expect(answer.cannotTell.isEmpty && answer.answer.rows?.isEmpty == false, "\(name)")
        }
        #expect(try plan.show("bill.live").cannotTell.count == 1)
    }

    @Test("a console is there for a server that is on in the cloud and in the plan")
    func consoles() throws {
        var plan = demo()
        let (on, off) = (try plan.live.id("web-01"), try plan.live.id("batch-02"))
        func look(_ id: String) throws -> PlannedAnswer {
            try plan.show("instances.console", ["instance_id": .string(id)])
        }
        #expect(try look(on).answer.rows?.first?["link"] != nil)
        try plan.plan("instances.shutdown", ["instance_id": .string(on)])
        try plan.plan("instances.start", ["instance_id": .string(off)])
        try plan.plan("instances.create", order)
        plan.now = plan.now + .seconds(60)
        #expect(try look(on).answer.refusal?.code == .deletedOrWorkingInstance)
        for id in [off, "plan.instances-1"] {
            guard case .cannotTell = try look(id).answer else {
                Issue.record("\(id) has no link yet")
                return
            }
        }
    }

    @Test("the older path family of firewalls is no language of plans")
    func olderFamily() throws {
        var overlay = Overlay(at: start)
        let edit = try #require(Catalog.iwinv["firewall.edit", .firewall])
        let arguments = try Arguments(["firewall_id": "FIREWALL-a", "title": "방화벽-1"], for: edit)
        guard case .cannotTell = overlay.apply(edit, arguments, at: start).answer else {
            Issue.record("it replaces rules that it was not told of")
            return
        }
    }

    @Test("where the model and the cloud differ about a filter, the cloud's word holds until a change says otherwise")
    func otherVerdicts() throws {
        var plan = demo()
        let (edited, resized) = (try plan.live.id("web-02"), try plan.live.id("web-03"))
        try plan.plan("instances.edit", ["instance_id": .string(edited), "description": "새 설명"])
        try plan.plan("instances.resize", ["instance_id": .string(resized), "flavor_id": "vgna_4_n"])
        let list = try #require(Catalog.iwinv["instances.list"])
        let rows = try plan.rows("instances.list", ["name": "web-0"])
        // Somebody deleted it while the plan was made.
        let name = try Arguments(["name": "web-0"], for: list)
        let fewer = rows.filter { $0["instance_id"] != .string(edited) }
        #expect(fewer.count == 8)
        #expect(plan.overlay.show(fewer, of: list, name, at: plan.now).answer.rows == fewer)
        // What core types there are is not known; that of another flavor may be another.
        let core = try Arguments(["core_type": "x"], for: list)
        let shown = plan.overlay.show(rows, of: list, core, at: plan.now)
        #expect(shown.answer.rows?.count == rows.count)
        #expect(shown.cannotTell.map(\.id) == [resized])
    }

    @Test("a row that tells no zone does for a new name, and leaves moving a volume in doubt")
    func noZone() throws {
        var plan = demo()
        let id: JSONValue = .string(try plan.live.id("web-01"))
        let get = try #require(Catalog.iwinv["instances.get"])
        let arguments = try Arguments(["instance_id": id, "fields": 131_071], for: get)
        plan.overlay.learn([["instance_id": id, "status": "active"]], from: get, arguments, at: plan.now)
        let edit = try plan.plan("instances.edit", ["instance_id": id, "name": "web-99", "fields": ["name"]])
        #expect(edit.answer.rows == [["instance_id": id, "name": "web-99"]])
        let volume = try plan.plan("storage.create", ["instance_id": id, "type": "ssd", "size": 10])
        #expect(volume.answer == .cannotTell("the cloud does not tell `zone` of \(id.stringValue ?? "")"))
    }
}
