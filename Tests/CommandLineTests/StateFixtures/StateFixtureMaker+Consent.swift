import Clocks
import Foundation
import Gate
import IwinvCatalog
import IwinvSimulator
import IwinvWire
import RunStore
import TestSupport
import Testing

/// Runs that ended since nobody agreed to a change, runs whose agreement is gone, and such as an earlier version has left.
extension StateFixtureMaker {
    private struct Scene {
        let world: FixtureWorld
        let script: String
        var runs: [StateRun] = []

        init(_ world: FixtureWorld) throws {
            self.world = world
            script = try world.iwlua.file("rename.lua", StateScripts.rename)
        }

        func words(_ scope: String) -> [String] {
            ["run", script, "--param", "prefix=\(scope)", "--allow", "instances:edit"]
        }

        /// Whether the last run's journal has a question about going on.
        var isAsked: Bool {
            get async throws {
                let journal = try await world.journal()
                let entries = try await journal.entries(of: try await journal.find("last").id)
                return RunHistory(entries).consentQuestion == .canary
            }
        }

        mutating func add(_ name: String, _ scope: String, since count: Int, more: [String]? = nil) async throws {
            runs.append(
                StateRun(
                    name: name, run: try await world.journal().find("last").id, scope: scope,
                    made: world.effects(since: count), more: more))
        }

        /// A run that ends by itself.
        mutating func end(
            _ name: String, _ scope: String, _ words: [String], status: Int32 = 3, more: [String]? = nil
        ) async throws {
            let count = world.simulator.requests.count
            let result = try await world.run(words)
            #expect(result.status == status, "\(name): \(result.errors)")
            try await add(name, scope, since: count, more: more)
        }

        mutating func die(_ name: String, _ scope: String, _ words: [String], at cut: Cut) async throws {
            let count = world.simulator.requests.count
            let result = try await world.run(words, with: cut.environment)
            #expect(result.status == SIGKILL, "\(name): \(result.errors)")
            try await add(name, scope, since: count)
        }
    }

    static func consent(_ fixture: StateFixture) async throws {
        try await FixtureWorld.new(fixture.scene, servers("q", 9, each: 2)) { world in
            var scene = try Scene(world)
            let scopes = (0..<9).map { scope("q", $0) }
            try await scene.end("unattended", scopes[0], scene.words(scopes[0]))
            let unneeded = try world.iwlua.file(
                "unneeded.lua", StateScripts.rename.replacing(" instances:edit", with: ""))
            try await scene.end(
                "ungranted", scopes[1], ["run", unneeded, "--param", "prefix=\(scopes[1])", "--yes"],
                more: ["--allow", "instances:edit"])
            try await scene.end(
                "limited", scopes[2], scene.words(scopes[2]) + ["--yes", "--max-changes", "1"],
                more: ["--max-changes", "9"])
            for (scope, isKilled) in [(scopes[3], false), (scopes[4], true)] {
                let count = world.simulator.requests.count
                let terminal = try world.terminal(scene.words(scope) + ["--yes", "--canary", "1"])
                await terminal.see("[y/N]")
                if isKilled {
                    // The question is written down a moment after it is shown.
                    try await until("the question is in the journal") { try await scene.isAsked }
                    terminal.kill()
                } else {
                    terminal.enter("n")
                }
                #expect(await terminal.status() == (isKilled ? SIGKILL : 3))
                try await scene.add(isKilled ? "canary open" : "canary declined", scope, since: count)
            }
            for (name, scope) in [("revoked", scopes[5]), ("standing", scopes[6])] {
                let approved = try await world.run(["approve"] + scene.words(scope).dropFirst() + ["--output", "json"])
                #expect(approved.status == 0, "\(approved.errors)")
                try await scene.die(
                    name, scope, ["run", scene.script, "--param", "prefix=\(scope)"], at: Cut(.beforeSending, 2))
                guard name == "revoked" else { continue }
                let id = try #require(try approved.json["id"]?.stringValue)
                #expect(try await world.run(["approvals", "remove", id]).status == 0)
            }
            try await notPlanned(&scene, scopes[7])
            // An approval that no run has used yet.
            let waiting = try await world.run(["approve"] + scene.words(scopes[8]).dropFirst())
            #expect(waiting.status == 0, "\(waiting.errors)")
            try await keep(world, scene.runs, as: fixture)
        }
    }

    /// A person approves a plan, and meanwhile somebody makes another server.
    private static func notPlanned(_ scene: inout Scene, _ scope: String) async throws {
        let world = scene.world
        let terminal = try world.terminal(scene.words(scope))
        await terminal.see("[y/N]")
        let create = try world.iwlua.file("create.lua", StateScripts.create)
        let made = try await world.run(
            ["run", create] + creation(of: scope + "3", in: world) + ["--allow", "instances:create", "--yes"],
            with: ["IWLUA_STATE": world.iwlua.folder.appendingPathComponent("other").path])
        #expect(made.status == 0, "\(made.errors)")
        let count = world.simulator.requests.count
        terminal.enter("y")
        await terminal.see("[N] no:")
        terminal.enter("n")
        #expect(await terminal.status() == 3, "\(terminal.text)")
        try await scene.add("not planned", scope, since: count)
    }

    // MARK: - Before consent was written down

    /// Runs of today with the header that they would have had: without whose consent they have.
    static func older(_ fixture: StateFixture) async throws {
        try await FixtureWorld.new(fixture.scene, servers("o", 4, each: 2)) { world in
            var scene = try Scene(world)
            let scopes = (0..<4).map { scope("o", $0) }
            try await scene.die(
                "flag", scopes[0], scene.words(scopes[0]) + ["--yes"], at: Cut(.beforeSending, 2))
            try await scene.die(
                "in flight", scopes[1], scene.words(scopes[1]) + ["--yes"], at: Cut(.afterAnswer, 2))
            try await scene.end("denied", scopes[2], scene.words(scopes[2]))
            let count = world.simulator.requests.count
            let terminal = try world.terminal(
                scene.words(scopes[3]), with: Cut(.beforeSending, 2).environment)
            await terminal.see("[y/N]")
            terminal.enter("y")
            #expect(await terminal.status() == SIGKILL, "\(terminal.text)")
            try await scene.add("plan", scopes[3], since: count)
            let former = world.iwlua.folder.appendingPathComponent("former").path
            try await copy(scene.runs, from: try await world.journal(), into: former)
            try FileManager.default.removeItem(atPath: world.state)
            try FileManager.default.moveItem(atPath: former, toPath: world.state)
            try await keep(world, scene.runs, as: fixture)
        }
    }

    /// Writes runs anew, as the version before would have.
    private static func copy(_ runs: [StateRun], from journal: Journal, into folder: String) async throws {
        let former = try await Journal.open(folder: folder)
        for run in runs {
            let entries = try await journal.entries(of: run.run)
            guard let first = entries.first, case .begun(var header, _, let texts) = first.event else {
                throw FixturePartMissing(part: "the header of \(run.name)")
            }
            #expect(header.consent != nil)
            header.consent = nil
            var bodies: [String] = []
            for text in texts { bodies.append(try #require(try await journal.text(text))) }
            let clock = VirtualClock(start: first.at)
            let log = try await former.begin(header, id: run.run, texts: bodies, clock: clock)
            for entry in entries.dropFirst() {
                clock.advance(by: entry.at - clock.now)
                switch entry.event {
                case .consented: continue
                case .ended(let ending, let report): try await log.end(ending, report: report)
                default: try await log.commit(entry.event)
                }
            }
        }
    }

    struct FixturePartMissing: Error { var part: String }
}
