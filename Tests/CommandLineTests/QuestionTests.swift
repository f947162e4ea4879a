import Clocks
import Foundation
import IwinvCatalog
import IwinvModel
import IwinvSimulator
import IwinvWire
import Testing

/// What a person is asked at a terminal, and what becomes of the answer.
@Suite struct QuestionTests {
    private struct World {
        let iwlua: Iwlua
        let simulator: IwinvSimulator

        init() async throws {
            iwlua = try Iwlua()
            let fleet = try FleetDescription(
                JSONCodec.decode(Array(#"{"servers": [{"name": "web-%02d", "count": 9}]}"#.utf8)))
            let clock = SystemClock()
            var configuration = SimulatorConfiguration(cloud: try Cloud(fleet, seed: 1, at: clock.now), clock: clock)
            configuration.quota = nil
            simulator = try await IwinvSimulator.start(configuration)
        }

        func terminal(_ arguments: String...) throws -> TypedTerminal {
            try TypedTerminal(iwlua, arguments, environment: environment)
        }

        func run(_ arguments: String..., failingAt instant: String? = nil) async throws -> Iwlua.Result {
            var environment = environment
            environment["IWLUA_FAIL_AT"] = instant
            return try await iwlua.run(arguments, environment: environment)
        }

        private var environment: [String: String] {
            [
                "IWLUA_ENDPOINT": simulator.endpoint, "IWINV_ACCESS_KEY": "simulated-access-key",
                "IWINV_SECRET_KEY": "simulated-secret-key", "IWLUA_BUDGET": "none",
                "XDG_CONFIG_HOME": iwlua.folder.appendingPathComponent("config").path,
            ]
        }

        func names() async throws -> [String] {
            let lua = #"local n = {} for vm in require("iwinv").instances.each() do n[#n + 1] = vm.name end return n"#
            return try await run("run", "-e", lua, "--output", "json").json["result"]?.arrayValue?
                .compactMap(\.stringValue) ?? []
        }

        func end() async throws {
            try await simulator.stop()
            iwlua.remove()
        }
    }

    private static let rename = """
        for vm in require("iwinv").instances.each { name = "web-0" } do vm:edit { name = "x" .. vm.name } end
        """

    // MARK: - This one and all

    /// A run that is resumed without a consent asks about each change, or about all.
    private func refused(_ world: World) async throws {
        let script = try world.iwlua.file("rename.lua", Self.rename)
        #expect(try await world.run("run", script, "--allow", "instances:edit").status == 3)
    }

    @Test func `y is a yes to this change, and a to all that are left`() async throws {
        let world = try await World()
        try await refused(world)
        let terminal = try world.terminal("resume", "last")
        await terminal.see("change: instances.edit  web-01 → xweb-01")
        await terminal.see("Let rename.lua make this change? [y] this one, [a] all that are left, [N] no:")
        terminal.enter("y")
        await terminal.see("change: instances.edit  web-02 → xweb-02")
        terminal.enter("a")
        #expect(await terminal.status() == 0, "\(terminal.text)")
        #expect(!terminal.text.contains("change: instances.edit  web-03"), "\(terminal.text)")
        #expect(try await world.names().count { $0.hasPrefix("xweb-0") } == 9)
        try await world.end()
    }

    @Test func `a yes to one change is none to a run that goes on later`() async throws {
        let world = try await World()
        try await refused(world)
        let terminal = try world.terminal("resume", "last", "--lang", "ko")
        await terminal.see("[y] 이것만, [a] 남은 것 모두, [N] 아니요:")
        terminal.enter("예")
        await terminal.see("web-02 → xweb-02")
        terminal.type(TypedTerminal.interrupt)
        #expect(await terminal.status() == 130, "\(terminal.text)")
        let resumed = try await world.run("resume", "last")
        #expect(resumed.status == 3, "\(resumed.errors)")
        #expect(try await world.names().count { $0.hasPrefix("xweb-0") } == 1)
        try await world.end()
    }

    // MARK: - Ctrl-C

    /// Where a question is asked.
    enum Place: CaseIterable {
        case grant, plan, resume, apply, undo, canary, key
    }

    @Test(arguments: Place.allCases) func `Ctrl-C at a question ends with 130`(_ place: Place) async throws {
        let world = try await World()
        let script = try world.iwlua.file(
            "rename.lua", "-- ==Script==\n-- @needs instances:edit\n-- ==/Script==\n" + Self.rename)
        let allow = ["--allow", "instances:edit"]
        let terminal: TypedTerminal
        switch place {
        case .grant:
            terminal = try world.terminal("run", script)
            await terminal.see("Allow?")
        case .plan:
            terminal = try world.terminal("run", script, "--allow", "instances:edit")
            await terminal.see("make these changes?")
        case .resume:
            #expect(try await world.run("run", script, allow[0], allow[1]).status == 3)
            terminal = try world.terminal("resume", "last")
            await terminal.see("[y] this one")
        case .apply:
            let plan = world.iwlua.folder.appendingPathComponent("my.plan").path
            #expect(try await world.run("plan", script, "-o", plan).status == 0)
            terminal = try world.terminal("apply", plan)
            await terminal.see("Make these changes?")
        case .undo:
            #expect(try await world.run("run", script, allow[0], allow[1], "--yes").status == 0)
            terminal = try world.terminal("undo", "last")
            await terminal.see("Make these changes?")
        case .canary:
            terminal = try world.terminal("run", script, "--allow", "instances:edit", "--yes", "--canary", "1")
            await terminal.see("Go on?")
        case .key:
            terminal = try world.terminal("profile", "add", "new", "--access-key", "simulated-access-key")
            await terminal.see("Secret key of new:")
        }
        terminal.type(TypedTerminal.interrupt)
        #expect(await terminal.status() == 130, "\(terminal.text)")
        #expect(!terminal.text.contains("not confirmed"), "\(terminal.text)")
        let expected = place == .undo ? 9 : place == .canary ? 1 : 0
        #expect(try await world.names().count { $0.hasPrefix("xweb-0") } == expected)
        try await world.end()
    }

    @Test func `iwlua stop ends a run that asks`() async throws {
        let world = try await World()
        try await refused(world)
        let terminal = try world.terminal("resume", "last")
        await terminal.see("[y] this one")
        #expect(try await world.run("stop", "last").status == 0)
        #expect(await terminal.status() == 130, "\(terminal.text)")
        #expect(terminal.text.contains("stopped by `iwlua stop`"))
        try await world.end()
    }

    // MARK: - One owner of the terminal

    @Test func `nothing is written over an open question`() async throws {
        let world = try await World()
        let script = try world.iwlua.file(
            "both.lua",
            """
            local iwinv = require "iwinv"
            task.map({ 1, 2 }, function(which)
                if which == 1 then
                    iwinv.instances.list({ name = "web-01" })[1]:edit { name = "www-01" }
                    return
                end
                for step = 1, 200 do
                    iwinv.zones.list()
                    ui.progress(step, 200)
                    print("step " .. step)
                end
            end, { limit = 2 })
            """)
        // Killed as it began, so that nothing is replayed: the other task is at work while the question is open.
        let killed = try await world.run("run", script, "--allow", "instances:edit", failingAt: "after-begin#1")
        #expect(killed.status != 0 && world.simulator.requests.isEmpty, "\(killed.errors)")
        let terminal = try world.terminal("resume", "last")
        let question = "[y] this one, [a] all that are left, [N] no: "
        await terminal.see(question)
        // Until the other task has come to its end, which it would say on the screen.
        while world.simulator.requests.count(where: { $0.operation == "zones.list" }) < 200 {
            try await Task.sleep(for: .milliseconds(10))
        }
        terminal.enter("y")
        #expect(await terminal.status() == 0, "\(terminal.text)")
        let asked = try #require(terminal.text.range(of: question))
        let after = terminal.text[asked.upperBound...]
        #expect(after.hasPrefix("y\r\n"), "\(after.prefix(300))")
        #expect(after.contains("step 200"), "what waited is written after the answer")
        try await world.end()
    }
}
