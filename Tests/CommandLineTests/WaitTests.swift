import Foundation
import IwinvCatalog
import Testing

/// A run that waits can be ended: by Ctrl-C, by `iwlua stop`, by its time, by a terminal that goes.
@Suite struct WaitTests {
    private struct World {
        let iwlua: Iwlua
        let simulator: SimulatorProcess

        init(_ faults: String...) async throws {
            iwlua = try Iwlua()
            let arguments = ["simulate", "--no-quota"] + faults.flatMap { ["--fault", $0] }
            simulator = try await SimulatorProcess(iwlua, arguments: arguments)
        }

        var environment: [String: String] { simulator.environment }

        func start(_ arguments: String...) throws -> Iwlua.Running {
            try iwlua.start(Iwlua.binary, arguments, environment: environment)
        }

        func run(_ arguments: String...) async throws -> Iwlua.Result {
            try await iwlua.run(arguments, environment: environment)
        }

        /// Waits until the newest run is in this state.
        func newest(is state: String, after older: String? = nil) async throws -> String {
            while true {
                let row = try await run("runs", "--output", "json").json.arrayValue?.first
                if let id = row?["run"]?.stringValue, id != older, row?["state"]?.stringValue == state { return id }
            }
        }

        func end() async throws {
            _ = try await simulator.stop()
            iwlua.remove()
        }
    }

    private static let sleeper = #"print("ready") time.sleep("1h")"#
    private static let waiter = """
        local iwinv = require "iwinv"
        local vm = iwinv.instances.list { name = "web-01" }[1]
        print("ready")
        vm:wait("off", "1h")
        """
    private static let computer = #"print("ready") while true do end"#

    @Test(arguments: [sleeper, waiter, computer])
    func `iwlua stop ends what sends no request`(_ lua: String) async throws {
        let world = try await World()
        let script = try world.iwlua.file("script.lua", lua)
        let run = try world.start("run", script, "--cpu", "10m")
        #expect(try await run.firstLine() == "ready")
        let asked = ContinuousClock.now
        #expect(try await world.run("stop", "last").status == 0)
        let result = try await run.end(within: .seconds(30), "iwlua stop")
        #expect(result.status == 130, "\(result.errors)")
        #expect(result.errors.contains("stopped by `iwlua stop`"))
        // A second, and what a busy machine adds.
        #expect(ContinuousClock.now - asked < .seconds(5))
        try await world.end()
    }

    /// What ends a run that waits for a server which another one holds.
    enum End: CaseIterable {
        case interrupt, stop, time, hangUp
    }

    @Test(arguments: End.allCases) func `waiting for a server that another run holds`(_ end: End) async throws {
        // The first run's change takes longer than the second one waits.
        let world = try await World("instances.edit: first 1 delay(60s)")
        let script = try world.iwlua.file(
            "rename.lua",
            """
            local vm = require("iwinv").instances.list { name = "web-01" }[1]
            print("ready")
            vm:edit { description = "mine" }
            """)
        let words = ["run", script, "--allow", "instances:edit", "--yes"]
        let first = try world.iwlua.start(Iwlua.binary, words, environment: world.environment)
        let holder = try await world.newest(is: "running")
        // Its change has left, so that it holds the server.
        while first.isRunning {
            let changes = try await world.run("runs", "show", holder, "--output", "json").json["resources"]?.arrayValue
            if changes?.first?["outcome"] == "in-flight" { break }
        }
        let second = try world.iwlua.start(
            Iwlua.binary, words + (end == .time ? ["--time", "3s"] : []), environment: world.environment)
        try await second.errors(contain: "waits:")
        let said = try second.errorsSoFar
        #expect(said.contains("run \(holder) (process \(first.identifier)) is changing web-01 (INSTANCE-"), "\(said)")
        switch end {
        case .interrupt: second.signal(SIGINT)
        case .hangUp: second.signal(SIGHUP)
        case .stop: #expect(try await world.run("stop", "last").status == 0)
        case .time: break
        }
        let result = try await second.end(within: .seconds(20), "\(end)")
        #expect(result.status == (end == .time ? 6 : 130), "\(result.errors)")
        first.signal(SIGKILL)
        _ = try await first.end()
        try await world.end()
    }

    @Test func `a terminal that goes interrupts the run, and its journal says so`() async throws {
        let world = try await World()
        let script = try world.iwlua.file("sleep.lua", Self.sleeper)
        let run = try world.start("run", script)
        #expect(try await run.firstLine() == "ready")
        run.signal(SIGHUP)
        let result = try await run.end(within: .seconds(20), "SIGHUP")
        #expect(result.status == 130, "\(result.errors)")
        _ = try await world.newest(is: "interrupted")
        try await world.end()
    }

    @Test func `a run that was told to outlive its terminal does`() async throws {
        let world = try await World()
        let script = try world.iwlua.file("sleep.lua", #"print("ready") time.sleep("1s") print("slept")"#)
        let run = try world.iwlua.start(
            URL(fileURLWithPath: "/bin/sh"), ["-c", "trap '' HUP; exec '\(Iwlua.binary.path)' run '\(script)'"],
            environment: world.environment)
        #expect(try await run.firstLine() == "ready")
        run.signal(SIGHUP)
        let result = try await run.end(within: .seconds(30), "SIGHUP")
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output == "ready\nslept\n")
        try await world.end()
    }

    // MARK: - The last line

    @Test func `a run ends with its name and the command that comes next`() async throws {
        let world = try await World()
        let rename = try world.iwlua.file(
            "rename.lua",
            """
            for vm in require("iwinv").instances.each { name = "web-0" } do
                vm:edit { description = "mine" }
            end
            """)
        let renamed = try await world.run("run", rename, "--allow", "instances:edit", "--yes")
        let run = try await world.newest(is: "done")
        #expect(
            renamed.errors.hasSuffix("run \(run): 9 changes; iwlua undo \(run) takes them back\n"), "\(renamed.errors)")
        let reboot = try world.iwlua.file(
            "reboot.lua", #"require("iwinv").instances.list({ name = "web-01" })[1]:reboot()"#)
        let rebooted = try await world.run("run", reboot, "--allow", "instances:power", "--yes", "--lang", "ko")
        let second = try await world.newest(is: "done", after: run)
        #expect(rebooted.errors.hasSuffix("실행 \(second): 변경 1건. iwlua runs show \(second)로 볼 수 있습니다\n"))
        let shown = try await world.run("runs", "show", second)
        #expect(!shown.output.contains("iwlua undo"), "nothing brings a restart back")
        let json = try await world.run("run", reboot, "--allow", "instances:power", "--yes", "--output", "json")
        #expect(!json.errors.contains("iwlua"), "the document has the name: \(json.errors)")
        try await world.end()
    }

    @Test func `an interrupted plan says how much of it is done`() async throws {
        let world = try await World("instances.edit: after 2 delay(2s)")
        let rename = try world.iwlua.file(
            "rename.lua",
            """
            for vm in require("iwinv").instances.each { name = "web-0" } do vm:edit { description = "mine" } end
            """)
        let plan = world.iwlua.folder.appendingPathComponent("my.plan").path
        #expect(try await world.run("plan", rename, "-o", plan).status == 0)
        let run = try world.start("apply", plan, "--yes")
        let id = try await world.newest(is: "running")
        while run.isRunning {
            let shown = try await world.run("runs", "show", id, "--output", "json").json
            if (shown["resources"]?.arrayValue ?? []).contains(where: { $0["outcome"] == "confirmed" }) { break }
        }
        run.signal(SIGINT)
        let result = try await run.end(within: .seconds(30), "SIGINT")
        #expect(result.status == 130)
        #expect(
            result.errors.contains(try Regex("run \(id) interrupted: [1-8] of 9 done; iwlua resume \(id) goes on\\n")),
            "\(result.errors)")
        try await world.end()
    }

    @Test func `an unknown creation says what to look for`() async throws {
        let world = try await World("instances.create: lost-reply", "reads: after 2 html-502")
        let script = try world.iwlua.file(
            "create.lua",
            """
            local iwinv = require "iwinv"
            local like = iwinv.instances.list { name = "web-01" }[1]
            iwinv.instances.create {
                zone_id = like.zone.zone_id, image_id = like.image.image_id, flavor_id = like.flavor.flavor_id,
                name = "fresh-01", description = "what takes more columns than a table has" }
            """)
        let result = try await world.iwlua.run(
            ["run", script, "--allow", "instances:create", "--yes"],
            environment: world.environment.merging(["IWLUA_TIMEOUT": "2s"]) { $1 })
        #expect(result.status == 5, "\(result.errors)")
        #expect(result.errors.contains("name: fresh-01, "), "\(result.errors)")
        #expect(result.errors.contains("before you run this again: fresh-01 (instances.create)"), "\(result.errors)")
        try await world.end()
    }
}
