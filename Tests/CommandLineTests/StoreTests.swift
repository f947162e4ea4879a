import Foundation
import Gate
import IwinvCatalog
import RunStore
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

    @Test func `scripts of one file name have a store each, whichever way they are named`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let simulator = try await SimulatorProcess(iwlua)
        let text = "print('n ' .. store.update('n', function(n) return (n or 0) + 1 end))\n"
        for folder in ["A", "B"] { _ = try iwlua.file("\(folder)/rotate.lua", text) }
        try FileManager.default.createSymbolicLink(
            at: iwlua.folder.appendingPathComponent("link.lua"),
            withDestinationURL: iwlua.folder.appendingPathComponent("A/rotate.lua"))
        let absolute = iwlua.folder.appendingPathComponent("A/rotate.lua").path
        let runs = [
            ("A/rotate.lua", 1), ("B/rotate.lua", 1), ("A/../A/./rotate.lua", 2), (absolute, 3), ("link.lua", 4),
            ("B/rotate.lua", 2),
        ]
        for (path, expected) in runs {
            let run = try await iwlua.run("run", path, environment: simulator.environment)
            #expect(run.output.contains("n \(expected)\n"), "\(path): \(run.output)\(run.errors)")
        }
        for expected in 1...2 {
            let inline = try await iwlua.run("run", "-e", text, environment: simulator.environment)
            #expect(inline.output.contains("n \(expected)\n"), "\(inline.output)\(inline.errors)")
            let input = try await iwlua.run("run", "-", environment: simulator.environment, input: text)
            #expect(input.output.contains("n \(expected)\n"), "\(input.output)\(input.errors)")
        }
        // A plan sees what is kept, and changes nothing of it.
        let plan = try await iwlua.run("plan", "B/rotate.lua", environment: simulator.environment)
        #expect(plan.status == 0 && plan.errors.contains("n 3"), "\(plan.errors)")
        let after = try await iwlua.run("run", "B/rotate.lua", environment: simulator.environment)
        #expect(after.output.contains("n 3\n"), "\(after.output)")
        let replay = try await iwlua.run("replay", "last")
        #expect(replay.output.contains("n 3\n"), "\(replay.output)\(replay.errors)")
        _ = try await simulator.stop()
    }

    private static let counting = """
        for _ = 1, 200 do store.update("n", function(n) return (n or 0) + 1 end) end
        print("n " .. store.get("n"))
        """

    @Test(arguments: [[], ["--in-process"]])
    func `two processes that count at once lose nothing`(_ flags: [String]) async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let simulator = try await SimulatorProcess(iwlua)
        let script = try iwlua.file("count.lua", Self.counting)
        let processes = try (1...2).map { _ in
            try iwlua.start(Iwlua.binary, ["run", script] + flags, environment: simulator.environment)
        }
        for process in processes {
            let result = try await process.end()
            #expect(result.status == 0, "\(result.errors)")
        }
        let look = try await iwlua.run(
            ["run", try iwlua.file("count.lua", "print('n ' .. store.get('n'))")], environment: simulator.environment)
        #expect(look.output == "n 400\n", "\(look.output)\(look.errors)")
        _ = try await simulator.stop()
    }

    /// Before and after an answer is handed over; the second is that of the first write.
    @Test(.debugProgram, arguments: [FailPoint.beforeDelivery, .afterDelivery], 1...6)
    func `a run that is cut anywhere in an update has made it once when it has gone on`(
        _ point: FailPoint, _ number: Int
    ) async throws {
        let world = try await KillWorld(servers: 1)
        let script = try world.iwlua.file(
            "count.lua",
            """
            for _ = 1, 3 do store.update("n", function(n) return (n or 0) + 1 end) end
            print("n " .. store.get("n"))
            """)
        let killed = try await world.dying(["run", script], at: point, number)
        #expect(killed.status == SIGKILL, "\(killed.errors)")
        let resumed = try await world.run(["resume", "last"])
        #expect(resumed.status == 0, "\(resumed.errors)")
        #expect(resumed.output.contains("n 3\n"), "\(point) \(number): \(resumed.output)")
        try await world.end()
    }
}
