import Clocks
import Foundation
import IwinvCatalog
import IwinvSimulator
import RunStore
import TestSupport
import Testing

/// Schedules that a version of the program has left: what became of their times, and runs in which a daemon was killed.
@Suite(.enabled(if: !StateFixture.isWriting)) struct ScheduleStateFixtureTests {
    @Test(arguments: StateFixture.all([.schedules]))
    func `they are shown as what they are`(_ fixture: StateFixture) async throws {
        try await FixtureWorld.copy(fixture) { world, answers in
            try await world.look(try fixture.runs(), answers)
            try await Self.show(fixture, world, "", answers)
            let list = try await world.run(["schedule", "list", "--output", "json"])
            #expect(list.status == 0, "\(list.errors)")
            #expect(try list.json.arrayValue?.count == (try fixture.runs().count))
        }
    }

    /// The next daemon finds an edit and a reboot that it cannot know the replies of, a change that was never sent, and one
    /// that waits.
    @Test(.timeLimit(.minutes(3)), arguments: StateFixture.all([.schedules]))
    func `a daemon takes up what another has left, once and no more`(_ fixture: StateFixture) async throws {
        try StateFixtureMaker.writeScheduleScripts()
        try await FixtureWorld.copy(fixture) { world, answers in
            let ledger = try await ScheduleLedger.open(folder: world.state)
            let count = world.simulator.requests.count
            // Later than the lease of the daemon that was killed.
            let daemon = try StateFixtureMaker.daemon(
                world, at: try await StateFixtureMaker.latest(ledger) + .seconds(300))
            try await StateFixtureMaker.until("all has ended") { try await ledger.openOccurrences().isEmpty }
            daemon.signal(SIGTERM)
            let ended = try await daemon.end()
            #expect(ended.status == 0, "\(ended.errors)")
            try await Self.show(fixture, world, " after the next daemon", answers)
            let made = world.effects(since: count)
            for run in try fixture.runs() {
                answers.said(.array(world.things(run.scope).map(JSONValue.string)), to: "\(run.name) things")
                for (request, times) in run.made {
                    #expect(made[request] == nil && times == 1, "\(run.name) is done twice: \(request)")
                }
            }
            // What was never sent is sent once, and so is what waited.
            #expect(made.count == 2 && made.values.allSatisfy { $0 == 1 }, "\(made)")
            #expect(world.things("s05-") == ["server s05-002 active"])
            #expect(world.things("s07-") == ["server s07-1 active", "volume s07-data at s07-1"])
            #expect(world.things("s08-") == ["server s08-002 active"])
            // Nobody can tell whether the server was started again: somebody has to look.
            let reboots = try await ledger.schedule("reboots")
            #expect(reboots.last?.word == "unknown" && reboots.state != .active, "\(reboots)")
            for name in ["edits", "attaches", "waits"] {
                let record = try await ledger.schedule(name)
                #expect(record.last?.word == "done" && record.state == .active, "\(record)")
            }
            try await world.verify("after the next daemon")
        }
    }

    /// A full hour comes: one of the hourly schedules goes on again, the others are paused.
    @Test(.timeLimit(.minutes(3)), arguments: StateFixture.all([.schedules]))
    func `what is paused stays so when the time of another comes`(_ fixture: StateFixture) async throws {
        try StateFixtureMaker.writeScheduleScripts()
        try await FixtureWorld.copy(fixture) { world, _ in
            let resumed = try await world.run(["schedule", "resume", "steady"])
            #expect(resumed.status == 0, "\(resumed.errors)")
            let ledger = try await ScheduleLedger.open(folder: world.state)
            let latest = max(try await StateFixtureMaker.latest(ledger), SystemClock().now)
            let hour = Instant(seconds: latest.seconds - latest.seconds % 3600 + 2 * 3600)
            let daemon = try StateFixtureMaker.daemon(world, at: hour + .seconds(-2))
            let steady = try await ledger.schedule("steady")
            try await StateFixtureMaker.until("the hour's run is over") {
                try await ledger.occurrences(of: steady.id, limit: 5).contains {
                    if case .run = $0.state { $0.through >= hour } else { false }
                }
            }
            daemon.signal(SIGTERM)
            let ended = try await daemon.end()
            #expect(ended.status == 0, "\(ended.errors)")
            for record in try await ledger.schedules() where record.state != .active {
                let begun = try await ledger.occurrences(of: record.id, limit: 20).filter { $0.key.instant >= hour }
                #expect(
                    begun.allSatisfy { if case .skipped(.paused) = $0.state { true } else { false } },
                    "\(record.definition.name): \(begun)")
            }
        }
    }

    private static func show(
        _ fixture: StateFixture, _ world: FixtureWorld, _ when: String, _ answers: StateAnswers
    ) async throws {
        for schedule in try fixture.runs().map(\.name) {
            let shown = try await world.run(["schedule", "show", schedule, "--output", "json"])
            #expect(shown.status == 0, "\(schedule): \(shown.errors)")
            var members = try shown.json.objectValue ?? [:]
            // Of the time at which somebody asks.
            members["next"] = nil
            let old = when.isEmpty
            if !old {
                members["last"] = .array([members["last"]?["word"] ?? .null])
                members["occurrences"] = .array(
                    (members["occurrences"]?.arrayValue ?? []).map { occurrence in
                        .object((occurrence.objectValue ?? [:]).filter { !["begun", "ended", "run"].contains($0.key) })
                    })
            }
            answers.said(.object(members), to: "\(schedule) schedule\(when)")
            let text = try await world.run(["schedule", "show", schedule])
            #expect(text.status == 0 && text.output.contains(schedule), "\(text.errors)")
        }
    }
}
