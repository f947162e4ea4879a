import Clocks
import Foundation
import GRDB
import IwinvCatalog
import IwinvWire
import RunStore

/// A journal of fixed instants and ids, written by the test: what is shown of it is the same to the last blank.
extension GoldenSetup {
    static let history = exact("four runs") { try await History(world: $0).all() }

    static let edited = exact("a journal that somebody has edited") { world in
        try await History(world: world).renamed("rdone", "done", "confirmed")
        try await DatabaseQueue(path: world.state + "/journal.sqlite")
            .write { try $0.execute(sql: "UPDATE entry SET at = at + 1 WHERE seq = 3") }
    }

    static let approval = exact("an approval") { try await History(world: $0).approve() }

    private static func exact(
        _ name: String, _ build: @escaping @Sendable (GoldenWorld) async throws -> Void
    ) -> GoldenSetup {
        var setup = GoldenSetup(name: name) { world in
            try await build(world)
            try await world.close()
        }
        setup.isExact = true
        return setup
    }
}

private struct History {
    let world: GoldenWorld
    /// Longer ago than any retention.
    let clock = VirtualClock(start: Instant(seconds: 1_700_000_000))

    private static let source = """
        for vm in iwinv.instances.each {} do
            vm:edit { name = params.to }
        end

        """

    /// One that is done, one of which something is unknown, one that was refused, one that was cut, one under way.
    func all() async throws {
        try await renamed("rdone", "done", "confirmed")
        try await renamed(
            "runknown", "unknown", "unknown", error: ["kind": "network", "message": "no reply", "line": 2])
        try await renamed(
            "rdenied", "denied", "confirmed", grants: [], source: Self.source + "-- and more\n",
            error: ["kind": "denied", "message": "not granted", "operation": "instances.edit", "line": 2])
        let cut = try await begin("rcut", to: "other")
        try await send(cut, 2)
        await cut.letGo()
        // This process has it.
        try await begin("rliving").flush()
    }

    func approve() async throws {
        try await world.journal().approve(
            "a1b2c3d4e5f6",
            [
                "format": 1, "script": "rename.lua", "text": .string(SHA256.hex(Self.source)), "modules": [:],
                "parameters": ["to": "www"], "grants": ["instances:edit"], "limits": ["max_changes": 50],
                "profile": "prod", "account": "https://api.test 9f86",
            ], at: clock.now)
    }

    /// A run that renamed a server, and how it ended.
    func renamed(
        _ id: String, _ ending: String, _ outcome: String, grants: [String] = ["instances:edit"],
        source: String = Self.source, error: JSONValue = .null
    ) async throws {
        let log = try await begin(id, grants: grants, source: source)
        try await send(log, 2)
        log.note(.answered(ChangeAnswer(call: 2, attempt: 1, status: 200, outcome: "accepted", milliseconds: 90)))
        try await log.commit(
            .concluded(
                call: 2,
                changes: [
                    [
                        "operation": "instances.edit", "id": "i-1", "name": "web-1", "before": ["name": "web-1"],
                        "after": ["name": "www-1"], "outcome": .string(outcome),
                    ]
                ]))
        clock.advance(by: .milliseconds(1500))
        log.note(.delivered(call: 2, .success([["instance_id": "i-1"]])))
        try await log.end(ending, report: ["ended": .string(ending), "error": error])
    }

    private func begin(
        _ id: String, to name: String = "www", grants: [String] = ["instances:edit"], source: String = Self.source
    ) async throws -> RunLog {
        let header = RunHeader(
            kind: "run", script: "rename.lua", text: SHA256.hex(source), parameters: ["to": .string(name)],
            grants: grants, profile: "prod", account: "https://api.test 9f86", seed: 7, clockStart: clock.now,
            options: ["max_changes": 50], toolVersion: "0.1.0", consent: RunConsent(.flag))
        let log = try await world.journal().begin(header, id: id, texts: [source], clock: clock)
        ask(log, 1, "instances.list", [:])
        clock.advance(by: .milliseconds(340))
        log.note(.delivered(call: 1, .success([[["instance_id": "i-1"]]])))
        return log
    }

    /// The request of a change, on its way.
    private func send(_ log: RunLog, _ call: UInt64) async throws {
        ask(log, call, "instances.edit", ["name": "www-1"], id: "i-1")
        log.note(
            .intended(
                ChangeIntent(
                    call: call, operation: "instances.edit", id: "i-1", name: "web-1", before: ["name": "web-1"],
                    wanted: ["name": "www-1"])))
        try await log.commit(.sending(call: call, attempt: 1))
    }

    private func ask(_ log: RunLog, _ call: UInt64, _ operation: String, _ arguments: JSONValue, id: String? = nil) {
        log.note(
            .asked(
                CallQuestion(
                    call: call, task: 1, name: "iwinv.call", place: "rename.lua:\(call)",
                    arguments: [.string(operation), arguments, "one"] + (id.map { [.string($0)] } ?? []))))
    }
}
