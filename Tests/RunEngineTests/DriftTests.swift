import Foundation
import Gate
import IwinvCatalog
import IwinvClient
import IwinvSimulator
import IwinvTesting
@testable import RunEngine
import RunStore
import ScriptHost
import Testing

/// What somebody else changes while a run is interrupted, or is being planned.
@Suite struct DriftTests {
    private struct World {
        let cloud: SimulatedCloud
        let client: IwinvClient
        let engine: RunEngine
        let folder: URL

        init() async throws {
            cloud = try await SimulatedCloud.start()
            client = try cloud.client()
            folder = FileManager.default.temporaryDirectory.appending(path: "iwlua-drift-\(UUID())")
            engine = RunEngine(
                CloudSession(name: "drift", client: client, protection: .none),
                journal: try await Journal.open(folder: folder.path), tool: "drift")
        }

        func policy(_ agreement: PolicyRequest.Agreement, changes: Int? = nil) throws -> RunPolicy {
            RunPolicy.resolve(account: engine.session, request: try request(agreement, changes: changes))
        }

        func request(_ agreement: PolicyRequest.Agreement, changes: Int? = nil) throws -> PolicyRequest {
            var limits = RunLimits()
            if let changes { try limits.set(.changes, to: changes) }
            return PolicyRequest(
                grants: Grants(
                    [try Grant("instances:edit"), try Grant("instances:power"), try Grant("firewall:edit")]),
                limits: limits,
                agreement: agreement)
        }

        func run(_ source: String, _ policy: RunPolicy) async throws -> RunReport {
            try await engine.run(try Script(source: source), parameters: [:], policy, delegate: Unattended()).report()
        }

        func resume(_ run: String?, _ request: PolicyRequest, onDrift: PlanScript.DriftRule = .stop) async throws
            -> RunReport
        {
            let reopened = try await RunEngine.reopen(
                try #require(run), in: try #require(engine.journal), clock: cloud.clock)
            var settings = RunEngine.Settings()
            settings.onDrift = onDrift
            let resumption = try await engine.resume(
                reopened, request, approval: nil, settings, delegate: Unattended())
            return await engine.start(resumption).report()
        }

        /// As somebody else does it.
        func rename(_ name: String, _ new: String) async throws {
            let server = try #require(cloud.simulator.cloud.servers.first { $0.name == name })
            let edit = try #require(Catalog.iwinv["instances.edit"])
            cloud.clock.beginActivity()
            defer { cloud.clock.endActivity() }
            _ = try await client.perform(
                edit, try Arguments(["instance_id": .string(server.id), "name": .string(new)], for: edit))
        }

        var names: Set<String> { Set(cloud.simulator.cloud.servers.map(\.name)) }
        var sent: Int { cloud.simulator.requests.count { $0.method != "GET" } }

        func end() async throws {
            try await client.shutdown()
            try await cloud.stop()
            try FileManager.default.removeItem(at: folder)
        }
    }

    private static let renameAll = """
        for _, vm in ipairs(require('iwinv').instances.list { name = 'web-0' }) do
            vm:edit { name = (vm.name:gsub('web', 'www')) }
        end
        """

    @Test func `a run that goes on ends where something has changed meanwhile, or leaves it alone`() async throws {
        let world = try await World()
        let refused = try await world.run(Self.renameAll, world.policy(.none))
        #expect(refused.ended == .denied)
        try await world.rename("web-02", "hand-02")
        let sent = world.sent
        let stopped = try await world.resume(refused.id, try world.request(.flag))
        #expect(stopped.exitCode == 3)
        #expect(stopped.failure?.message.contains("“hand-02”, and was “web-02”") == true, "\(stopped)")
        #expect(stopped.failure?.operation == "instances.edit")
        // Those before it were made.
        #expect(world.names.isSuperset(of: ["www-01", "hand-02", "web-03"]))
        #expect(world.sent == sent + 1)
        let again = try await world.resume(refused.id, try world.request(.none))
        #expect(again.exitCode == 3)
        #expect(world.sent == sent + 1)
        let skipped = try await world.resume(refused.id, try world.request(.flag), onDrift: .skip)
        #expect(skipped.exitCode == 3)
        #expect(skipped.failure?.message.contains("hand-02") == true, "\(skipped)")
        #expect(world.names.isSuperset(of: ["www-01", "hand-02", "www-03"]))
        #expect(!world.names.contains { $0.hasPrefix("web-0") })
        let left = skipped.changes.filter { $0.decision == .skip }
        #expect(left.map(\.outcome) == [.notSent])
        #expect(left.map(\.before) == [["name": "hand-02"]])
        // Taken back is what it made, and nothing else.
        let history = try await world.engine.history(of: refused.id ?? "")
        let plan = try await world.engine.planUndo(
            of: refused.id ?? "", [history], deletesCreated: false, world.policy(.flag))
        #expect(!plan.entries.isEmpty)
        #expect(!plan.entries.contains { $0.arguments["name"] == "web-02" })
        try await world.end()
    }

    @Test func `what a run has changed itself is as it left it`() async throws {
        let world = try await World()
        let source = """
            local vm = require('iwinv').instances.list { name = 'web-01' }[1]
            vm:edit { name = 'mid-01' }
            vm:shutdown()
            vm:wait('off')
            vm:edit { name = 'end-01' }
            """
        for changes in 1...2 {
            let cut = try await world.run(source, world.policy(.flag, changes: changes))
            #expect(cut.exitCode == 3)
            let done = try await world.resume(cut.id, try world.request(.flag, changes: 9))
            #expect(done.exitCode == 0, "\(done)")
            #expect(world.names.contains("end-01"))
            try await world.rename("end-01", "web-01")
            let start = try await world.run(
                "local vm = require('iwinv').instances.list{name='web-01'}[1] vm:start() vm:wait('active')",
                world.policy(.flag))
            #expect(start.exitCode == 0, "\(start)")
        }
        try await world.end()
    }

    /// What a rule is called is not what its firewall is called.
    @Test func `a run's own rules are no change of their firewall`() async throws {
        let world = try await World()
        let source = """
            local firewall = require('iwinv').firewall
            local front = firewall.list()[1]
            for i = 1, 3 do
                firewall.rules.add(front.firewall_id, {
                    bound = "IN", protocol = "TCP", port = tostring(1000 + i), ip = "10.0.0.0/8", title = "r" .. i })
            end
            """
        let cut = try await world.run(source, world.policy(.flag, changes: 1))
        #expect(cut.exitCode == 3)
        let done = try await world.resume(cut.id, try world.request(.flag, changes: 9))
        #expect(done.exitCode == 0, "\(done)")
        #expect(world.sent == 3)
        try await world.end()
    }

    @Test func `a plan says which run under way changes what it has read`() async throws {
        let world = try await World()
        let moving = try await world.engine.run(
            try Script(
                source: """
                    require('iwinv').instances.list { name = 'web-01' }[1]:edit { name = 'mov-01' }
                    print('sleeping')
                    time.sleep('1h')
                    """),
            parameters: [:], world.policy(.flag), delegate: Unattended())
        // The plan's own waiting must not end the other's sleep.
        world.cloud.clock.beginActivity()
        for await event in moving.events {
            if case .printed = event { break }
        }
        for (source, isConcerned) in [(Self.renameAll, false), ("require('iwinv').instances.list()", true)] {
            let planning = world.engine.plan(try Script(source: source), parameters: [:], try world.policy(.none))
            _ = await planning.report()
            let notes = planning.plan.notes.filter { $0.kind == .moving }
            #expect(notes.count == (isConcerned ? 1 : 0))
            #expect(notes.allSatisfy { $0.text.contains(moving.id) && $0.korean != nil })
        }
        moving.cancel()
        world.cloud.clock.endActivity()
        _ = await moving.report()
        try await world.end()
    }
}
