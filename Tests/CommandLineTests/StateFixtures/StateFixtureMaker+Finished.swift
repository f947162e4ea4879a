import Foundation
import Gate
import IwinvCatalog
import IwinvModel
import IwinvSimulator
import RunStore
import TestSupport
import Testing

/// Runs that ended, in every way there is, and what else a state folder holds.
extension StateFixtureMaker {
    private struct Ends {
        let world: FixtureWorld
        var runs: [StateRun] = []
        let rename: String

        init(_ world: FixtureWorld) throws {
            self.world = world
            rename = try world.iwlua.file("rename.lua", StateScripts.rename)
        }

        mutating func note(_ name: String, _ scope: String, since count: Int, family: String? = nil) async throws {
            runs.append(
                StateRun(
                    name: name, run: try await world.journal().find("last").id, scope: scope, family: family,
                    made: world.effects(since: count)))
        }

        /// - Parameter words: What is said to `iwlua`.
        mutating func add(
            _ name: String, _ scope: String, status: Int32 = 0, _ words: [String], faults: [String] = [],
            family: String? = nil, input: String = ""
        ) async throws {
            let count = world.simulator.requests.count
            try world.setFaults(faults)
            let result = try await world.run(words, with: FixtureWorld.more(family), input: input)
            try world.setFaults([])
            #expect(result.status == status, "\(name): \(result.errors)")
            try await note(name, scope, since: count, family: family)
        }

        func renames(_ scope: String, script: String? = nil) -> [String] {
            ["run", script ?? rename, "--param", "prefix=\(scope)", "--allow", "instances:edit", "--yes"]
        }

        /// A script that renames the first server, and then does something else.
        func script(_ name: String, then lua: String) throws -> String {
            try world.iwlua.file(
                name,
                """
                -- ==Script==
                -- @param prefix string
                -- @needs instances:read instances:edit
                -- ==/Script==
                local iwinv = require "iwinv"
                local vm = iwinv.instances.list { name = params.prefix, fields = { "name" } }[1]
                vm:edit { name = "new-" .. vm.name }
                print("renamed")
                \(lua)
                """)
        }
    }

    static func finished(_ fixture: StateFixture) async throws {
        var fleet = servers("f", 24, each: 1).objectValue ?? [:]
        fleet["volumes"] = [["name": "f04-data", "type": "ssd", "size": 10]]
        let rules: JSONValue = [
            ["port": "80", "ip": "0.0.0.0/0", "title": "kept"], ["port": "443", "ip": "0.0.0.0/0", "title": "edited"],
            ["port": "22", "ip": "192.0.2.0/24", "title": "removed"],
        ]
        fleet["firewalls"] = [["title": "f05-wall", "rules": rules], ["title": "f06-wall", "rules": rules]]
        try await FixtureWorld.new(fixture.scene, .object(fleet)) { world in
            var ends = try Ends(world)
            try await changes(&ends)
            try await failures(&ends)
            try await plans(&ends)
            try await rest(&ends)
            try await keep(
                world, ends.runs, as: fixture, files: ["applied.plan", "creating.plan", "waiting.plan", "counts.lua"])
        }
    }

    private static func changes(_ ends: inout Ends) async throws {
        let (world, cloud) = (ends.world, ends.world.simulator.cloud)
        try await ends.add("rename", "f01-", ends.renames("f01-"))
        try await ends.add(
            "values", "f02-",
            ends.renames(
                "f02-",
                script: try ends.script(
                    "values.lua",
                    then: """
                        log.info("told", { name = vm.name })
                        time.sleep("1ms")
                        ui.table({ { name = vm.name } }, { "name" })
                        return { time = time.now(), number = math.random(1000000), one = 1.0 }
                        """)) + ["--seed", "7"])
        try await ends.add(
            "creation", "f03-made",
            ["run", try world.iwlua.file("create.lua", StateScripts.create)] + creation(of: "f03-made", in: world)
                + ["--allow", "instances:create", "--yes"])
        let volume = try #require(cloud.volumes.first).id
        let server = try #require(cloud.servers.first { $0.name == "f04-1" }).id
        try await ends.add(
            "attachment", "f04-",
            [
                "run", try world.iwlua.file("attach.lua", StateScripts.attach), "--param", "volume=\(volume)",
                "--param",
                "server=\(server)", "--allow", "storage:edit", "--yes",
            ])
        let rules = try world.iwlua.file("rules.lua", StateScripts.rules)
        for (index, family) in ["security-groups", "firewall"].enumerated() {
            try await ends.add(
                "rules \(family)", "f0\(5 + index)-wall",
                [
                    "run", rules, "--param", "firewall=\(cloud.firewalls[index].id)", "--allow", "firewall:edit",
                    "--yes",
                ], family: family)
        }
        let off = """
            -- ==Script==
            -- @param prefix string
            -- @needs instances:read instances:power instances:destroy
            -- ==/Script==
            local vm = require("iwinv").instances.list { name = params.prefix, fields = { "name", "status" } }[1]
            vm:shutdown()
            vm:wait("off", "1m")
            if params.prefix == "f08-" then vm:delete() end
            """
        let script = try world.iwlua.file("off.lua", off)
        for (name, scope) in [("shutdown", "f07-"), ("deletion", "f08-")] {
            try await ends.add(
                name, scope,
                [
                    "run", script, "--param", "prefix=\(scope)", "--allow", "instances:power,instances:destroy",
                    "--yes",
                ])
        }
        try await ends.add(
            "reboot", "f09-",
            [
                "run", try world.iwlua.file("reboot.lua", StateScripts.reboot), "--param", "prefix=f09-", "--allow",
                "instances:power", "--yes",
            ])
    }

    private static func failures(_ ends: inout Ends) async throws {
        let world = ends.world
        try await ends.add(
            "failed", "f10-", status: 1,
            ends.renames("f10-", script: try ends.script("failed.lua", then: "local nothing = vm.name .. nil")))
        try await ends.add(
            "fail", "f11-", status: 1,
            ends.renames("f11-", script: try ends.script("fail.lua", then: "fail('no more today', { left = 3 })")))
        try await ends.add(
            "denied", "f12-", status: 3,
            ends.renames("f12-", script: try ends.script("denied.lua", then: "vm:reboot()")))
        try await ends.add(
            "refused", "f13-", status: 4, ends.renames("f13-"),
            faults: ["instances.edit: every 1st refuse(LIMIT_EXCEEDED)"])
        try await ends.add(
            "unknown", "f14-", status: 5,
            [
                "run", try world.iwlua.file("reboot.lua", StateScripts.reboot), "--param", "prefix=f14-", "--allow",
                "instances:power", "--yes",
            ], faults: ["instances.reboot: reset"])
        try await ends.add(
            "killed", "f15-", status: 6,
            ends.renames("f15-", script: try ends.script("killed.lua", then: "while true do pcall(error) end"))
                + ["--cpu", "200ms"])
        try await ends.add(
            "limit", "f16-", status: 3, ends.renames("f16-") + ["--max-changes", "0"])
        let waiting = try ends.script(
            "waiting.lua",
            then: """
                for _ = 1, 1000 do
                    time.sleep("100ms")
                    iwinv.instances.list { name = "nobody" }
                end
                """)
        for (name, scope) in [("interrupted", "f17-"), ("stopped", "f18-")] {
            let count = world.simulator.requests.count
            let process = try world.iwlua.start(
                Iwlua.binary, ends.renames(scope, script: waiting), environment: world.environment)
            #expect(try await process.firstLine() == "renamed")
            if name == "stopped" {
                #expect(try await world.run(["stop", "last"]).status == 0)
            } else {
                process.signal(SIGINT)
            }
            #expect(try await process.end().status == 130)
            try await ends.note(name, scope, since: count)
        }
    }

    private static func plans(_ ends: inout Ends) async throws {
        let world = ends.world
        let create = try world.iwlua.file("create.lua", StateScripts.create)
        for (plan, words) in [
            ("applied.plan", [ends.rename, "--param", "prefix=f19-"]),
            ("creating.plan", [create] + creation(of: "f20-made", in: world)),
            ("waiting.plan", [ends.rename, "--param", "prefix=f21-"]),
        ] {
            let planned = try await world.run(["plan"] + words + ["-o", plan])
            #expect(planned.status == 0, "\(plan): \(planned.errors)")
        }
        try await ends.add("apply", "f19-", ["apply", "applied.plan", "--yes"])
        try await ends.add("apply creation", "f20-made", ["apply", "creating.plan", "--yes"])
        try await ends.add("renamed and back", "f22-", ends.renames("f22-"))
        try await ends.add("undo", "f22-", ["undo", "last", "--yes"])
    }

    private static func rest(_ ends: inout Ends) async throws {
        let world = ends.world
        try await ends.add(
            "session", "f23-", ["repl", "--allow", "instances:edit", "--yes"],
            input: "vm = iwinv.instances.list { name = 'f23-' }[1]\nvm:edit { name = 'new-f23-1' }\n")
        let terminal = try world.terminal(["repl"])
        await terminal.see("> ")
        terminal.enter("remembered = 41")
        await terminal.see("> ")
        terminal.type(TypedTerminal.end)
        #expect(await terminal.status() == 0, "\(terminal.text)")
        // What a script keeps, under an approval that stands, and with a budget.
        let counts = try world.iwlua.file(
            "counts.lua",
            """
            -- ==Script==
            -- @needs instances:read instances:edit
            -- ==/Script==
            local count = store.get("runs", 0) + 1
            store.set("runs", count)
            local vm = require("iwinv").instances.list { name = "f24-", fields = { "name" } }[1]
            vm:edit { name = "f24-run" .. count }
            print("run " .. count)
            """)
        #expect(try await world.run(["approve", counts, "--allow", "instances:edit"]).status == 0)
        for number in 1...2 {
            let before = world.simulator.requests.count
            let result = try await world.run(["run", counts], with: ["IWLUA_BUDGET": "60/60"])
            #expect(result.status == 0 && result.output == "run \(number)\n", "\(result.errors)")
            try await ends.note("kept \(number)", "f24-", since: before)
        }
        let revoked = try await world.run(
            ["approve", ends.rename, "--param", "prefix=f24-", "--allow", "instances:edit", "--output", "json"])
        let id = try #require(try revoked.json["id"]?.stringValue)
        #expect(try await world.run(["approvals", "remove", id]).status == 0)
    }
}
