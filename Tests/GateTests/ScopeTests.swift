import Clocks
import Gate
import IwinvCatalog
import IwinvClient
import IwinvTesting
import Synchronization
import Testing

/// Limits of grants, protection, groups of changes and locks, against a real simulator on loopback.
@Suite struct ScopeTests {
    private struct World {
        let cloud: SimulatedCloud
        let client: IwinvClient

        init() async throws {
            cloud = try await SimulatedCloud.start()
            client = try cloud.client()
            cloud.clock.beginActivity()
        }

        func gate(_ grants: String, _ change: (inout GateRules) -> Void = { _ in }, locks: ResourceLocks? = nil) throws
            -> Gate
        {
            var rules = GateRules.program(grants: try Grant.list(grants), protected: [])
            change(&rules)
            return Gate(client: client, rules: rules, locks: locks)
        }

        func call(_ gate: Gate, _ name: OperationName, _ arguments: [String: JSONValue]) async throws {
            _ = try await gate.perform(try #require(Catalog.iwinv[name]), arguments)
        }

        /// Web servers: identifiers and names.
        func webServers() async throws -> [(id: String, name: String)] {
            let list = try #require(Catalog.iwinv["instances.list"])
            let rows = try await client.all(list, try Arguments(["name": "web-"], for: list))
            return rows.map { ($0["instance_id"]?.stringValue ?? "", $0["name"]?.stringValue ?? "") }
        }

        var changesSent: Int {
            cloud.simulator.requests.count { $0.method != "GET" }
        }

        func end() async throws {
            cloud.clock.endActivity()
            try await client.shutdown()
            try await cloud.stop()
        }
    }

    private func error(_ body: () async throws -> Void) async -> CloudError? {
        do {
            try await body()
            return nil
        } catch {
            return error as? CloudError
        }
    }

    @Test func `grants are read with their limits, and say them`() throws {
        #expect(
            try Grant.list("instances:read instances:edit max=50 name=web-*|db-1, storage:create").map(\.description)
                == ["instances:read", "instances:edit max=50 name=web-*|db-1", "storage:create"])
        for wrong in ["instances:edit most=3", "instances:edit max=-1", "instances:edit name=", "instances:read max=1"]
        {
            #expect(throws: GrantProblem.self) { try Grant(wrong) }
        }
    }

    @Test(arguments: [
        ("instances:edit", "instances:edit max=5", true), ("instances:edit max=5", "instances:edit", false),
        ("instances:edit max=5", "instances:edit max=6", false), ("*:edit", "storage:edit name=a", true),
        ("instances:edit name=web-*", "instances:edit name=web-0*", true),
        ("instances:edit name=web-*", "instances:edit name=db-*", false),
        ("instances:edit name=web-*", "instances:edit", false),
    ])
    func `a grant covers what its limits allow`(_ given: String, _ need: String, _ covers: Bool) throws {
        #expect(try Grant(given).covers(Grant(need)) == covers)
    }

    @Test(arguments: [
        ("instances:edit max=5 name=web-*", "instances:edit", 0),
        ("instances:edit name=db-*", "instances:edit max=9", 0),
        ("instances:power", "instances:edit", 1), ("*:edit max=1", "instances:edit", 0), ("", "instances:read", 0),
        ("", "secret", 1),
    ])
    func `closer limits than a script asks for are an answer`(_ given: String, _ need: String, _ missing: Int) throws {
        #expect(Grants(try Grant.list(given)).missing(from: try Grant.list(need)).count == missing)
    }

    @Test(arguments: [
        ("web-*", "web-01", true), ("web-*", "xweb-01", false), ("*", "", true), ("w?b", "웹", false),
        ("?-1", "웹-1", true), ("a*b*c", "aXXbYYc", true), ("a*b*c", "aXXbYY", false), ("", "", true), ("", "a", false),
    ])
    func `patterns cover whole names`(_ pattern: String, _ text: String, _ matches: Bool) {
        #expect(NamePattern(pattern).matches(text) == matches)
    }

    @Test func `a grant for some names covers no others, and a new name does not help`() async throws {
        let world = try await World()
        let servers = try await world.webServers()
        let first = try #require(servers.first)
        let gate = try world.gate("instances:edit instances:power name=db-*")
        #expect(
            await error { try await world.call(gate, "instances.reboot", ["instance_id": .string(first.id)]) }?.kind
                == .denied)
        try await world.call(gate, "instances.edit", ["instance_id": .string(first.id), "name": "db-99"])
        let second = await error {
            try await world.call(gate, "instances.reboot", ["instance_id": .string(first.id)])
        }
        #expect(second?.kind == .denied)
        #expect(second?.message.contains("web-01") == true)
        #expect(world.changesSent == 1)
        try await world.end()
    }

    @Test func `a grant for so many changes is used up`() async throws {
        let world = try await World()
        let servers = try await world.webServers()
        let gate = try world.gate("instances:edit max=2 name=web-*")
        for (number, server) in servers.prefix(2).enumerated() {
            try await world.call(
                gate, "instances.edit", ["instance_id": .string(server.id), "name": .string("new-\(number)")])
        }
        let third: [String: JSONValue] = ["instance_id": .string(servers[2].id), "name": "new-2"]
        #expect(await error { try await world.call(gate, "instances.edit", third) }?.kind == .denied)
        #expect(world.changesSent == 2)
        try await world.end()
    }

    @Test(
        arguments: ["instances.delete", "instances.shutdown", "instances.reboot", "instances.rebuild"]
            as [OperationName])
    func `what is protected by name is neither destroyed nor switched off, also under a new name`(
        _ name: OperationName
    ) async throws {
        let world = try await World()
        let server = try #require(try await world.webServers().first)
        let gate = try world.gate("instances:edit instances:power instances:destroy") {
            $0.protected = [NamePattern("web-01")]
        }
        let id: [String: JSONValue] = ["instance_id": .string(server.id)]
        #expect(await error { try await world.call(gate, name, id) }?.kind == .denied)
        // Somebody else renames it.
        try await world.call(
            try world.gate("instances:edit"), "instances.edit", ["instance_id": .string(server.id), "name": "temp-1"])
        let refusal = await error { try await world.call(gate, name, id) }
        #expect(refusal?.kind == .denied)
        #expect(refusal?.advice?.english.contains("--override-protection") == true)
        #expect(world.changesSent == 1)
        try await world.end()
    }

    @Test func `what is protected may be read, edited and switched on`() async throws {
        let world = try await World()
        let server = try #require(try await world.webServers().first)
        let free = try world.gate("instances:power")
        try await world.call(free, "instances.shutdown", ["instance_id": .string(server.id)])
        try await world.cloud.clock.sleep(for: .seconds(300))
        let gate = try world.gate("instances:power instances:edit") { $0.protected = [NamePattern("web-*")] }
        try await world.call(gate, "instances.edit", ["instance_id": .string(server.id), "description": "checked"])
        // An edit that leaves the name as it is renames nothing.
        try await world.call(
            gate, "instances.edit",
            ["instance_id": .string(server.id), "name": .string(server.name), "description": "twice"])
        try await world.call(gate, "instances.start", ["instance_id": .string(server.id)])
        try await world.end()
    }

    /// Every operation of the catalog that gives something a name.
    private static let renames = Catalog.iwinv.operations.filter { $0.newName != nil }.map(\.name)

    @Test func `the operations that rename are known`() {
        #expect(Set(Self.renames) == ["instances.edit", "firewall.edit"])
    }

    @Test(arguments: renames)
    func `what is protected gets no other name, and what is not may get a protected one`(
        _ name: OperationName
    ) async throws {
        let world = try await World()
        let operation = try #require(Catalog.iwinv[name])
        let (subject, title) = (try #require(operation.subject), try #require(operation.newName).name)
        let list = try #require(Catalog.iwinv[OperationName(resource: name.resource, verb: "list")])
        let rows = try await world.client.all(list, try Arguments([:], for: list))
        let row = try #require(rows.first { ($0[title]?.stringValue?.count ?? 0) > 3 })
        let (id, old) = (try #require(row[subject.name]), try #require(row[title]?.stringValue))
        func rename(_ gate: Gate, _ new: String) async -> CloudError? {
            await error { try await world.call(gate, name, [subject.name: id, title: .string(new)]) }
        }
        for pattern in [old, String(old.prefix(2)) + "*", id.stringValue ?? ""] {
            let gate = try world.gate("\(name.resource):edit") { $0.protected = [NamePattern(pattern)] }
            let refusal = await rename(gate, "zz-0001")
            #expect(refusal?.kind == .denied, "\(pattern)")
            #expect(refusal?.advice?.english.contains("--override-protection") == true)
            #expect(refusal?.advice?.korean.contains("--override-protection") == true)
        }
        #expect(world.changesSent == 0)
        // In another run, under another name, it would not be protected: so it does not get there.
        let gate = try world.gate("\(name.resource):edit") { $0.protected = [NamePattern("kept-*")] }
        #expect(await rename(gate, "kept-01") == nil)
        #expect(await rename(gate, "zz-0001")?.kind == .denied)
        #expect(world.changesSent == 1)
        try await world.end()
    }

    // MARK: - Groups

    @Test func `the canary goes first, then somebody is asked, then the rest goes in groups with pauses`() async throws
    {
        let world = try await World()
        let servers = try await world.webServers()
        let asked = Mutex<[[Int]]>([])
        let gate = try world.gate("instances:edit") {
            $0.radius = BlastRadius(canary: 2, batch: 4, pause: .seconds(30))
            $0.confirmCanary = { made, failed in
                asked.withLock { $0.append([made, failed, world.changesSent]) }
                return .given
            }
        }
        let began = world.cloud.clock.elapsed
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (number, server) in servers.enumerated() {
                world.cloud.clock.beginActivity()
                group.addTask {
                    defer { world.cloud.clock.endActivity() }
                    try await world.call(
                        gate, "instances.edit", ["instance_id": .string(server.id), "name": .string("new-\(number)")])
                }
            }
            world.cloud.clock.endActivity()
            defer { world.cloud.clock.beginActivity() }
            try await group.waitForAll()
        }
        #expect(asked.withLock { $0 } == [[2, 0, 2]])
        #expect(world.changesSent == 12)
        // Ten in groups of four: two pauses.
        let took = world.cloud.clock.elapsed - began
        #expect(took >= .seconds(60) && took < .seconds(90))
        try await world.end()
    }

    @Test func `a no after the canary ends the changes`() async throws {
        let world = try await World()
        let servers = try await world.webServers()
        let gate = try world.gate("instances:edit") {
            $0.radius = BlastRadius(canary: 1)
            $0.confirmCanary = { _, _ in .refused }
        }
        var kinds: [CloudError.Kind?] = []
        for (number, server) in servers.prefix(3).enumerated() {
            kinds.append(
                await error {
                    try await world.call(
                        gate, "instances.edit", ["instance_id": .string(server.id), "name": .string("new-\(number)")])
                }?.kind)
        }
        #expect(kinds == [nil, .denied, .denied])
        #expect(world.changesSent == 1)
        try await world.end()
    }

    @Test(arguments: [false, true])
    func `with nobody to ask, a failure among the first changes ends the rest`(_ fails: Bool) async throws {
        let world = try await World()
        let servers = try await world.webServers()
        let gate = try world.gate("instances:edit") { $0.radius = BlastRadius(canary: 2) }
        var kinds: [CloudError.Kind?] = []
        for (number, server) in servers.prefix(4).enumerated() {
            let id = fails && number == 1 ? "INSTANCE-none" : server.id
            let edit: [String: JSONValue] = ["instance_id": .string(id), "description": "x"]
            kinds.append(await error { try await world.call(gate, "instances.edit", edit) }?.kind)
        }
        #expect(kinds == (fails ? [nil, .api, .denied, .denied] : [nil, nil, nil, nil]))
        try await world.end()
    }

    @Test func `too many failures end the changes`() async throws {
        let world = try await World()
        let gate = try world.gate("instances:edit") { $0.radius = BlastRadius(stopAfter: .count(2)) }
        var kinds: [CloudError.Kind?] = []
        for number in 1...4 {
            let missing: [String: JSONValue] = [
                "instance_id": .string("INSTANCE-none-\(number)"), "description": "x",
            ]
            kinds.append(await error { try await world.call(gate, "instances.edit", missing) }?.kind)
        }
        // The run ends as the failures that stop it do.
        #expect(kinds == [.api, .api, .api, .api])
        try await world.end()
    }

    // MARK: - Locks

    @Test func `two runs change one server one after the other`() async throws {
        let world = try await World()
        let server = try #require(try await world.webServers().first)
        let locks = ResourceLocks(clock: world.cloud.clock)
        let underway = Mutex(0)
        let most = Mutex(0)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<6 {
                let gate = Gate(
                    client: world.client, rules: .program(grants: try Grant.list("instances:edit"), protected: []),
                    locks: locks,
                    hooks: CallHooks(
                        beforeSend: { attempt in
                            guard attempt.operation == "instances.edit" else { return }
                            let now = underway.withLock {
                                $0 += 1; return $0
                            }
                            most.withLock { $0 = max($0, now) }
                        },
                        onAttempt: { report in
                            if report.attempt.operation == "instances.edit" { underway.withLock { $0 -= 1 } }
                        }))
                world.cloud.clock.beginActivity()
                group.addTask {
                    defer { world.cloud.clock.endActivity() }
                    try await world.call(
                        gate, "instances.edit", ["instance_id": .string(server.id), "name": .string("new-\(number)")])
                }
            }
            world.cloud.clock.endActivity()
            defer { world.cloud.clock.beginActivity() }
            try await group.waitForAll()
        }
        #expect(most.withLock { $0 } == 1)
        #expect(world.changesSent == 6)
        try await world.end()
    }
}
