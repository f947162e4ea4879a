import Gate
import IwinvCatalog
import IwinvClient
import IwinvSimulator
import IwinvTesting
import RunStore
import Testing

/// What takes a run's changes back, planned from its journal.
@Suite struct UndoTests {
    private struct World {
        let cloud: SimulatedCloud
        let client: IwinvClient

        init(_ family: FirewallFamily = .securityGroups) async throws {
            cloud = try await SimulatedCloud.start { $0.quota = nil }
            client = try cloud.client { $0.firewallAPI = family }
            cloud.clock.beginActivity()
        }

        func gate() throws -> Gate {
            let grants = try ["instances", "storage", "firewall"].flatMap { resource in
                try ["edit", "power", "create", "destroy"].map { try Grant("\(resource):\($0)") }
            }
            return Gate(client: client, rules: .program(grants: grants, protected: []))
        }

        func read(_ name: OperationName, _ arguments: [String: JSONValue] = [:]) async throws -> [JSONValue] {
            let operation = try #require(Catalog.iwinv[name])
            return try await gate().perform(operation, arguments, reading: .allPages).rows
        }

        func server(_ name: String) async throws -> String {
            let rows = try await read("instances.list", ["name": .string(name)])
            return try #require(rows.first?["instance_id"]?.stringValue)
        }

        /// Makes changes, lets the cloud finish each, and returns the journal that a run would have kept.
        func run(_ calls: [(OperationName, [String: JSONValue])]) async throws -> RunHistory {
            let gate = try gate()
            var events: [JournalEvent] = []
            for (number, (name, arguments)) in calls.enumerated() {
                let operation = try #require(Catalog.iwinv[name])
                // As a script does that looks before it changes.
                for list: OperationName in ["instances.list", "storage.list"] {
                    _ = try await gate.perform(try #require(Catalog.iwinv[list]), [:], reading: .allPages)
                }
                _ = try await gate.perform(operation, arguments)
                let change = try #require(gate.changes.changes.last)
                let call = UInt64(number + 1)
                events.append(
                    .intended(
                        ChangeIntent(
                            call: call, operation: "\(name)", id: change.id, name: change.name, before: change.before,
                            wanted: change.after, arguments: .object(arguments))))
                events.append(.sending(call: call, attempt: 1))
                events.append(.concluded(call: call, changes: [change.json]))
                cloud.clock.endActivity()
                cloud.clock.advance(by: .seconds(600))
                cloud.clock.beginActivity()
            }
            return RunHistory(
                events.enumerated().map { JournalEntry(sequence: UInt64($0), at: cloud.clock.now, event: $1) })
        }

        func undo(_ history: RunHistory, deletesCreated: Bool = false) async throws -> Plan {
            let planner = Planner(at: cloud.clock.now)
            let gate = Gate(planning: planner, client: client, rules: .readOnly)
            try await Undoer(gate: gate, planner: planner, deletesCreated: deletesCreated).plan(history)
            return planner.plan(Plan.Origin(kind: "undo", script: "undo", madeAt: SimulatedCloud.start))
        }

        func apply(_ plan: Plan) async throws {
            let gate = try gate()
            for entry in plan.entries {
                _ = try await gate.perform(try #require(Catalog.iwinv[entry.operation]), entry.arguments)
                cloud.clock.endActivity()
                cloud.clock.advance(by: .seconds(600))
                cloud.clock.beginActivity()
            }
        }

        var changesSent: Int { cloud.simulator.requests.count { $0.method != "GET" } }

        func end() async throws {
            cloud.clock.endActivity()
            try await client.shutdown()
            try await cloud.stop()
        }
    }

    @Test func `names come back, and the second time there is nothing to do`() async throws {
        let world = try await World()
        var calls: [(OperationName, [String: JSONValue])] = []
        for number in 1...3 {
            let id = try await world.server("web-0\(number)")
            calls.append(("instances.edit", ["instance_id": .string(id), "name": .string("mid-0\(number)")]))
            calls.append(("instances.edit", ["instance_id": .string(id), "name": .string("end-0\(number)")]))
        }
        let history = try await world.run(calls)
        let sent = world.changesSent
        let plan = try await world.undo(history)
        #expect(world.changesSent == sent)
        #expect(plan.entries.first?.arguments["name"] == "mid-03")
        #expect(plan.entries.first?.expected["name"] == "end-03")
        #expect(plan.entries.count == 6)
        // Servers are independent of each other; a server's two names are not.
        #expect(plan.steps.count == 2)
        #expect(
            plan.entries.map { $0.arguments["name"] } == ["mid-03", "mid-02", "mid-01", "web-03", "web-02", "web-01"])
        #expect(plan.notes.isEmpty)
        try await world.apply(plan)
        #expect(try await world.read("instances.list", ["name": "web-0"]).count == 9)
        let again = try await world.undo(history)
        #expect(again.isEmpty)
        #expect(!again.notes.isEmpty)
        #expect(again.notes.allSatisfy { $0.kind == .left })
        try await world.end()
    }

    @Test func `what somebody else has changed since is left`() async throws {
        let world = try await World()
        let id = JSONValue.string(try await world.server("web-01"))
        let history = try await world.run([("instances.edit", ["instance_id": id, "name": "ours"])])
        _ = try await world.run([("instances.edit", ["instance_id": id, "name": "theirs"])])
        let plan = try await world.undo(history)
        #expect(plan.isEmpty)
        #expect(plan.notes.first?.text.contains("no longer as the run left it") == true)
        try await world.end()
    }

    @Test func `volumes, power, rules and firewalls go back; what is lost is told`() async throws {
        let world = try await World()
        let volume = try #require(try await world.read("storage.list").first { $0["instance_id"]?.stringValue != nil })
        let block = try #require(volume["block_storage_id"])
        let server = JSONValue.string(try await world.server("web-01"))
        let firewall = try #require(try await world.read("firewall.list").first?["firewall_id"])
        let rules = try await world.read("firewall.rules.list", ["firewall_id": firewall])
        let rule = try #require(rules.first?["rule_id"])
        let history = try await world.run([
            ("storage.detach", ["block_storage_id": block]),
            ("instances.shutdown", ["instance_id": server]),
            (
                "firewall.rules.add",
                [
                    "firewall_id": firewall, "bound": "IN", "protocol": "TCP", "port": "8443", "ip": "192.0.2.0/24",
                    "title": "test",
                ]
            ),
            ("firewall.rules.remove", ["firewall_id": firewall, "rule_id": rule]),
            ("instances.rebuild", ["instance_id": .string(try await world.server("web-02"))]),
        ])
        let plan = try await world.undo(history)
        #expect(
            plan.entries.map { "\($0.operation)" } == [
                "firewall.rules.add", "instances.start", "storage.attach", "firewall.rules.remove",
            ])
        #expect(plan.notes.contains { $0.kind == .left && $0.text.contains("instances.rebuild") })
        #expect(
            plan.steps.contains {
                if case .wait(let wait) = $0 { wait.ids == [server.stringValue ?? ""] } else { false }
            })
        try await world.apply(plan)
        let attached = try await world.read("storage.get", ["block_storage_id": block]).first
        #expect(attached?["instance_id"] == volume["instance_id"])
        #expect(try await world.read("instances.get", ["instance_id": server]).first?["status"] == "active")
        let after = try await world.read("firewall.rules.list", ["firewall_id": firewall])
        #expect(Set(after.compactMap { $0["port"] }) == Set(rules.compactMap { $0["port"] }))
        #expect(after.count == rules.count)
        #expect(try await world.undo(history).isEmpty)
        try await world.end()
    }

    @Test func `what was created is deleted only if somebody says so`() async throws {
        let world = try await World()
        let history = try await world.run([("firewall.create", ["title": "temporary", "content": "test"])])
        #expect(try await world.undo(history).isEmpty)
        let plan = try await world.undo(history, deletesCreated: true)
        #expect(plan.entries.map(\.operation) == ["firewall.delete"])
        #expect(plan.entries.first?.name == "temporary")
        try await world.apply(plan)
        #expect(try await world.undo(history, deletesCreated: true).isEmpty)
        try await world.end()
    }

    @Test func `a firewall that an attachment replaced is told of`() async throws {
        let world = try await World()
        let server = JSONValue.string(try await world.server("web-01"))
        let rows = try await world.read("firewall.list")
        var free: JSONValue?
        for row in rows {
            guard let id = row["firewall_id"] else { continue }
            let members = try await world.read("firewall.instances", ["firewall_id": id])
            if !members.contains(where: { $0["instance_id"] == server }) { free = id }
        }
        let firewall = try #require(free)
        let attach = ["firewall_id": firewall, "instance_id": server]
        let planner = Planner(at: world.cloud.clock.now)
        let gate = Gate(planning: planner, client: world.client, rules: .readOnly)
        planner.clock.beginActivity()
        _ = try await gate.perform(try #require(Catalog.iwinv["firewall.attach"]), attach)
        planner.clock.endActivity()
        let planned = planner.plan(Plan.Origin(script: "attach", madeAt: SimulatedCloud.start))
        #expect(planned.entries.first?.undoLoses?.english.contains("firewall that the server had before") == true)
        let history = try await world.run([("firewall.attach", attach)])
        let plan = try await world.undo(history)
        #expect(plan.entries.map(\.operation) == ["firewall.detach"])
        #expect(plan.notes.map(\.kind) == [.left])
        #expect(plan.notes.first?.text.contains("is not known, and not brought back") == true)
        #expect(plan.notes.first?.korean?.contains("이전 방화벽") == true)
        try await world.end()
    }

    @Test func `what cannot be looked at in the older family keeps nothing else back`() async throws {
        let world = try await World(.firewall)
        let id = try await world.server("web-01")
        let server = JSONValue.string(id)
        let free = world.cloud.simulator.cloud.firewalls.first { !$0.instanceIDs.contains(id) }
        let firewall = JSONValue.string(try #require(free).id)
        let history = try await world.run([
            ("instances.edit", ["instance_id": server, "name": "www-01"]),
            ("firewall.attach", ["firewall_id": firewall, "instance_id": server]),
        ])
        let plan = try await world.undo(history)
        #expect(plan.entries.map(\.operation) == ["instances.edit"])
        #expect(plan.notes.contains { $0.kind == .left && $0.text.hasPrefix("firewall.attach") })
        try await world.end()
    }

    @Test func `of a rule all comes back but a text that the cloud cannot empty`() async throws {
        let world = try await World()
        var found: (firewall: JSONValue, rule: JSONValue)?
        for row in try await world.read("firewall.list") {
            guard let id = row["firewall_id"] else { continue }
            let rules = try await world.read("firewall.rules.list", ["firewall_id": id])
            if let rule = rules.first(where: { $0["content"]?.isNull ?? true }) { found = (id, rule) }
        }
        let (firewall, rule) = try #require(found)
        let number = try #require(rule["rule_id"])
        let edit = { (fields: [String: JSONValue]) in
            ["firewall_id": firewall, "rule_id": number].merging(fields) { $1 }
        }
        let history = try await world.run([("firewall.rules.edit", edit(["port": "8443", "content": "memo"]))])
        let plan = try await world.undo(history)
        #expect(plan.entries.first?.arguments == edit(["port": rule["port"] ?? .null]))
        #expect(plan.notes.first?.text.contains("the cloud cannot empty `content` again") == true)
        try await world.apply(plan)
        let after = try await world.read("firewall.rules.list", ["firewall_id": firewall])
        let back = try #require(after.first { $0["rule_id"] == number })
        #expect(back["port"] == rule["port"] && back["content"] == "memo")
        // Nothing but the text: there is nothing to do, and it is told.
        let text = try await world.run([("firewall.rules.edit", edit(["content": "other"]))])
        #expect(try await !world.undo(text).isEmpty)
        try await world.end()
    }
}
