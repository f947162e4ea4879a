import Foundation
import Gate
import IwinvCatalog
import IwinvSimulator
import RunStore
import TestSupport
import Testing

/// Plans that are carried out, runs that are taken back, and runs of a plan that a person approved; killed on the way.
extension StateFixtureMaker {
    static func apply(_ fixture: StateFixture) async throws {
        let cuts = [
            Cut(.afterBegin), Cut(.beforeSending), Cut(.afterSending), Cut(.afterAnswer), Cut(.afterAnswered),
            Cut(.afterLook), Cut(.afterConcluded), Cut(.afterSending, 2), Cut(.afterAnswer, 2), Cut(.beforeEnd),
        ]
        let creations = [Cut(.beforeSending), Cut(.afterSending), Cut(.afterAnswer)]
        try await FixtureWorld.new(fixture.scene, servers("p", cuts.count, each: 2)) { world in
            let rename = try world.iwlua.file("rename.lua", StateScripts.rename)
            let create = try world.iwlua.file("create.lua", StateScripts.create)
            var runs: [StateRun] = []
            for (index, cut) in (cuts + creations).enumerated() {
                let (scope, isCreation) = (scope("p", index), index >= cuts.count)
                let plan = "\(scope)\(isCreation ? "creation" : "rename").plan"
                let words =
                    isCreation
                    ? [create] + creation(of: scope + "made", in: world) : [rename, "--param", "prefix=\(scope)"]
                let planned = try await world.run(["plan"] + words + ["-o", plan])
                #expect(planned.status == 0, "\(plan): \(planned.errors)")
                var run = try await kill(
                    ["apply", plan, "--yes"], at: cut, of: isCreation ? "instances.create" : "instances.edit",
                    scope: scope, in: world)
                run.plan = plan
                if isCreation { run.name += " creation" }
                runs.append(run)
            }
            try await keep(world, runs, as: fixture, files: runs.compactMap(\.plan))
        }
    }

    static func undo(_ fixture: StateFixture) async throws {
        let cuts = [
            Cut(.afterBegin), Cut(.beforeSending), Cut(.afterSending), Cut(.afterAnswer), Cut(.afterAnswered),
            Cut(.afterLook), Cut(.afterConcluded), Cut(.afterSending, 2), Cut(.afterAnswer, 2), Cut(.beforeEnd),
        ]
        try await FixtureWorld.new(fixture.scene, servers("u", cuts.count, each: 2)) { world in
            let script = try world.iwlua.file("rename.lua", StateScripts.rename)
            var runs: [StateRun] = []
            for (index, cut) in cuts.enumerated() {
                let (scope, count) = (scope("u", index), world.simulator.requests.count)
                let done = try await world.run(
                    ["run", script, "--param", "prefix=\(scope)", "--allow", "instances:edit", "--yes"])
                #expect(done.status == 0, "\(done.errors)")
                let undone = try await world.journal().find("last").id
                var run = try await kill(
                    ["undo", undone, "--yes"], at: cut, of: "instances.edit", scope: scope, in: world)
                run.made = world.effects(since: count)
                runs.append(run)
            }
            try await keep(world, runs, as: fixture)
        }
    }

    static func approved(_ fixture: StateFixture) async throws {
        let cuts = [
            Cut(.afterBegin), Cut(.afterSending), Cut(.afterAnswer), Cut(.beforeSending, 2), Cut(.afterAnswered, 2),
        ]
        try await FixtureWorld.new(fixture.scene, servers("y", cuts.count, each: 2)) { world in
            let script = try world.iwlua.file("rename.lua", StateScripts.rename)
            var runs: [StateRun] = []
            for (index, cut) in cuts.enumerated() {
                let (scope, count) = (scope("y", index), world.simulator.requests.count)
                let terminal = try world.terminal(
                    ["run", script, "--param", "prefix=\(scope)", "--allow", "instances:edit"], with: cut.environment)
                await terminal.see("[y/N]")
                terminal.enter("y")
                #expect(await terminal.status() == SIGKILL, "\(cut.name): \(terminal.text)")
                runs.append(
                    StateRun(
                        name: cut.name, run: try await world.journal().find("last").id, scope: scope,
                        made: world.effects(since: count)))
            }
            try await keep(world, runs, as: fixture)
        }
    }
}
