import Testing

/// `store` through the built binary.
@Suite struct StoreTests {
    @Test func `a value is there in the next run, a plan writes nothing, and a replay reads what the run read`()
        async throws
    {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let simulator = try await SimulatorProcess(iwlua)
        let environment = simulator.environment
        let script = try iwlua.file(
            "count.lua",
            "local n = store.get('runs', 0) + 1\nstore.set('runs', n)\nprint('run ' .. store.get('runs'))\n")
        for expected in ["run 1", "run 2"] {
            let run = try await iwlua.run(["run", script], environment: environment)
            #expect(run.output.contains(expected), "\(run.output)\(run.errors)")
        }
        let replay = try await iwlua.run(["replay", "last"], environment: environment)
        #expect(replay.output.contains("run 2"), "\(replay.output)\(replay.errors)")
        let plan = try await iwlua.run(["plan", script], environment: environment)
        #expect(plan.status == 0, "\(plan.errors)")
        let after = try await iwlua.run(["run", script], environment: environment)
        #expect(after.output.contains("run 3"), "\(after.output)")
        // A simulated cloud of its own is another one.
        let simulated = try await iwlua.run(["run", script, "--simulate"], environment: environment)
        #expect(simulated.output.contains("run 1"), "\(simulated.output)")
        _ = try await simulator.stop()
    }

    @Test func `a secret is not kept`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let script = try iwlua.file(
            "keep.lua",
            """
            local iwinv = require "iwinv"
            local vm = iwinv.instances.list { fields = { "name", "default_account" } }[1]
            store.set("password", vm.default_account.password)
            """)
        let run = try await iwlua.run(["run", script, "--simulate", "--allow", "secret"])
        #expect(run.status == 1)
        #expect(run.errors.contains("a secret cannot be sent anywhere"), "\(run.errors)")
    }
}
