import Clocks
import Foundation
import IwinvCatalog
import IwinvModel
import IwinvSimulator
import IwinvWire
import RunStore
import Testing

extension TraceTests {
    /// Of two processes that change one server at the same time, the second sends when the first has its answer, and finds
    /// what that has made of it.
    @Test func `two runs change a server one after the other`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let clock = SystemClock()
        let cloud = try Cloud(FleetDescription(["servers": [["name": "web-1"]]]), seed: 1, at: clock.now)
        var configuration = SimulatorConfiguration(cloud: cloud, clock: clock)
        configuration.quota = nil
        // Longer than two programs need to start: who does not wait for the lock sends meanwhile.
        configuration.faults = [try FaultRule("instances.edit: delay(4s)")]
        let simulator = try await IwinvSimulator.start(configuration)
        let state = iwlua.folder.appendingPathComponent("state").path
        let environment = [
            "IWLUA_ENDPOINT": simulator.endpoint, "IWINV_ACCESS_KEY": "simulated-access-key",
            "IWINV_SECRET_KEY": "simulated-secret-key", "IWLUA_BUDGET": "none", "IWLUA_STATE": state,
        ]
        let id = try #require(cloud.servers.first).id
        let names = ["first-1", "second-1"]
        try await withThrowingTaskGroup(of: Void.self) { group in
            for name in names {
                let script = "require('iwinv').instances.edit('\(id)', { name = '\(name)' })"
                group.addTask {
                    let result = try await iwlua.run(
                        ["run", "-e", script, "--allow", "instances:edit", "--yes"], environment: environment)
                    #expect(result.status == 0, "\(result.errors)")
                }
            }
            try await group.waitForAll()
        }
        let edits = simulator.requests.filter { $0.operation == "instances.edit" }.map(\.at)
        #expect(edits.count == 2 && edits[1] - edits[0] >= .seconds(4), "sent at \(edits)")
        let journal = try await Journal.open(folder: state)
        var before: Set<String> = []
        for run in try await journal.runs() {
            let history = RunHistory(try await journal.entries(of: run.id))
            before.formUnion(history.changes.values.compactMap { $0.intent?.before["name"]?.stringValue })
        }
        let last = try #require(simulator.cloud.servers.first).name
        #expect(before == Set(names + ["web-1"]).subtracting([last]), "the last name is \(last)")
        try await simulator.stop()
    }

    /// What the cloud has done of it a read tells.
    @Test(arguments: ["edit { name = 'first-1' }", "reboot()"])
    func `a change whose reply is lost is sent once`(_ change: String) async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let clock = SystemClock()
        let cloud = try Cloud(FleetDescription(["servers": [["name": "web-1"]]]), seed: 1, at: clock.now)
        var configuration = SimulatorConfiguration(cloud: cloud, clock: clock)
        configuration.quota = nil
        configuration.faults = try FaultRule.rules(in: "changes: once lost-reply")
        let simulator = try await IwinvSimulator.start(configuration)
        let environment = [
            "IWLUA_ENDPOINT": simulator.endpoint, "IWINV_ACCESS_KEY": "simulated-access-key",
            "IWINV_SECRET_KEY": "simulated-secret-key", "IWLUA_BUDGET": "none",
            "IWLUA_STATE": iwlua.folder.appendingPathComponent("state").path,
        ]
        let result = try await iwlua.run(
            [
                "run", "-e", "require('iwinv').instances.list()[1]:\(change)", "--yes",
                "--allow", "instances:edit,instances:power",
            ], environment: environment)
        #expect(result.status == 0, "\(result.errors)")
        #expect(simulator.requests.count { $0.method != "GET" } == 1)
        try await simulator.stop()
    }

    /// A cloud of one server, asked by one text.
    private func asked(_ text: String, _ words: [String] = []) async throws -> (Iwlua.Result, [RecordedRequest]) {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let clock = SystemClock()
        let cloud = try Cloud(FleetDescription(["servers": [["name": "web-1"]]]), seed: 1, at: clock.now)
        var configuration = SimulatorConfiguration(cloud: cloud, clock: clock)
        configuration.quota = nil
        let simulator = try await IwinvSimulator.start(configuration)
        let result = try await iwlua.run(
            ["run", "-e", "local iwinv = require 'iwinv'\n" + text] + words,
            environment: [
                "IWLUA_ENDPOINT": simulator.endpoint, "IWINV_ACCESS_KEY": "simulated-access-key",
                "IWINV_SECRET_KEY": "simulated-secret-key", "IWLUA_BUDGET": "none",
                "IWLUA_STATE": iwlua.folder.appendingPathComponent("state").path,
            ])
        let requests = simulator.requests
        try await simulator.stop()
        return (result, requests)
    }

    /// By the contract, volumes of a new server are numbered from 1.
    @Test func `the volumes of a new server are numbered from one`() async throws {
        let (result, requests) = try await asked(
            """
            local like = iwinv.instances.list()[1]
            iwinv.instances.create {
                name = "made-1", zone_id = like.zone.zone_id, flavor_id = like.flavor.flavor_id,
                image_id = like.image.image_id, block_storage = { { size = 10, name = "disk-a" }, { size = 20 } } }
            """, ["--allow", "instances:create", "--yes"])
        #expect(result.status == 0, "\(result.errors)")
        let body = String(decoding: try #require(requests.first { $0.method == "POST" }).body, as: UTF8.self)
        let fields = body.matches(of: #/name="(block_storage[^"]*)"/#).map { String($0.1) }
        #expect(fields.sorted() == ["block_storage.1.name", "block_storage.1.size", "block_storage.2.size"])
    }

    /// Each change of the catalog, in a run that was granted all but what it needs.
    @Test func `no change is sent without its own grant`() async throws {
        let changes = Catalog.iwinv.operations.filter(\.effect.isChange)
        let grants = Set(changes.map { "\($0.name.root):\($0.effect.rawValue)" })
        #expect(grants.count > 5)
        for missing in grants.sorted() {
            let names = Set(
                changes.filter { "\($0.name.root):\($0.effect.rawValue)" == missing }.map { "\($0.name)" })
            // A change takes a table, what it is about and a table, or that and another thing.
            let calls = names.sorted().map { name in
                """
                refused(iwinv.\(name), { name = 'new-1', title = 'new-1' })
                refused(iwinv.\(name), id, { name = 'new-1', title = 'new-1' })
                refused(iwinv.\(name), id, id)
                """
            }
            let text = """
                local id = iwinv.instances.list()[1].instance_id
                local denials = 0
                local function refused(change, ...)
                    local ok, problem = pcall(change, ...)
                    assert(not ok)
                    if problem.kind == "denied" then denials = denials + 1 end
                end
                \(calls.joined(separator: "\n"))
                return denials
                """
            let others = grants.subtracting([missing]).sorted().joined(separator: ",")
            let (result, requests) = try await asked(text, ["--allow", others, "--yes", "--output", "json"])
            let denials = try JSONCodec.decode(Array(result.output.utf8))["result"]?.integerValue ?? 0
            #expect(result.status == 0 && denials >= names.count, "\(missing): \(result.output) \(result.errors)")
            #expect(!requests.contains { $0.method != "GET" }, "\(missing)")
        }
    }

    @Test func `a password is not asked for without the grant for secrets`() async throws {
        let text = "return iwinv.instances.list { fields = { 'name', 'default_account' } }"
        let (refused, none) = try await asked(text, ["--allow", "instances:edit", "--yes"])
        #expect(refused.status == 3 && refused.errors.contains("--allow secret"), "\(refused.errors)")
        #expect(none.isEmpty)
        let (granted, one) = try await asked(text, ["--allow", "secret"])
        #expect(granted.status == 0 && one.count == 1, "\(granted.errors)")
    }
}
