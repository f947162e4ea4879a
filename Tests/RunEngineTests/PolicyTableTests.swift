import Clocks
import Foundation
import Gate
import IwinvCatalog
import IwinvClient
import IwinvSimulator
import IwinvTesting
import LuaRuntime
@testable import RunEngine
import RunStore
import ScriptHost
import Testing

/// Each way in which a run starts, with each part of its policy: what is refused is not sent, and stays refused.
@Suite struct PolicyTableTests {
    /// The ways in which something that changes the cloud starts.
    enum Entrance: CaseIterable {
        case run, apply, undo, resume, recovery, prompt, schedule
    }

    /// The parts of a policy, each of which refuses a change by itself.
    enum Part: CaseIterable {
        case consent, grants, protection, limits, isolation, drift

        /// At a prompt nothing rests on what an earlier process has read, and each change is asked for as it is now.
        func concerns(_ entrance: Entrance) -> Bool { !(self == .drift && entrance == .prompt) }
    }

    @Test(arguments: Entrance.allCases, Part.allCases)
    func `what one part refuses is not sent`(_ entrance: Entrance, _ part: Part) async throws {
        guard part.concerns(entrance) else { return }
        let world = try await World(part)
        let before = world.sent
        let prepared = try await world.enter(entrance)
        #expect(world.sent - before == prepared, "\(entrance) without \(part)")
        // Whatever it left behind is refused again.
        try await world.resumeAll()
        #expect(world.sent - before == prepared, "\(entrance) without \(part), resumed")
        try await world.end()
    }

    /// The table says something only if the same is made where no part refuses.
    @Test(arguments: Entrance.allCases) func `what no part refuses is made once`(_ entrance: Entrance) async throws {
        let world = try await World(nil)
        let before = world.sent
        let prepared = try await world.enter(entrance)
        #expect(world.sent - before == prepared + 1, "\(entrance)")
        try await world.resumeAll()
        #expect(world.sent - before == prepared + 1, "\(entrance), resumed")
        try await world.end()
    }
}

/// A simulated cloud, its journal, and a policy of which one part refuses.
private struct World {
    let cloud: SimulatedCloud
    let client: IwinvClient
    let journal: Journal
    let engine: RunEngine
    let refusing: PolicyTableTests.Part?
    let folder: URL
    private static let off = "require('iwinv').instances.list { name = 'web-01' }[1]:shutdown()"
    private static let rename = "require('iwinv').instances.list { name = 'web-02' }[1]:edit { name = 'db-09' }"

    init(_ part: PolicyTableTests.Part?) async throws {
        refusing = part
        cloud = try await SimulatedCloud.start()
        client = try cloud.client()
        folder = FileManager.default.temporaryDirectory.appending(path: "iwlua-policy-\(UUID())")
        journal = try await Journal.open(folder: folder.path)
        engine = Self.engine(cloud, client, journal, Protection(part == .protection ? ["*"] : []))
    }

    private static func engine(
        _ cloud: SimulatedCloud, _ client: IwinvClient, _ journal: Journal, _ protection: Protection
    ) -> RunEngine {
        RunEngine(
            CloudSession(name: "table", client: client, protection: protection), journal: journal, tool: "table")
    }

    func end() async throws {
        try await client.shutdown()
        try await cloud.stop()
        try FileManager.default.removeItem(at: folder)
    }

    /// Changes that have left this machine.
    var sent: Int { cloud.simulator.requests.count { $0.method != "GET" } }

    private var agreement: PolicyRequest.Agreement { refusing == .consent ? .none : .flag }

    private func request() throws -> PolicyRequest {
        var limits = RunLimits()
        if refusing == .limits { try limits.set(.changes, to: 0) }
        if refusing == .isolation { limits.turnOn(.requireJail) }
        return PolicyRequest(
            grants: refusing == .grants
                ? Grants() : Grants([try Grant("instances:power"), try Grant("instances:edit")]), limits: limits,
            agreement: agreement)
    }

    /// The engine that starts it. Where the jail is demanded there is none to be had: no worker can be started.
    private var entering: RunEngine {
        guard refusing == .isolation else { return engine }
        var engine = engine
        engine.configure = { host in
            if case .process(_, let requiresJail) = host.execution {
                host.execution = .process(worker: "/nonexistent/iwlua-worker", requiresJail: requiresJail)
            }
        }
        return engine
    }

    private func policy(_ request: PolicyRequest, _ approval: StandingApproval? = nil) -> RunPolicy {
        RunPolicy.resolve(account: engine.session, request: request, approval: approval)
    }

    /// Rules under which everything is let pass, for what an entrance needs to be there.
    private var free: (engine: RunEngine, policy: RunPolicy) {
        get throws {
            let engine = Self.engine(cloud, client, journal, .none)
            let request = PolicyRequest(
                grants: Grants([try Grant("instances:power"), try Grant("instances:edit")]), agreement: .flag)
            return (engine, RunPolicy.resolve(account: engine.session, request: request))
        }
    }

    /// Renames the server as somebody else does, if that is what the table is about.
    ///
    /// - Returns: How many changes that were.
    private func meddle() async throws -> Int {
        guard refusing == .drift else { return 0 }
        let servers = cloud.simulator.cloud.servers
        let server = try #require(servers.first { $0.name == "db-09" } ?? servers.first { $0.name == "web-01" })
        let edit = try #require(Catalog.iwinv["instances.edit"])
        cloud.clock.beginActivity()
        defer { cloud.clock.endActivity() }
        _ = try await client.perform(
            edit, try Arguments(["instance_id": .string(server.id), "name": "hand-01"], for: edit))
        return 1
    }

    /// A run that nobody agreed to, which has read and not changed; then it goes on with somebody's agreement.
    private func goOn(_ script: Script, needsConsent: Bool = false) async throws -> Int {
        let refused = try await engine.run(
            script, parameters: [:], policy(PolicyRequest(agreement: .none)), delegate: Unattended()
        ).report()
        #expect(refused.ended == .denied)
        let meddled = try await meddle()
        try await resume(refused.id ?? "", try request(), needsConsent: needsConsent)
        return meddled
    }

    /// Starts a change the way it is started there.
    ///
    /// - Returns: How many changes were made to have something to start with.
    func enter(_ entrance: PolicyTableTests.Entrance) async throws -> Int {
        let script = try Script(source: Self.off)
        switch entrance {
        case .run where refusing == .drift, .schedule where refusing == .drift: return try await goOn(script)
        case .run:
            _ = try await entering.run(script, parameters: [:], policy(request()), delegate: Unattended()).report()
        case .schedule:
            let request = try request()
            let approval =
                refusing == .consent ? nil : StandingApproval(id: "a1", grants: request.grants)
            _ = try await entering.run(
                script, parameters: [:], policy(request, approval), kind: "schedule table", delegate: Unattended()
            ).report()
        case .apply:
            let (engine, free) = try free
            let planning = engine.plan(script, parameters: [:], free)
            _ = await planning.run.report()
            let meddled = try await meddle()
            try await apply(planning.plan)
            return meddled
        case .undo:
            let (engine, free) = try free
            let sent = self.sent
            let made = try await engine.run(
                try Script(source: Self.rename), parameters: [:], free, delegate: Unattended()
            ).report()
            #expect(made.exitCode == 0 && self.sent == sent + 1)
            let history = try await engine.history(of: made.id ?? "")
            let plan = try await self.engine.planUndo(
                of: made.id ?? "", [history], deletesCreated: false, policy(request()))
            let meddled = try await meddle()
            if !plan.isEmpty { try await apply(plan) }
            // What there is to take back was made first.
            return 1 + meddled
        case .resume, .recovery:
            return try await goOn(script, needsConsent: entrance == .recovery)
        case .prompt:
            let options = entering.options(policy(try request()), RunEngine.Settings(), Unattended())
            let session = entering.host(policy(try request()).limits).session(options: options) { _ in }
            _ = await session.evaluate(Self.off)
            await session.close()
        }
        return 0
    }

    private func apply(_ plan: Plan) async throws {
        var request = try request()
        if refusing != .grants { request.grants = PolicyRequest(applying: plan).grants }
        do {
            _ = try await entering.apply(plan, onDrift: .stop, policy(request), delegate: Unattended()).report()
        } catch is RunRefusal {}
    }

    private func resume(_ run: String, _ request: PolicyRequest, needsConsent: Bool = false) async throws {
        let reopened = try await RunEngine.reopen(run, in: journal, clock: cloud.clock)
        do {
            let resumption = try await entering.resume(
                reopened, request, approval: nil, needsConsent: needsConsent, delegate: Unattended())
            _ = await entering.start(resumption).report()
        } catch is RunRefusal {}
    }

    /// Every run that did not end well goes on, without anything new being said.
    func resumeAll() async throws {
        for run in try await journal.runs() where run.state != .ended("done") {
            try await resume(run.id, PolicyRequest(agreement: .none))
        }
    }
}
