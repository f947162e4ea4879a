import Clocks
import Foundation
import Gate
import IwinvCatalog
import IwinvModel
import IwinvSimulator
import RunStore
import TestSupport
import Testing

/// Runs that a version of the program has left in the middle, in `Tests/Fixtures/State`: today's program says the same of
/// them, and brings each to its end without doing anything twice.
///
/// ``StateFixtureMaker`` says how they are made.
@Suite(.enabled(if: !StateFixture.isWriting)) struct InterruptedStateFixtureTests {
    @Test func `there is a fixture of each kind, and fifty runs that were cut`() throws {
        #expect(!StateFixture.versions.isEmpty)
        for version in StateFixture.versions {
            let fixtures = StateFixture.all(StateScene.allCases).filter { $0.version == version }
            #expect(fixtures.map(\.scene) == StateScene.allCases)
            let cut = try fixtures.filter { StateScene.interrupted.contains($0.scene) }.flatMap { try $0.runs() }
            #expect(cut.count >= 50)
            #expect(Set(cut.map(\.run)).count == cut.count)
        }
    }

    @Test func `a port that somebody else has is named`() async throws {
        var configuration = SimulatorConfiguration(cloud: Cloud(seed: 0, at: SystemClock().now), clock: SystemClock())
        let other = try await FixtureWorld.listen(configuration)
        configuration.port = other.port
        do {
            try await FixtureWorld.listen(configuration).stop()
            Issue.record("two listen on port \(other.port)")
        } catch let problem as FixedPortProblem {
            #expect("\(problem)".contains("127.0.0.1:\(other.port)") && "\(problem)".contains("ss -ltnp"))
        }
        try await other.stop()
    }

    @Test func `no key is in any of them`() throws {
        for fixture in StateFixture.all(StateScene.allCases) {
            let files = try #require(
                FileManager.default.enumerator(at: fixture.folder, includingPropertiesForKeys: nil))
            for case let file as URL in files where !file.hasDirectoryPath {
                let bytes = try Data(contentsOf: file)
                for key in ["simulated-secret-key", "simulated-access-key"] {
                    #expect(bytes.range(of: Data(key.utf8)) == nil, "\(file.path)")
                }
            }
        }
    }

    @Test(arguments: StateFixture.all(StateScene.interrupted))
    func `a run that was cut is shown as what it is`(_ fixture: StateFixture) async throws {
        try await FixtureWorld.copy(fixture) { world, answers in
            try await world.look(try fixture.runs(), answers)
            let stopped = try await world.run(["stop", "last"])
            #expect(stopped.status != 0, "nobody has it: \(stopped.errors)")
            for run in try fixture.runs() {
                let state = answers.answer(to: "\(run.name) show")["state"]
                #expect(state == (run.isEnded ? "done" : "cut"), "\(run.name)")
            }
        }
    }

    @Test(arguments: StateFixture.all(StateScene.interrupted))
    func `a run that was cut goes on, does nothing twice and leaves nothing out`(_ fixture: StateFixture) async throws {
        try await FixtureWorld.copy(fixture) { world, answers in
            for run in try fixture.runs() {
                let made = try await world.ask(["resume", run.run], of: run, "resume", answers)
                if run.isEnded {
                    #expect(made.status == 2 && made.effects.isEmpty, "\(run.name): \(made.errors)")
                } else if made.status == 5 {
                    // Nobody knows, and so it is not sent again.
                    #expect(fixture.scene == .reboot, "\(run.name): \(made.errors)")
                    #expect(run.adding(made).values.allSatisfy { $0 == 1 }, "\(run.name)")
                    let skipped = try await world.ask(
                        ["resume", run.run, "--unknown", "skip"], of: run, "skip", answers)
                    #expect(skipped.status == 0, "\(run.name): \(skipped.errors)")
                    #expect(run.adding(made, skipped).values.allSatisfy { $0 == 1 }, "\(run.name)")
                } else {
                    #expect(made.status == 0, "\(run.name): \(made.errors)")
                    // A set of rules is always sent as a whole.
                    let each = fixture.scene == .undo ? 2 : run.family == "firewall" ? 3 : 1
                    #expect(run.adding(made).values.allSatisfy { $0 == each }, "\(run.name): \(run.adding(made))")
                }
                #expect(fixture.scene.isWanted(world.things(run.scope), run), "\(run.name)")
                let again = try await world.ask(["resume", run.run], of: run)
                #expect(again.status == 2 && again.effects.isEmpty, "\(run.name): \(again.errors)")
            }
            try await world.verify("after all have gone on")
            // Each is taken back in the end.
            for run in try fixture.runs() {
                let made = try await world.ask(
                    ["undo", run.run, "--yes", "--partial"] + (fixture.scene == .creation ? ["--delete-created"] : []),
                    of: run,
                    "undo", answers)
                #expect(made.status == 0 || fixture.scene == .reboot, "\(run.name): \(made.errors)")
            }
            try await world.verify("after all were taken back")
        }
    }

    @Test(arguments: StateFixture.all([.reboot]))
    func `what leaves no trace is done once more where somebody says so`(_ fixture: StateFixture) async throws {
        try await FixtureWorld.copy(fixture) { world, answers in
            for run in try fixture.runs() {
                let isInFlight = try await world.isInFlight(run)
                let made = try await world.ask(
                    ["resume", run.run, "--unknown", "repeat"], of: run, "repeat", answers)
                #expect(made.status == 0, "\(run.name): \(made.errors)")
                // What was known to have been made is not made again; what was under way is.
                let most = isInFlight ? 2 : 1
                #expect(run.adding(made).count == 2, "\(run.name): \(run.adding(made))")
                #expect(run.adding(made).values.allSatisfy { (1...most).contains($0) }, "\(run.name)")
            }
            try await world.verify("after all have gone on")
        }
    }

    @Test(arguments: StateFixture.all(StateScene.interrupted))
    func `a run that was cut is taken back as far as anybody knows what it did`(_ fixture: StateFixture) async throws {
        try await FixtureWorld.copy(fixture) { world, answers in
            for run in try fixture.runs() {
                let before = world.things(run.scope)
                let made = try await world.ask(
                    ["undo", run.run, "--yes", "--partial"], of: run, "undo as it is", answers)
                // No more is taken back than was made.
                #expect(made.effects.values.reduce(0, +) <= run.made.values.reduce(0, +), "\(run.name)")
                if made.effects.isEmpty { #expect(world.things(run.scope) == before, "\(run.name)") }
            }
            try await world.verify("after all were taken back")
        }
    }

    @Test(arguments: StateFixture.all([.apply]))
    func `a plan that was cut is not carried out twice`(_ fixture: StateFixture) async throws {
        try await FixtureWorld.copy(fixture) { world, answers in
            for run in try fixture.runs() {
                let plan = try #require(run.plan)
                let old = try await world.ask(
                    ["apply", plan, "--yes", "--max-age", "1s"], of: run)
                #expect(old.status == 3 && old.effects.isEmpty, "\(run.name): \(old.errors)")
                let words = ["apply", plan, "--yes", "--on-drift", "skip", "--max-age", "36500d"]
                let made = try await world.ask(words, of: run, "apply", answers)
                #expect(run.adding(made).values.allSatisfy { $0 == 1 }, "\(run.name): \(run.adding(made))")
            }
            try await world.verify("after all were carried out")
        }
    }
}

extension StateRun {
    /// Killed after its end was written down.
    var isEnded: Bool { name.hasPrefix(FailPoint.afterEnd.rawValue) }

    /// All that the cloud has done for it.
    fileprivate func adding(_ made: FixtureWorld.Made...) -> [String: Int] {
        made.reduce(self.made) { $0.merging($1.effects, uniquingKeysWith: +) }
    }
}

extension StateScene {
    /// Whether things are as a run of the scene wants them in the end.
    fileprivate func isWanted(_ things: [String], _ run: StateRun) -> Bool {
        let scope = run.scope
        switch self {
        case .rename, .approved: return things == (1...2).map { "server new-\(scope)\($0) active" }
        case .apply where run.name.hasSuffix("creation"):
            return things.contains("server \(scope)made active") && things.count == 1
        case .apply: return things == (1...2).map { "server new-\(scope)\($0) active" }
        case .undo, .reboot: return things == (1...2).map { "server \(scope)\($0) active" }
        case .creation: return things == ["server \(scope)made active"]
        case .attachment: return things == ["server \(scope)1 active", "volume \(scope)data at \(scope)1"]
        case .firewall:
            let rules = things.first?.split(separator: ": ", maxSplits: 1).last?.components(separatedBy: "; ")
            return things.count == 1
                && Set(rules ?? []) == [
                    "IN TCP 80 0.0.0.0/0 kept", "IN TCP 8443 0.0.0.0/0 edited", "IN TCP 8080 10.0.0.0/8 added",
                ]
        case .consent, .finished, .schedules, .older: return false
        }
    }
}
