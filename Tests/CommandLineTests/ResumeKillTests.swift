import Foundation
import Gate
import IwinvCatalog
import IwinvModel
import IwinvSimulator
import RunStore
import TestSupport
import Testing

/// Kills the program at random instants, resumes it, kills it again: whatever happens, no change takes effect twice, and
/// the journal says of each how it ended. `IWLUA_KILLS` says how many rounds each test has (7 if unset: 21 in all).
@Suite struct ResumeKillTests {
    private static let rename = """
        -- ==Script==
        -- @needs instances:edit
        -- ==/Script==
        local iwinv = require "iwinv"
        local servers = iwinv.instances.list { name = "web-" }
        task.map(servers, function(vm)
            iwinv.retry(function() vm:edit { name = "new-" .. vm.name:sub(5) } end, { times = 5, pause = "0s" })
        end, { limit = 4 })
        return #servers
        """

    private static let reboot = """
        -- ==Script==
        -- @needs instances:power
        -- ==/Script==
        local iwinv = require "iwinv"
        local servers = iwinv.instances.list { name = "web-" }
        for i, vm in ipairs(servers) do vm:reboot() end
        return #servers
        """

    private static let everything = """
        -- ==Script==
        -- @needs instances:edit instances:create
        -- ==/Script==
        local iwinv = require "iwinv"
        local first = iwinv.instances.list { name = "web-" }[1]
        first:edit { name = "new-" .. first.name:sub(5) }
        local flavor, image = first.flavor.flavor_id, first.image.image_id
        local made = iwinv.instances.create {
            name = "made-01", zone_id = first.zone.zone_id, flavor_id = flavor, image_id = image }
        for _, vm in ipairs(iwinv.instances.list { name = "web-" }) do vm:edit { name = "new-" .. vm.name:sub(5) } end
        return made.instance_id
        """

    @Test(.debugProgram, arguments: FailPoint.allCases)
    func `dying before or after any step leaves what can be resumed`(_ point: FailPoint) async throws {
        for number in 1...3 where number == 1 || !point.isReachedOnce {
            let world = try await KillWorld(servers: 3, faults: point.faults)
            let file = try world.iwlua.file("script.lua", Self.everything)
            let killed = try await world.dying(
                ["run", file, "--allow", "instances:edit,instances:create", "--yes"], at: point, number)
            #expect(killed.status == SIGKILL, "\(killed.errors)")
            let result = try await world.resumedToTheEnd(after: point)
            #expect(result.status == 0, "\(point) \(number): \(result.errors)")
            #expect(world.effects("instances.edit").values.sorted() == [1, 1, 1], "\(point) \(number)")
            let created = world.simulator.requests.filter { $0.operation == "instances.create" && $0.hadEffect }
            #expect(created.count == 1, "\(point) \(number)")
            try #require(result.status == 0)
            let report = try result.json
            #expect(report["result"]?.stringValue?.isEmpty == false)
            let outcomes = try await world.outcomes("\(point) \(number)")
            #expect(outcomes.count == 4 && !outcomes.contains("unknown"), "\(point) \(number): \(outcomes)")
            try await world.end()
        }
    }

    @Test(.debugProgram, arguments: FailPoint.allCases.filter { $0 != .afterBegin })
    func `a run that goes on dies at any step too, and goes on again`(_ point: FailPoint) async throws {
        let world = try await KillWorld(servers: 3, faults: point.faults)
        let file = try world.iwlua.file("script.lua", Self.everything)
        let killed = try await world.dying(
            ["run", file, "--allow", "instances:edit,instances:create", "--yes"], at: .afterSending, 2)
        #expect(killed.status == SIGKILL, "\(killed.errors)")
        let again = try await world.run(["resume", "last"], with: ["IWLUA_FAIL_AT": "\(point.rawValue)#1"])
        #expect(again.status == SIGKILL, "\(point): \(again.errors)")
        let result = try await world.resumedToTheEnd(after: point)
        #expect(result.status == 0, "\(point): \(result.errors)")
        #expect(world.effects("instances.edit").values.sorted() == [1, 1, 1], "\(point)")
        #expect(world.simulator.requests.count { $0.operation == "instances.create" && $0.hadEffect } == 1)
        #expect(try await world.outcomes("\(point)").count == 4)
        try await world.end()
    }

    @Test(arguments: [[], ["changes: 5% lost-reply", "changes: 3% reset", "*: 2% html-502"]])
    func `no server is renamed twice, and all are in the end`(_ faults: [String]) async throws {
        var dice = Dice(state: UInt64(faults.count) + 1)
        for round in 0..<KillWorld.kills {
            let world = try await KillWorld(servers: 60, faults: faults)
            let file = try world.iwlua.file("script.lua", Self.rename)
            let result = try await world.killed(
                ["run", file, "--allow", "instances:edit", "--yes", "--output", "json"], dice: &dice, span: 900_000)
            #expect(result.status == 0 || result.output.isEmpty, "round \(round): \(result.errors.suffix(600))")
            let effects = world.effects("instances.edit")
            #expect(effects.count == 60, "round \(round)")
            #expect(effects.values.allSatisfy { $0 == 1 }, "round \(round): \(effects.filter { $0.value != 1 })")
            let outcomes = try await world.outcomes("round \(round)")
            // What failed was tried again by the script: another call.
            #expect(outcomes.count { $0 == "confirmed" } == 60, "round \(round): \(outcomes)")
            #expect(Set(outcomes).isSubset(of: ["confirmed", "refused", "not-sent"]), "round \(round): \(outcomes)")
            try await world.end()
        }
    }

    @Test func `no server is rebooted twice unless somebody says so, and what nobody can tell is unknown`() async throws
    {
        var dice = Dice(state: 7)
        for round in 0..<KillWorld.kills {
            let world = try await KillWorld(servers: 20)
            let file = try world.iwlua.file("script.lua", Self.reboot)
            let result = try await world.killed(
                ["run", file, "--allow", "instances:power", "--yes", "--output", "json"], dice: &dice, span: 500_000,
                unknown: ["--unknown", "skip"])
            #expect(result.status == 0 || result.output.isEmpty, "round \(round): \(result.errors.suffix(600))")
            let effects = world.effects("instances.reboot")
            #expect(effects.values.allSatisfy { $0 == 1 }, "round \(round)")
            let journal = try await world.journal()
            let run = try await journal.find("last")
            // Skipped ones may or may not have been made; all others were.
            #expect(run.changes == 20)
            #expect(20 - effects.count <= run.unknown, "round \(round): \(effects.count) \(run)")
            try await world.end()
        }
    }

    @Test func `the shipped rolling reboot goes on with the servers that had no turn`() async throws {
        var dice = Dice(state: 9)
        // A wait looks every five seconds, so that a round takes ten.
        for round in 0..<max(2, KillWorld.kills / 3) {
            var timing = Timing()
            timing.reboot = 1
            let world = try await KillWorld(servers: 12, timing: timing)
            let result = try await world.killed(
                [
                    "run", Iwlua.automation("rolling-reboot.lua"), "--param", "limit=12", "--param", "pause=1ms",
                    "--allow", "instances:power", "--yes", "--output", "json",
                ], dice: &dice, span: 1_500_000, unknown: ["--unknown", "skip"])
            #expect(result.status == 0 || result.output.isEmpty, "round \(round): \(result.errors.suffix(600))")
            let effects = world.effects("instances.reboot")
            #expect(effects.values.allSatisfy { $0 == 1 }, "round \(round): \(effects)")
            let journal = try await world.journal()
            let run = try await journal.find("last")
            #expect(run.state == .ended("done") && run.changes == 12, "round \(round): \(run)")
            #expect(12 - effects.count <= run.unknown, "round \(round): \(effects.count) \(run)")
            #expect(try await journal.verify().faults.isEmpty)
            try await world.end()
        }
    }
}
