import Foundation
import IwinvCatalog
import IwinvSimulator
import TestSupport
import Testing

/// Runs whose changes nobody agreed to, or does not any more, as a version of the program has left them: nothing is sent
/// for them until somebody does.
@Suite(.enabled(if: !StateFixture.isWriting)) struct ConsentStateFixtureTests {
    /// Those of which somebody's agreement still holds.
    private static let agreed: Set<String> = ["standing", "plan"]

    @Test(arguments: StateFixture.all([.consent, .older]))
    func `they are shown as what they are`(_ fixture: StateFixture) async throws {
        try await FixtureWorld.copy(fixture) { world, answers in
            try await world.look(try fixture.runs(), answers)
            let approvals = try await world.run(["approvals", "--output", "json"])
            #expect(approvals.status == 0, "\(approvals.errors)")
            answers.said(try approvals.json(without: ["made"]), to: "approvals")
        }
    }

    @Test(arguments: StateFixture.all([.consent, .older]))
    func `nothing is sent without consent, and all that is left with it`(_ fixture: StateFixture) async throws {
        try await FixtureWorld.copy(fixture) { world, answers in
            for run in try fixture.runs() {
                let more = run.more ?? []
                if !Self.agreed.contains(run.name) {
                    for question in ["resume", nil] {
                        let refused = try await world.ask(
                            ["resume", run.run] + more, of: run, question, answers)
                        // What became of a change that was under way is not known, which weighs more.
                        let status: Int32 = run.name == "in flight" ? 5 : 3
                        #expect(refused.status == status && refused.effects.isEmpty, "\(run.name): \(refused.errors)")
                    }
                }
                let yes = Self.agreed.contains(run.name) ? [] : ["--yes"]
                let made = try await world.ask(
                    ["resume", run.run] + more + yes, of: run, "resume with consent", answers)
                #expect(made.status == 0, "\(run.name): \(made.errors)")
                let all = run.made.merging(made.effects, uniquingKeysWith: +)
                let servers = world.things(run.scope)
                #expect(all.count == servers.count && all.values.allSatisfy { $0 == 1 }, "\(run.name): \(all)")
                #expect(servers.allSatisfy { $0.hasPrefix("server new-\(run.scope)") }, "\(run.name): \(servers)")
            }
            try await world.verify("after all have gone on")
        }
    }

    /// An approval of the version before covers what it covered, and no more.
    @Test(arguments: StateFixture.all([.consent]))
    func `an approval stands for a new run, and a revoked one for none`(_ fixture: StateFixture) async throws {
        try await FixtureWorld.copy(fixture) { world, answers in
            let script = try world.iwlua.file("rename.lua", StateScripts.rename)
            func run(_ scope: String) async throws -> Iwlua.Result {
                try await world.run(["run", script, "--param", "prefix=\(scope)"])
            }
            let approved = "q09-"
            let revoked = try #require(try fixture.runs().first { $0.name == "revoked" })
            let count = world.simulator.requests.count
            #expect(try await run(revoked.scope).status == 3)
            #expect(world.effects(since: count).isEmpty)
            let made = try await run(approved)
            #expect(made.status == 0, "\(made.errors)")
            #expect(world.things(approved) == (1...2).map { "server new-\(approved)\($0) active" })
            // Another text is not what was approved.
            _ = try world.iwlua.file("rename.lua", StateScripts.rename + "\n-- and more")
            #expect(try await run(approved).status == 3)
            #expect(world.effects(since: count).values.allSatisfy { $0 == 1 })
        }
    }
}

extension Iwlua.Result {
    /// The document on standard output without some members of the objects in its list.
    func json(without keys: [String]) throws -> JSONValue {
        .array(
            (try json.arrayValue ?? []).map { element in
                .object((element.objectValue ?? [:]).filter { !keys.contains($0.key) })
            })
    }
}
