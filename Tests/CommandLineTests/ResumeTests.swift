import Clocks
import Foundation
import IwinvCatalog
import IwinvModel
import IwinvSimulator
import IwinvWire
import RunStore
import Testing

/// `resume`, `replay`, approvals and stops, through the built binary against a simulator.
@Suite struct ResumeTests {
    private struct World {
        let iwlua: Iwlua
        let simulator: IwinvSimulator
        let environment: [String: String]

        init() async throws {
            iwlua = try Iwlua()
            let fleet = try FleetDescription(
                JSONCodec.decode(Array(#"{"servers": [{"name": "web-%02d", "count": 3}]}"#.utf8)))
            let clock = SystemClock()
            var configuration = SimulatorConfiguration(cloud: try Cloud(fleet, seed: 1, at: clock.now), clock: clock)
            configuration.quota = nil
            simulator = try await IwinvSimulator.start(configuration)
            environment = [
                "IWLUA_ENDPOINT": simulator.endpoint, "IWINV_ACCESS_KEY": "simulated-access-key",
                "IWINV_SECRET_KEY": "simulated-secret-key", "IWLUA_BUDGET": "none",
                "IWLUA_STATE": iwlua.folder.appendingPathComponent("state").path,
            ]
        }

        func run(_ arguments: String..., with more: [String: String] = [:]) async throws -> Iwlua.Result {
            try await iwlua.run(arguments, environment: environment.merging(more) { $1 })
        }

        func script(_ body: String, needs: String) throws -> String {
            let text = """
                -- ==Script==
                -- @param name string default "new"
                -- @needs \(needs)
                -- ==/Script==
                local iwinv = require "iwinv"
                \(body)
                """
            return try iwlua.file("script.lua", text)
        }

        func effects(_ operation: OperationName) -> Int {
            simulator.requests.count { $0.operation == operation && $0.hadEffect }
        }

        func end() async throws {
            try await simulator.stop()
            iwlua.remove()
        }
    }

    @Test(.debugProgram, arguments: [("skip", 0), ("repeat", 1)])
    func `a reboot that was cut stays unknown until somebody decides`(_ decision: String, _ effects: Int) async throws {
        let world = try await World()
        let file = try world.script(
            #"iwinv.instances.list { name = "web-" }[1]:reboot() return "done""#, needs: "instances:power")
        // Killed just before the bytes leave: nobody can know.
        let killed = try await world.run(
            "run", file, "--allow", "instances:power", "--yes", with: ["IWLUA_FAIL_AT": "after-sending#1"])
        #expect(killed.status == SIGKILL)
        let short = ["IWLUA_TIMEOUT": "2s"]
        for _ in 1...2 {
            let undecided = try await world.run("resume", "last", "--output", "json", with: short)
            #expect(undecided.status == 5)
            #expect(undecided.errors.contains("--unknown repeat"))
            #expect(try undecided.json["changes"]?.arrayValue?.map { $0["outcome"] } == ["unknown"])
        }
        #expect(world.effects("instances.reboot") == 0)
        let decided = try await world.run("resume", "last", "--unknown", decision, "--output", "json", with: short)
        #expect(decided.status == 0, "\(decided.errors)")
        #expect(try decided.json["result"] == "done")
        #expect(world.effects("instances.reboot") == effects)
        let again = try await world.run("resume", "last", with: short)
        #expect(again.status == 2 && again.errors.contains("ended well"))
        try await world.end()
    }

    @Test func `a mended script goes on where the other one failed, and one that does something else does not`()
        async throws
    {
        let world = try await World()
        let start = """
            local servers = iwinv.instances.list { name = "web-" }
            servers[1]:edit { name = params.name .. "-01" }

            """
        let file = try world.script(start + "local x = nil + 1", needs: "instances:edit")
        let failed = try await world.run("run", file, "--allow", "instances:edit", "--yes")
        #expect(failed.status == 1)
        let other = try world.script(
            start.replacing(#""-01""#, with: #""-99""#) + #"return "never""#, needs: "instances:edit")
        let refused = try await world.run("resume", "last", "--changed-script", other)
        #expect(refused.status == 1)
        #expect(refused.errors.contains("script.lua:7") && refused.errors.contains("new-99"), "\(refused.errors)")
        let mended = try world.script(
            start + #"servers[2]:edit { name = "new-02" } return "mended""#, needs: "instances:edit")
        // Nobody has agreed to this text yet.
        #expect(try await world.run("resume", "last", "--changed-script", mended).status == 3)
        let done = try await world.run(
            "resume", "last", "--changed-script", mended, "--yes", "--output", "json")
        #expect(done.status == 0, "\(done.errors)")
        #expect(try done.json["result"] == "mended")
        #expect(try done.json["changes"]?.arrayValue?.count == 2)
        #expect(world.effects("instances.edit") == 2)
        try await world.end()
    }

    @Test(.debugProgram) func `what a later read shows of a change is in the journal too, and outlives a kill`()
        async throws
    {
        let world = try await World()
        let file = try world.script(
            """
            local vm = iwinv.instances.list { name = "web-" }[1]
            vm:shutdown()
            vm:wait("off", "1m")
            vm:edit { name = params.name .. "-01" }
            """, needs: "instances:power instances:edit")
        let killed = try await world.run(
            "run", file, "--allow", "instances:power,instances:edit", "--yes",
            with: ["IWLUA_FAIL_AT": "after-sending#2", "IWLUA_TIMEOUT": "5s"])
        #expect(killed.status == SIGKILL, "\(killed.errors)")
        for _ in 0..<2 {
            let shown = try await world.run("runs", "show", "last", "--output", "json")
            let first = try shown.json["resources"]?.arrayValue?.first { $0["operation"] == "instances.shutdown" }
            #expect(first?["outcome"] == "confirmed", "\(shown.output)")
            _ = try await world.run("resume", "last", with: ["IWLUA_TIMEOUT": "5s"])
        }
        #expect(world.effects("instances.shutdown") == 1 && world.effects("instances.edit") == 1)
        try await world.end()
    }

    @Test func `a task that failed is taken up again though those beside it went on`() async throws {
        let world = try await World()
        let file = try world.script(
            """
            task.map(iwinv.instances.list { name = "web-" }, function(vm)
                for _, text in ipairs { "a", "b", "c" } do vm:edit { description = text } end
            end, { limit = 2 })
            return "all"
            """, needs: "instances:edit")
        // Each time another change is refused, while the tasks beside it go on.
        world.simulator.setFaults(try FaultRule.rules(in: "instances.edit: every 4th refuse(LIMIT_EXCEEDED)"))
        var result = try await world.run("run", file, "--allow", "instances:edit", "--yes", "--output", "json")
        #expect(result.status == 4, "\(result.errors)")
        var rounds = 0
        while result.status != 0, rounds < 6 {
            result = try await world.run("resume", "last", "--output", "json")
            rounds += 1
        }
        #expect(result.status == 0 && rounds > 0, "\(result.errors)")
        #expect(try result.json["result"] == "all")
        #expect(world.effects("instances.edit") == 9)
        let outcomes = try result.json["changes"]?.arrayValue?.compactMap { $0["outcome"]?.stringValue }
        #expect(outcomes == Array(repeating: "confirmed", count: 9))
        // What it did beside is still a history that can be given again.
        let replayed = try await world.run("replay", "last", "--output", "json")
        #expect(try replayed.json["result"] == "all", "\(replayed.errors)")
        try await world.end()
    }

    @Test(.debugProgram) func `a yes to a plan is a yes to no more when the run goes on`() async throws {
        let world = try await World()
        let start = """
            local servers = iwinv.instances.list { name = "web-" }
            servers[1]:edit { name = "new-01" }
            servers[2]:edit { name = "new-02" }

            """
        let file = try world.script(start, needs: "instances:edit")
        // Killed just before the second change leaves.
        let killed = try await world.iwlua.runOnTerminal(
            ["run", file, "--allow", "instances:edit"], input: "y\n",
            environment: world.environment.merging(["IWLUA_FAIL_AT": "after-sending#2"]) { $1 })
        #expect(killed.output.contains("Let script.lua make these changes?"), "\(killed.output)")
        #expect(world.effects("instances.edit") == 1)
        let shown = try await world.run("runs", "show", "last")
        #expect(shown.output.contains("2 changes"), "\(shown.output)")
        let short = ["IWLUA_TIMEOUT": "1s"]
        let more = try world.script(start + #"servers[3]:edit { name = "new-03" }"#, needs: "instances:edit")
        let refused = try await world.run("resume", "last", "--changed-script", more, with: short)
        #expect(refused.status == 3)
        #expect(refused.errors.contains("not in the plan that was approved"), "\(refused.errors)")
        // What the plan had, and the kill had cut, was made.
        #expect(world.effects("instances.edit") == 2)
        let file2 = try world.script(start, needs: "instances:edit")
        let done = try await world.run("resume", "last", "--changed-script", file2, with: short)
        #expect(done.status == 0, "\(done.errors)")
        #expect(world.effects("instances.edit") == 2)
        try await world.end()
    }

    @Test func `a replay asks the cloud nothing and ends as the run did`() async throws {
        let world = try await World()
        let file = try world.script(
            """
            local servers = iwinv.instances.list { name = "web-" }
            task.map(servers, function(vm) vm:edit { name = params.name .. vm.name:sub(4) } end, { limit = 3 })
            print(time.now(), time.elapsed(), math.random(1000000))
            return { n = 1.0, t = time.now() }
            """, needs: "instances:edit")
        let run = try await world.run("run", file, "--allow", "instances:edit", "--yes", "--output", "json")
        #expect(run.status == 0)
        try await world.simulator.stop()
        let replay = try await world.run("replay", "last", "--output", "json")
        #expect(replay.status == 0, "\(replay.errors)")
        let (first, second) = (try run.json, try replay.json)
        #expect(first["result"] == second["result"] && first["changes"] == second["changes"])
        #expect(run.errors.split(separator: "\n").first == replay.errors.split(separator: "\n").first)
        world.iwlua.remove()
    }

    @Test func `an approval stands for flags and questions, and for nothing else`() async throws {
        let world = try await World()
        let file = try world.script(
            #"iwinv.instances.list { name = "web-" }[1]:edit { name = params.name .. "-x" }"#, needs: "instances:edit")
        let approved = try await world.run("approve", file, "--allow", "instances:edit")
        #expect(approved.status == 0, "\(approved.errors)")
        let run = try await world.run("run", file)
        #expect(run.status == 0, "\(run.errors)")
        #expect(try await world.run("run", file, "--param", "name=other").status == 3)
        #expect(world.effects("instances.edit") == 1)
        try await world.end()
    }

    @Test func `no secret is in any file that a run leaves`() async throws {
        let world = try await World()
        let file = try world.script(
            """
            local vm = iwinv.instances.list { name = "web-", fields = { "default_account" } }[1]
            local account = vm.default_account
            iwinv.instances.list { name = "nobody" }
            error("half-way")
            """, needs: "secret")
        #expect(try await world.run("run", file, "--allow", "secret").status == 1)
        let rows = world.simulator.cloud.servers(at: SystemClock().now)
        #expect(!rows.isEmpty)
        let state = world.iwlua.folder.appendingPathComponent("state")
        for name in try FileManager.default.contentsOfDirectory(atPath: state.path) {
            let bytes = try Data(contentsOf: state.appendingPathComponent(name))
            for server in rows {
                #expect(bytes.range(of: Data(server.password.utf8)) == nil, "\(name)")
            }
            #expect(bytes.range(of: Data("simulated-secret-key".utf8)) == nil)
        }
        try await world.end()
    }
}
