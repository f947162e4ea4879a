import Gate
import IwinvCatalog
import IwinvClient
import IwinvTesting
import RunStore
import Synchronization
import Testing

/// The chain, against a real simulator on loopback: what is refused is not sent, and what is sent is on record.
@Suite struct GateTests {
    private struct World {
        let cloud: SimulatedCloud
        let client: IwinvClient

        init() async throws {
            cloud = try await SimulatedCloud.start()
            client = try cloud.client()
            cloud.clock.beginActivity()
        }

        func gate(_ grants: String..., changes: Int? = nil, confirm: ChangeConfirmation? = nil) throws
            -> Gate
        {
            Gate(
                client: client,
                rules: GateRules(
                    grants: Grants(try grants.map { try Grant($0) }), protected: [],
                    consent: RunConsent(confirm == nil ? .program : .nobody), maximumChanges: changes, confirm: confirm)
            )
        }

        func perform(
            _ gate: Gate, _ name: OperationName, _ arguments: [String: JSONValue], _ reading: Call.Reading = .single
        ) async throws -> Reply {
            try await gate.perform(try #require(Catalog.iwinv[name]), arguments, reading: reading)
        }

        func servers(_ gate: Gate) async throws -> [JSONValue] {
            try await perform(gate, "instances.list", [:], .allPages).rows
        }

        var sent: Int { cloud.simulator.requests.count }

        func end() async throws {
            cloud.clock.endActivity()
            try await client.shutdown()
            try await cloud.stop()
        }
    }

    private func kind(_ body: () async throws -> Void) async -> CloudError.Kind? {
        do {
            try await body()
            return nil
        } catch {
            return (error as? CloudError)?.kind
        }
    }

    @Test func `what is not granted, or wrong, or over a limit, is not sent`() async throws {
        let world = try await World()
        let gate = try world.gate()
        let edit: [String: JSONValue] = ["instance_id": "INSTANCE-a", "name": "web-77"]
        #expect(await kind { _ = try await world.perform(gate, "instances.edit", edit) } == .denied)
        let console: [String: JSONValue] = ["instance_id": "INSTANCE-a"]
        #expect(await kind { _ = try await world.perform(gate, "instances.console", console) } == .denied)
        let editing = try world.gate("instances:edit", changes: 0)
        let short: [String: JSONValue] = ["instance_id": "INSTANCE-a", "name": "abc"]
        #expect(await kind { _ = try await world.perform(editing, "instances.edit", short) } == .invalid)
        #expect(await kind { _ = try await world.perform(editing, "instances.edit", edit) } == .limit)
        let nothing: [String: JSONValue] = ["instance_id": "INSTANCE-a"]
        #expect(await kind { _ = try await world.perform(editing, "instances.edit", nothing) } == .invalid)
        #expect(world.sent == 0)
        #expect(editing.changes.changes.isEmpty)
        try await world.end()
    }

    @Test func `secrets in a projection need the grant for secrets`() async throws {
        let world = try await World()
        let gate = try world.gate()
        for fields: JSONValue in [["default_account"], 131071, ["vnc", "name"]] {
            #expect(await kind { _ = try await world.perform(gate, "instances.list", ["fields": fields]) } == .denied)
        }
        #expect(world.sent == 0)
        let allowed = try world.gate("secret")
        let reply = try await world.perform(allowed, "instances.list", ["fields": ["default_account"]])
        #expect(reply.rows.first?["default_account"]?["password"]?.stringValue?.isEmpty == false)
        try await world.end()
    }

    @Test func `a change has a before-image: from what the run has read, or from one read more`() async throws {
        let world = try await World()
        let gate = try world.gate("instances:edit")
        let id = try #require(try await world.servers(gate).first?["instance_id"])
        let before = world.sent
        _ = try await world.perform(gate, "instances.edit", ["instance_id": id, "name": "first"])
        #expect(world.sent == before + 1)
        let fresh = try world.gate("instances:edit")
        _ = try await world.perform(fresh, "instances.edit", ["instance_id": id, "name": "second"])
        #expect(world.sent == before + 3)
        #expect(gate.changes.changes.map(\.after) == [["name": "first"]])
        #expect(fresh.changes.changes.first?.before == ["name": "first"])
        #expect(fresh.changes.changes.first?.outcome == .confirmed)
        try await world.end()
    }

    @Test func `a refused change is on record as refused`() async throws {
        let world = try await World()
        let gate = try world.gate("instances:power")
        let off = try #require(try await world.perform(gate, "instances.list", ["status": "off"], .allPages).rows.first)
        let id = try #require(off["instance_id"])
        #expect(await kind { _ = try await world.perform(gate, "instances.reboot", ["instance_id": id]) } == .api)
        #expect(gate.changes.changes.map(\.outcome) == [.refused])
        try await world.end()
    }

    @Test func `a power change climbs from accepted to observed to confirmed as reads show it`() async throws {
        let world = try await World()
        let gate = try world.gate("instances:power")
        let up = try #require(
            try await world.perform(gate, "instances.list", ["status": "active"], .allPages).rows.first)
        let id = try #require(up["instance_id"])
        _ = try await world.perform(gate, "instances.reboot", ["instance_id": id])
        #expect(gate.changes.changes.last?.outcome == .accepted)
        _ = try await world.servers(gate)
        #expect(gate.changes.changes.last?.outcome == .observed)
        try await world.cloud.clock.sleep(for: .seconds(3600))
        _ = try await world.servers(gate)
        #expect(gate.changes.changes.last?.outcome == .confirmed)
        try await world.end()
    }

    @Test func `arriving in another state than before is proof by itself`() async throws {
        let world = try await World()
        let gate = try world.gate("instances:power")
        let up = try #require(
            try await world.perform(gate, "instances.list", ["status": "active"], .allPages).rows.first)
        _ = try await world.perform(gate, "instances.shutdown", ["instance_id": up["instance_id"] ?? .null])
        try await world.cloud.clock.sleep(for: .seconds(3600))
        _ = try await world.servers(gate)
        #expect(gate.changes.changes.map(\.outcome) == [.confirmed])
        try await world.end()
    }

    @Test func `each server of a creation is a change of its own`() async throws {
        let world = try await World()
        let gate = try world.gate("instances:create")
        let server = try #require(try await world.servers(gate).first)
        let wish: [String: JSONValue] = [
            "zone_id": server["zone"]?["zone_id"] ?? .null, "image_id": server["image"]?["image_id"] ?? .null,
            "flavor_id": server["flavor"]?["flavor_id"] ?? .null, "name": "새-서버", "count": 3,
        ]
        let reply = try await world.perform(gate, "instances.create", wish)
        #expect(reply.rows.count == 3)
        #expect(Set(gate.changes.changes.compactMap(\.id)).count == 3)
        #expect(gate.changes.changes.map(\.name) == ["새-서버-1", "새-서버-2", "새-서버-3"])
        #expect(gate.changes.changes.allSatisfy { $0.after["count"] == nil })
        #expect(gate.changes.changes.allSatisfy { $0.outcome == .accepted })
        _ = try await world.servers(gate)
        #expect(gate.changes.changes.allSatisfy { $0.outcome == .confirmed }, "a read has shown them")
        let limited = try world.gate("instances:create", changes: 2)
        #expect(await kind { _ = try await world.perform(limited, "instances.create", wish) } == .limit)
        #expect(limited.changes.changes.isEmpty, "three servers are three changes")
        try await world.end()
    }

    @Test func `a person is asked once, however many changes wait for the answer`() async throws {
        let world = try await World()
        let asked = Counter()
        let gate = try world.gate(
            "instances:edit",
            confirm: { _ in
                asked.add()
                return .refused
            })
        let rows = try await world.servers(gate)
        let kinds = await withTaskGroup(of: CloudError.Kind?.self) { group in
            for row in rows.prefix(5) {
                let arguments: [String: JSONValue] = ["instance_id": row["instance_id"] ?? .null, "name": "other"]
                group.addTask { await kind { _ = try await world.perform(gate, "instances.edit", arguments) } }
            }
            return await group.reduce(into: [CloudError.Kind?]()) { $0.append($1) }
        }
        #expect(kinds == Array(repeating: .denied, count: 5))
        #expect(asked.count == 1)
        try await world.end()
    }

    private final class Counter: Sendable {
        private let value = Mutex(0)

        var count: Int { value.withLock { $0 } }

        func add() {
            value.withLock { $0 += 1 }
        }
    }
}
