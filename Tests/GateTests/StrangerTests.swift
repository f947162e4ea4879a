import Clocks
import Gate
import IwinvCatalog
import IwinvClient
import IwinvSimulator
import IwinvTesting
import RunStore
import Testing

/// What somebody else made is not taken for this run's own, and what he changed is not overwritten.
@Suite struct StrangerTests {
    private struct World {
        let cloud: SimulatedCloud
        let client: IwinvClient
        let arguments: [String: JSONValue]

        init(_ family: FirewallFamily = .securityGroups) async throws {
            cloud = try await SimulatedCloud.start { $0.quota = nil }
            client = try cloud.client { $0.firewallAPI = family }
            let like = try #require(cloud.simulator.cloud.servers.first { $0.name == "web-01" })
            arguments = [
                "name": "made-01", "zone_id": .string(like.zoneID), "flavor_id": .string(like.flavorID),
                "image_id": .string(like.imageID),
            ]
            cloud.clock.beginActivity()
        }

        func gate(log: RunLog? = nil) throws -> Gate {
            let grants = try ["instances:create", "instances:edit", "firewall:create", "firewall:edit"].map {
                try Grant($0)
            }
            return Gate(client: client, rules: .program(grants: grants, protected: []))
        }

        func perform(
            _ name: OperationName, _ arguments: [String: JSONValue], _ resumption: Resumption? = nil, in gate: Gate
        ) async throws(CloudError) -> Reply {
            guard let operation = Catalog.iwinv[name] else { throw CloudError(.invalid, "no \(name)") }
            return try await gate.perform(
                operation, arguments, reading: name.verb == "list" ? .allPages : .single, order: 1,
                resumption: resumption)
        }

        func pass(_ duration: Duration) {
            cloud.clock.endActivity()
            cloud.clock.advance(by: duration)
            cloud.clock.beginActivity()
        }

        /// What the journal says of a request that left now and was never answered.
        func cut(
            _ name: OperationName, _ arguments: [String: JSONValue], row: JSONValue = .null, known: [String] = [],
            target: ChangeIntent.Target? = nil, decision: Change.Decision? = nil
        ) throws -> Resumption {
            let events: [JournalEvent] = [
                .intended(
                    ChangeIntent(
                        call: 1, operation: "\(name)", target: target, id: target?.id, wanted: .object(arguments),
                        arguments: .object(arguments))),
                .compared(call: 1, row: row, known: known),
                .sending(call: 1, attempt: 1, time: SendingTime(timeout: .seconds(60), on: cloud.clock)),
            ]
            let history = RunHistory(
                events.enumerated().map { JournalEntry(sequence: UInt64($0), at: cloud.clock.now, event: $1) })
            let recorded = try #require(history.changes[1])
            return try #require(Resumption(recorded, decision: decision))
        }

        var sent: Int { cloud.simulator.requests.count { $0.method != "GET" } }

        func end() async throws {
            cloud.clock.endActivity()
            try await client.shutdown()
            try await cloud.stop()
        }
    }

    /// When the server of that name appears, after this run's request has left; and whether it can be this run's.
    static let appearances: [(after: Duration, isOurs: Bool)] = [
        (.seconds(1), true), (.seconds(59), true), (.seconds(70), false), (.seconds(600), false),
        (.seconds(86_400), false),
    ]

    @Test(arguments: appearances)
    func `a server of the name that was made at another time is not taken`(_ after: Duration, _ isOurs: Bool)
        async throws
    {
        let world = try await World()
        let known = world.cloud.simulator.cloud.servers.map(\.id)
        let resumption = try world.cut("instances.create", world.arguments, known: known)
        world.pass(after)
        _ = try await world.perform("instances.create", world.arguments, in: try world.gate())
        world.pass(.seconds(120))
        let sent = world.sent
        let gate = try world.gate()
        do throws(CloudError) {
            let reply = try await world.perform("instances.create", world.arguments, resumption, in: gate)
            #expect(isOurs && reply.rows.first?["name"] == "made-01")
        } catch {
            #expect(!isOurs && error.outcome == .unknown, "\(error)")
        }
        #expect(world.sent == sent)
        #expect(gate.changes.changes.map(\.outcome) == [isOurs ? .confirmed : .unknown])
        try await world.end()
    }

    @Test func `a server of the name that is another kind of server is not taken`() async throws {
        let world = try await World()
        let known = world.cloud.simulator.cloud.servers.map(\.id)
        let resumption = try world.cut("instances.create", world.arguments, known: known)
        var other = world.arguments
        let flavor = try #require(
            world.cloud.simulator.cloud.servers.map(\.flavorID).first { .string($0) != other["flavor_id"] })
        other["flavor_id"] = .string(flavor)
        _ = try await world.perform("instances.create", other, in: try world.gate())
        world.pass(.seconds(120))
        await #expect(throws: CloudError.self) {
            _ = try await world.perform("instances.create", world.arguments, resumption, in: try world.gate())
        }
        try await world.end()
    }

    @Test func `an undated thing that is found by its title later is not taken`() async throws {
        let world = try await World()
        let arguments: [String: JSONValue] = ["title": "temporary", "content": "test"]
        let resumption = try world.cut("firewall.create", arguments)
        _ = try await world.perform("firewall.create", arguments, in: try world.gate())
        world.pass(.seconds(120))
        let sent = world.sent
        let gate = try world.gate()
        await #expect(throws: CloudError.self) {
            _ = try await world.perform("firewall.create", arguments, resumption, in: gate)
        }
        #expect(gate.changes.changes.map(\.outcome) == [.unknown])
        #expect(world.sent == sent)
        try await world.end()
    }

    /// A script that is given a rule is told besides whose it is, and that is what the journal has.
    @Test func `in the older family a later process finds an edited rule under its new number`() async throws {
        let world = try await World(.firewall)
        let firewall = try #require(world.cloud.simulator.cloud.firewalls.first)
        let listed = try await world.perform(
            "firewall.rules.list", ["firewall_id": .string(firewall.id)], in: try world.gate())
        let old = try #require(listed.rows.first?.objectValue)
        let rule = try #require(old["rule_id"]?.identifierText)
        let arguments: [String: JSONValue] = [
            "firewall_id": .string(firewall.id), "rule_id": try #require(old["rule_id"]), "ip": "192.0.2.0/24",
        ]
        let placed = old.merging(["firewall_id": .string(firewall.id)]) { $1 }
        let target = ChangeIntent.Target(key: "rule_id", id: rule)
        let resumption = try world.cut("firewall.rules.edit", arguments, row: .object(placed), target: target)
        let repeated = try world.cut(
            "firewall.rules.edit", arguments, row: .null, target: target, decision: .repeat)
        _ = try await world.perform("firewall.rules.edit", arguments, in: try world.gate())
        world.pass(.seconds(120))
        let sent = world.sent
        let reply = try await world.perform("firewall.rules.edit", arguments, resumption, in: try world.gate())
        #expect(reply.rows.first?["ip"] == "192.0.2.0/24")
        #expect(world.sent == sent)
        // Where nothing is known of before, what is sent again finds nothing, and that says nothing of the first sending.
        let gate = try world.gate()
        do throws(CloudError) {
            _ = try await world.perform("firewall.rules.edit", arguments, repeated, in: gate)
            Issue.record("a rule that is gone was edited")
        } catch {
            #expect(error.outcome == .unknown)
        }
        #expect(gate.changes.changes.map(\.outcome) == [.unknown])
        try await world.end()
    }

    @Test func `what was only found by name is deleted if somebody says so of it`() async throws {
        let world = try await World()
        world.cloud.simulator.setFaults([try FaultRule("instances.create: once lost-reply")])
        let gate = try world.gate()
        _ = try await world.perform("instances.create", world.arguments, in: gate)
        let change = try #require(gate.changes.changes.first)
        #expect(change.settledBy == "instances.list")
        let events: [JournalEvent] = [
            .intended(
                ChangeIntent(
                    call: 1, operation: "instances.create", id: change.id, name: change.name, wanted: change.after,
                    arguments: .object(world.arguments))),
            .sending(call: 1, attempt: 1), .concluded(call: 1, changes: [change.json]),
        ]
        world.pass(.seconds(600))
        let history = RunHistory(
            events.enumerated().map { JournalEntry(sequence: UInt64($0), at: world.cloud.clock.now, event: $1) })
        for deletesSeen in [false, true] {
            let planner = Planner(at: world.cloud.clock.now)
            let gate = Gate(planning: planner, client: world.client, rules: .readOnly)
            try await Undoer(gate: gate, planner: planner, deletesCreated: true, deletesSeen: deletesSeen).plan(history)
            let plan = planner.plan(Plan.Origin(kind: "undo", script: "undo", madeAt: SimulatedCloud.start))
            #expect(plan.entries.map(\.operation) == (deletesSeen ? ["instances.delete"] : []))
            #expect(plan.notes.contains { $0.text.contains("--delete-seen") } == !deletesSeen)
        }
        #expect(Undoer.seenCreations(of: history).map(\.id) == [change.id])
        try await world.end()
    }
}
