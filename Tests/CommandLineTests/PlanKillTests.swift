import Foundation
import Gate
import IwinvCatalog
import TestSupport
import Testing

/// `apply` and `undo` are killed as ``ResumeKillTests`` kills `run`: no change takes effect twice, and in the end the world
/// is as planned.
@Suite struct PlanKillTests {
    private let rename = ["bulk-rename.lua", "--param", "from=web-", "--param", "to=www-"]
    private let faults = ["changes: 5% lost-reply", "changes: 3% reset", "*: 2% html-502"]

    private var script: [String] { [Iwlua.automation(rename[0])] + rename.dropFirst() }

    /// Plans the renaming.
    private func plan(_ world: KillWorld) async throws {
        let planned = try await world.run(["plan"] + script + ["-o", "rename.plan"])
        #expect(planned.status == 0, "\(planned.errors)")
    }

    /// Renames, and returns the run.
    private func run(_ world: KillWorld) async throws -> String {
        let run = try await world.run(["run"] + script + ["--allow", "instances:edit", "--yes", "--output", "json"])
        #expect(run.status == 0, "\(run.errors)")
        return try #require(try run.json["run"]?.stringValue)
    }

    private let names = { (prefix: String, count: Int) in
        (1...count).map { String(format: "\(prefix)-%03d", $0) }
    }

    @Test(.debugProgram, arguments: FailPoint.allCases)
    func `carrying a plan out dies before or after any step, and goes on`(_ point: FailPoint) async throws {
        for number in 1...3 where number == 1 || !point.isReachedOnce {
            let world = try await KillWorld(servers: 4)
            try await plan(world)
            try world.setFaults(point.faults)
            let killed = try await world.dying(["apply", "rename.plan", "--yes"], at: point, number)
            #expect(killed.status == SIGKILL, "\(point) \(number): \(killed.errors)")
            let result = try await world.resumedToTheEnd(after: point)
            try #require(result.status == 0, "\(point) \(number): \(result.errors)")
            #expect(try result.json["result"] == ["made": 4, "planned": 4], "\(point) \(number)")
            #expect(world.effects("instances.edit").values.sorted() == [1, 1, 1, 1], "\(point) \(number)")
            #expect(world.names == names("www", 4))
            #expect(try await world.outcomes("\(point) \(number)") == Array(repeating: "confirmed", count: 4))
            try await world.end()
        }
    }

    @Test(.debugProgram, arguments: FailPoint.allCases)
    func `an undo dies before or after any step, and goes on`(_ point: FailPoint) async throws {
        for number in 1...3 where number == 1 || !point.isReachedOnce {
            let world = try await KillWorld(servers: 4)
            let id = try await run(world)
            try world.setFaults(point.faults)
            let killed = try await world.dying(["undo", id, "--yes"], at: point, number)
            #expect(killed.status == SIGKILL, "\(point) \(number): \(killed.errors)")
            let result = try await world.resumedToTheEnd(after: point)
            #expect(result.status == 0, "\(point) \(number): \(result.errors)")
            #expect(world.effects("instances.edit").values.sorted() == [2, 2, 2, 2], "\(point) \(number)")
            #expect(world.names == names("web", 4))
            #expect(try await world.outcomes("\(point) \(number)") == Array(repeating: "confirmed", count: 4))
            try await world.end()
        }
    }

    @Test(arguments: [false, true])
    func `a plan that is killed at random instants is carried out once`(_ isFaulty: Bool) async throws {
        var dice = Dice(state: isFaulty ? 11 : 12)
        for round in 0..<(isFaulty ? max(2, KillWorld.kills / 3) : KillWorld.kills) {
            let world = try await KillWorld(servers: 60)
            try await plan(world)
            if isFaulty { try world.setFaults(faults) }
            let result = try await world.killed(
                ["apply", "rename.plan", "--yes", "--output", "json"], dice: &dice, span: 900_000)
            #expect(result.status == 0 || result.output.isEmpty, "round \(round): \(result.errors.suffix(600))")
            let effects = world.effects("instances.edit")
            #expect(effects.count == 60 && effects.values.allSatisfy { $0 == 1 }, "round \(round): \(effects)")
            #expect(world.names == names("www", 60), "round \(round)")
            let outcomes = try await world.outcomes("round \(round)")
            #expect(outcomes.count { $0 == "confirmed" } == 60, "round \(round): \(outcomes)")
            try await world.end()
        }
    }

    @Test(arguments: [false, true])
    func `an undo that is killed at random instants takes back once`(_ isFaulty: Bool) async throws {
        var dice = Dice(state: isFaulty ? 21 : 22)
        for round in 0..<(isFaulty ? max(2, KillWorld.kills / 3) : KillWorld.kills) {
            let world = try await KillWorld(servers: 60)
            let id = try await run(world)
            if isFaulty { try world.setFaults(faults) }
            let result = try await world.killed(
                ["undo", id, "--yes", "--output", "json"], dice: &dice, span: 1_200_000)
            #expect(result.status == 0 || result.output.isEmpty, "round \(round): \(result.errors.suffix(600))")
            let effects = world.effects("instances.edit")
            #expect(effects.count == 60 && effects.values.allSatisfy { $0 == 2 }, "round \(round): \(effects)")
            #expect(world.names == names("web", 60), "round \(round)")
            let outcomes = try await world.outcomes("round \(round)")
            #expect(outcomes.count { $0 == "confirmed" } == 60, "round \(round): \(outcomes)")
            try await world.end()
        }
    }
}
