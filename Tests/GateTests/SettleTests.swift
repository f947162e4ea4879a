import Gate
import IwinvCatalog
import IwinvClient
import IwinvSimulator
import IwinvTesting
import RunStore
import Testing

/// Lost replies are settled by reading, against a simulator that carries out the change and hangs up, or hangs up first.
@Suite struct SettleTests {
    /// Runs calls on a gate of their own cloud, which then has these faults.
    private func inWorld(
        _ faults: String..., grants: [String],
        _ body: (Gate, SimulatedCloud) async throws -> Void
    ) async throws {
        let cloud = try await SimulatedCloud.start()
        let client = try cloud.client()
        cloud.simulator.setFaults(try faults.map { try FaultRule($0) })
        cloud.clock.beginActivity()
        let gate = Gate(client: client, rules: .program(grants: try grants.map { try Grant($0) }, protected: []))
        let outcome: Result<Void, any Error>
        do { outcome = .success(try await body(gate, cloud)) } catch { outcome = .failure(error) }
        cloud.clock.endActivity()
        try await client.shutdown()
        try await cloud.stop()
        try outcome.get()
    }

    private func perform(
        _ gate: Gate, _ name: OperationName, _ arguments: [String: JSONValue]
    ) async throws(CloudError) -> Reply {
        guard let operation = Catalog.iwinv[name] else { throw CloudError(.invalid, "no \(name)") }
        return try await gate.perform(operation, arguments, reading: name.verb == "list" ? .allPages : .single)
    }

    private func error(_ body: () async throws(CloudError) -> Reply) async -> CloudError? {
        do throws(CloudError) {
            _ = try await body()
            return nil
        } catch {
            return error
        }
    }

    private func id(_ name: String, _ cloud: SimulatedCloud) throws -> String {
        try #require(cloud.simulator.cloud.servers.first { $0.name == name }).id
    }

    private func effects(_ cloud: SimulatedCloud) -> Int {
        cloud.simulator.requests.count { $0.hadEffect }
    }

    @Test(arguments: ["lost-reply", "truncated", "lost-502"])
    func `a rename whose reply is lost is confirmed by reading, and not sent again`(_ fault: String) async throws {
        try await inWorld("instances.edit: once \(fault)", grants: ["instances:edit"]) { gate, cloud in
            let id = try id("web-01", cloud)
            let reply = try await perform(gate, "instances.edit", ["instance_id": .string(id), "name": "www-01"])
            #expect(reply.rows.first?["name"] == "www-01")
            let change = try #require(gate.changes.changes.first)
            #expect(change.outcome == .confirmed)
            #expect(change.settledBy == "instances.get")
            #expect(effects(cloud) == 1)
            #expect(cloud.simulator.requests.count { $0.operation == "instances.edit" } == 1)
        }
    }

    @Test(arguments: ["reset", "html-502"])
    func `a rename that two readings do not show was not made, and may be made again`(_ fault: String) async throws {
        try await inWorld("instances.edit: once \(fault)", grants: ["instances:edit"]) { gate, cloud in
            let id = try id("web-01", cloud)
            let arguments: [String: JSONValue] = ["instance_id": .string(id), "name": "www-01"]
            let lost = try #require(
                await error { () throws(CloudError) in
                    try await perform(gate, "instances.edit", arguments)
                })
            #expect(lost.outcome == .refused)
            #expect(lost.isRetryable)
            #expect(lost.settledBy == "instances.get")
            #expect(gate.changes.changes.first?.outcome == .refused)
            #expect(effects(cloud) == 0)
            _ = try await perform(gate, "instances.edit", arguments)
            #expect(cloud.simulator.cloud.server(id)?.name == "www-01")
            #expect(effects(cloud) == 1)
        }
    }

    @Test func `a reboot whose reply is lost is seen at work`() async throws {
        try await inWorld("instances.reboot: once lost-reply", grants: ["instances:power"]) { gate, cloud in
            let id = try id("web-01", cloud)
            _ = try await perform(gate, "instances.reboot", ["instance_id": .string(id)])
            #expect(gate.changes.changes.first?.outcome == .observed)
            #expect(effects(cloud) == 1)
        }
    }

    @Test func `a reboot that leaves no trace stays unknown`() async throws {
        try await inWorld("instances.reboot: once reset", grants: ["instances:power"]) { gate, cloud in
            let id = try id("web-01", cloud)
            let lost = await error { () throws(CloudError) in
                try await perform(gate, "instances.reboot", ["instance_id": .string(id)])
            }
            #expect(lost?.outcome == .unknown)
            #expect(gate.changes.changes.first?.outcome == .unknown)
        }
    }

    @Test func `starting a server that stays off was not done`() async throws {
        try await inWorld("instances.start: once reset", grants: ["instances:power"]) { gate, cloud in
            let id = try id("batch-02", cloud)
            let lost = await error { () throws(CloudError) in
                try await perform(gate, "instances.start", ["instance_id": .string(id)])
            }
            #expect(lost?.outcome == .refused)
            #expect(lost?.isRetryable == true)
        }
    }

    @Test func `a creation whose reply is lost is found by what was not there before`() async throws {
        try await inWorld("instances.create: once lost-reply", grants: ["instances:create"]) { gate, cloud in
            let model = try #require(cloud.simulator.cloud.servers.first { $0.name == "web-01" })
            // The name exists already: the old server is not taken for the new one.
            let reply = try await perform(
                gate, "instances.create",
                [
                    "zone_id": .string(model.zoneID), "image_id": .string(model.imageID),
                    "flavor_id": .string(model.flavorID), "name": "web-01",
                ])
            let made = try #require(cloud.simulator.cloud.servers.last)
            #expect(reply.rows.count == 1)
            #expect(reply.rows.first?["instance_id"] == .string(made.id))
            #expect(made.id != model.id)
            #expect(gate.changes.changes.first?.id == made.id)
            #expect(gate.changes.changes.first?.outcome == .confirmed)
        }
    }

    @Test func `a creation that does not show may still come, and stays unknown`() async throws {
        try await inWorld("firewall.create: reset", grants: ["firewall:create"]) { gate, cloud in
            let lost = await error { () throws(CloudError) in
                try await perform(gate, "firewall.create", ["title": "late", "content": "x"])
            }
            #expect(lost?.outcome == .unknown)
            #expect(lost?.isRetryable == true)
        }
    }

    @Test func `of two equal creations at once, the one that got lost is not given the other's row`() async throws {
        try await inWorld("firewall.create: once reset", grants: ["firewall:create"]) { gate, cloud in
            let outcomes = try await withThrowingTaskGroup(of: Outcome?.self) { group in
                for _ in 0..<2 {
                    cloud.clock.beginActivity()
                    group.addTask {
                        defer { cloud.clock.endActivity() }
                        return await error { () throws(CloudError) in
                            try await perform(gate, "firewall.create", ["title": "twins", "content": "x"])
                        }?.outcome
                    }
                }
                // Whoever waits for others is no activity of its own.
                cloud.clock.endActivity()
                defer { cloud.clock.beginActivity() }
                return try await group.reduce(into: [Outcome?]()) { $0.append($1) }
            }
            #expect(outcomes.count { $0 == nil } == 1)
            #expect(outcomes.count { $0 == .unknown } == 1)
            #expect(cloud.simulator.cloud.firewalls.count { $0.title == "twins" } == 1)
        }
    }

    @Test func `a creation without a name cannot be told`() async throws {
        try await inWorld("instances.create: once reset", grants: ["instances:create"]) { gate, cloud in
            let model = try #require(cloud.simulator.cloud.servers.first)
            let lost = await error { () throws(CloudError) in
                try await perform(
                    gate, "instances.create",
                    [
                        "zone_id": .string(model.zoneID), "image_id": .string(model.imageID),
                        "flavor_id": .string(model.flavorID),
                    ])
            }
            #expect(lost?.outcome == .unknown)
        }
    }

    @Test func `attachments and rules are settled by their lists`() async throws {
        try await inWorld(
            "storage.detach: once lost-reply", "firewall.rules.remove: once lost-reply",
            "firewall.rules.add: once lost-reply", "firewall.detach: once lost-reply",
            grants: ["storage:edit", "firewall:edit"]
        ) { gate, cloud in
            let world = cloud.simulator.cloud
            let volume = try #require(world.volumes.first { $0.instanceID != nil })
            _ = try await perform(gate, "storage.detach", ["block_storage_id": .string(volume.id)])
            let firewall = try #require(world.firewalls.first)
            let rule = try #require(firewall.rules.first)
            _ = try await perform(
                gate, "firewall.rules.remove", ["firewall_id": .string(firewall.id), "rule_id": .integer(rule.id)])
            _ = try await perform(
                gate, "firewall.rules.add",
                [
                    "firewall_id": .string(firewall.id), "bound": "IN", "protocol": "UDP", "port": "53",
                    "ip": "192.0.2.0/24", "title": "DNS",
                ])
            let server = try #require(firewall.instanceIDs.first)
            _ = try await perform(
                gate, "firewall.detach", ["firewall_id": .string(firewall.id), "instance_id": .string(server)])
            let changes = gate.changes.changes
            #expect(changes.count == 4)
            for change in changes {
                #expect(change.settledBy != nil, "\(change.operation)")
                #expect(change.outcome == .confirmed || change.outcome == .observed, "\(change.operation)")
            }
            #expect(changes[0].before["instance_id"] == .string(volume.instanceID ?? ""))
            #expect(changes[1].id == "\(firewall.id)/\(rule.id)")
            #expect(changes[1].before["port"] == .string(rule.port))
            #expect(effects(cloud) == 4)
        }
    }

    @Test func `clearing a text is made when the cloud shows none`() async throws {
        try await inWorld("instances.edit: once lost-reply", grants: ["instances:edit"]) { gate, cloud in
            let id = try id("web-01", cloud)
            _ = try await perform(
                gate, "instances.edit", ["instance_id": .string(id), "name": "www-01", "description": ""])
            #expect(gate.changes.changes.first?.outcome == .confirmed)
            #expect(cloud.simulator.cloud.server(id)?.description == nil)
            // Without a loss it is confirmed by the reply.
            _ = try await perform(gate, "instances.edit", ["instance_id": .string(id), "description": ""])
            #expect(gate.changes.changes.last?.outcome == .confirmed)
            #expect(gate.changes.changes.last?.settledBy == nil)
        }
    }

    @Test(arguments: ["instances.shutdown", "instances.reboot", "instances.delete", "instances.rebuild"])
    func `work that was under way before is no sign of a change`(_ name: String) async throws {
        let operation = OperationName(stringLiteral: name)
        try await inWorld(
            // The reboot that makes it work is let through.
            name == "instances.reboot" ? "\(name): after 1 reset" : "\(name): reset",
            grants: ["instances:power", "instances:destroy"]
        ) { gate, cloud in
            let id = try id("web-01", cloud)
            _ = try await perform(gate, "instances.list", [:])
            _ = try await perform(gate, "instances.reboot", ["instance_id": .string(id)])
            _ = try await perform(gate, "instances.list", [:])
            let lost = await error { () throws(CloudError) in
                try await perform(gate, operation, ["instance_id": .string(id)])
            }
            #expect(lost?.outcome == .unknown)
            #expect(effects(cloud) == 1)
        }
    }

    @Test(arguments: [
        ("instances.delete", "instance_id", "INSTANCE-nope"), ("storage.delete", "block_storage_id", "BLOCK-nope"),
        ("firewall.delete", "firewall_id", "FIREWALL-nope"),
    ])
    func `what was never there is not called deleted`(_ name: String, _ key: String, _ id: String) async throws {
        try await inWorld("changes: reset", grants: ["*:destroy"]) { gate, cloud in
            let lost = await error { () throws(CloudError) in
                try await perform(gate, OperationName(stringLiteral: name), [key: .string(id)])
            }
            #expect(lost != nil)
            #expect(gate.changes.changes.allSatisfy { $0.outcome != .confirmed })
        }
    }

    @Test func `a rule that was there before is not taken for the one that was lost`() async throws {
        try await inWorld("firewall.rules.add: reset", grants: ["firewall:edit"]) { gate, cloud in
            let firewall = try #require(cloud.simulator.cloud.firewalls.first)
            let rule = try #require(firewall.rules.first)
            let lost = await error { () throws(CloudError) in
                var arguments: [String: JSONValue] = [
                    "firewall_id": .string(firewall.id), "bound": .string(rule.bound),
                    "protocol": .string(rule.protocolName), "port": .string(rule.port), "ip": .string(rule.ip),
                    "title": .string(rule.title),
                ]
                arguments["content"] = rule.content.map(JSONValue.string)
                return try await perform(gate, "firewall.rules.add", arguments)
            }
            #expect(lost?.outcome == .refused)
        }
    }

    @Test func `a settled deletion answers what it was about`() async throws {
        try await inWorld("instances.delete: once lost-reply", grants: ["instances:destroy"]) { gate, cloud in
            let id = try id("batch-02", cloud)
            let reply = try await perform(gate, "instances.delete", ["instance_id": .string(id)])
            #expect(reply.rows.count == 1)
            let change = try #require(gate.changes.changes.first)
            #expect(change.outcome == .observed)
            #expect(change.before["name"] == "batch-02")
        }
    }

    @Test func `the record of a deletion holds no secret, even if the run read some`() async throws {
        try await inWorld(grants: ["instances:destroy", "instances:secret"]) { gate, cloud in
            let id = try id("batch-02", cloud)
            _ = try await perform(
                gate, "instances.get",
                ["instance_id": .string(id), "fields": ["name", "default_account", "vnc", "ip"]])
            _ = try await perform(gate, "instances.delete", ["instance_id": .string(id)])
            let before = try #require(gate.changes.changes.first?.before.objectValue)
            #expect(before["ip"] != nil)
            #expect(before["default_account"] == nil)
            #expect(before["vnc"] == nil)
        }
    }

    @Test func `in the older family an edited rule is found under its new number`() async throws {
        let cloud = try await SimulatedCloud.start()
        let client = try cloud.client { $0.firewallAPI = .firewall }
        cloud.simulator.setFaults([try FaultRule("firewall.edit: once lost-reply")])
        let gate = Gate(client: client, rules: .program(grants: [try Grant("firewall:edit")], protected: []))
        cloud.clock.beginActivity()
        let firewall = try #require(cloud.simulator.cloud.firewalls.first)
        let rule = try #require(firewall.rules.first)
        let reply = try? await perform(
            gate, "firewall.rules.edit",
            ["firewall_id": .string(firewall.id), "rule_id": .integer(rule.id), "ip": "192.0.2.0/24"])
        cloud.clock.endActivity()
        #expect(reply?.rows.first?["ip"] == "192.0.2.0/24")
        #expect(gate.changes.changes.first?.outcome == .confirmed)
        try await client.shutdown()
        try await cloud.stop()
    }

    @Test func `a busy server is refused, and nothing needs to be read`() async throws {
        try await inWorld("instances.edit: once busy", grants: ["instances:edit"]) { gate, cloud in
            let id = try id("web-01", cloud)
            let busy = await error { () throws(CloudError) in
                try await perform(gate, "instances.edit", ["instance_id": .string(id), "name": "www-01"])
            }
            #expect(busy?.isBusy == true)
            #expect(busy?.isRetryable == true)
            #expect(busy?.outcome == .refused)
            #expect(gate.changes.changes.first?.settledBy == nil)
        }
    }

    @Test func `a run that is stopped while it looks what an earlier process did still learns it`() async throws {
        try await inWorld(grants: ["instances:edit"]) { gate, cloud in
            let id = try id("web-01", cloud)
            let arguments: [String: JSONValue] = ["instance_id": .string(id), "name": "www-01"]
            _ = try await perform(gate, "instances.edit", arguments)
            let history = RunHistory([
                JournalEntry(
                    sequence: 1, at: cloud.clock.now,
                    event: .intended(
                        ChangeIntent(call: 1, operation: "instances.edit", id: id, before: ["name": "web-01"]))),
                JournalEntry(sequence: 2, at: cloud.clock.now, event: .sending(call: 1, attempt: 1)),
            ])
            let recorded = try #require(history.changes[1])
            let resumption = try #require(Resumption(recorded, decision: nil))
            let operation = try #require(Catalog.iwinv["instances.edit"])
            cloud.simulator.setFaults([try FaultRule("instances.get: delay(3s)")])
            let before = cloud.simulator.requests.count
            let stopped = Task { try await gate.perform(operation, arguments, resumption: resumption) }
            while cloud.simulator.requests.count == before { await Task.yield() }
            stopped.cancel()
            // The delayed answer comes when the clock goes on.
            cloud.clock.endActivity()
            let result = await stopped.result
            cloud.clock.beginActivity()
            #expect(try result.get().rows.first?["name"] == "www-01")
            #expect(effects(cloud) == 1)
        }
    }

    @Test func `what the cloud has said yes to is accepted, though the run was cut before it knew`() async throws {
        try await inWorld(grants: ["instances:power"]) { gate, cloud in
            let id = try id("web-01", cloud)
            let history = RunHistory([
                JournalEntry(
                    sequence: 1, at: cloud.clock.now,
                    event: .intended(
                        ChangeIntent(
                            call: 1, operation: "instances.reboot",
                            target: ChangeIntent.Target(key: "instance_id", id: id), id: id))),
                JournalEntry(sequence: 2, at: cloud.clock.now, event: .sending(call: 1, attempt: 1)),
                JournalEntry(
                    sequence: 3, at: cloud.clock.now,
                    event: .answered(
                        ChangeAnswer(call: 1, attempt: 1, status: 202, outcome: "accepted", milliseconds: 7))),
            ])
            let recorded = try #require(history.changes[1])
            let resumption = try #require(Resumption(recorded, decision: nil))
            let operation = try #require(Catalog.iwinv["instances.reboot"])
            _ = try await gate.perform(operation, ["instance_id": .string(id)], resumption: resumption)
            #expect(gate.changes.changes.map(\.outcome) == [.accepted])
            #expect(effects(cloud) == 0)
        }
    }
}
