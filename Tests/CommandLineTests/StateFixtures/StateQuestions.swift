import Foundation
import IwinvCatalog
import IwinvSimulator
import IwinvWire
import RunStore
import TestSupport
import Testing

/// What the tests ask of a copy of a fixture.
extension FixtureWorld {
    /// Lists, shows and checks all runs; the cloud is not asked.
    func look(_ runs: [StateRun], _ answers: StateAnswers) async throws {
        let count = simulator.requests.count
        let list = try await run(["runs", "--limit", "1000", "--output", "json"])
        #expect(list.status == 0, "\(list.errors)")
        let listed = try list.json.arrayValue ?? []
        answers.said(.array(listed.map(StateDocument.summary)), to: "runs")
        let open = try await run(["runs", "--open", "--limit", "1000", "--output", "json"])
        let isOpen = listed.filter { ["cut", "running"].contains($0["state"]?.stringValue) }.map { $0["run"] }
        #expect(try open.json.arrayValue?.map { $0["run"] } == isOpen)
        for run in runs where !run.run.isEmpty {
            let shown = try await self.run(["runs", "show", run.run, "--output", "json"])
            #expect(shown.status == 0, "\(run.name): \(shown.errors)")
            answers.said(StateDocument.shown(try shown.json), to: "\(run.name) show")
        }
        try await verify("as it was left", answers)
        #expect(simulator.requests.count == count)
    }

    /// Nobody has edited the journal.
    func verify(_ when: String, _ answers: StateAnswers? = nil) async throws {
        let verified = try await run(["runs", "verify", "--output", "json"])
        #expect(verified.status == 0, "\(scene) \(when): \(verified.output)\(verified.errors)")
        #expect(try verified.json["faults"] == [], "\(scene) \(when)")
        answers?.said(try verified.json, to: "verify \(when)")
    }

    /// What was made by a command that changes something, or goes on with what did.
    struct Made {
        var status: Int32
        /// By method and path.
        var effects: [String: Int]
        var errors: String
    }

    /// Gives a command, and keeps what it says and what the cloud has done for it.
    @discardableResult
    func ask(
        _ words: [String], of run: StateRun, _ question: String?, _ answers: StateAnswers?
    ) async throws -> Made {
        let count = simulator.requests.count
        let result = try await self.run(words + ["--output", "json"], with: Self.more(run.family))
        let made = Made(status: result.status, effects: effects(since: count), errors: result.errors)
        guard let question, let answers else { return made }
        var answer: [String: JSONValue] = [
            "exit": .integer(Int64(result.status)),
            "sent": .object(operations(since: count).mapValues { .integer(Int64($0)) }),
            "things": .array(things(run.scope).map(JSONValue.string)),
        ]
        if !result.output.isEmpty {
            let report = try result.json
            answer["ended"] = report["ended"] ?? .null
            let changes = StateDocument.changes(report["changes"]).arrayValue?.compactMap(\.stringValue) ?? []
            // An undo makes side by side what does not rest on each other.
            let isOrdered = scene != .undo && words.first != "undo"
            answer["changes"] = .array((isOrdered ? changes : changes.sorted()).map(JSONValue.string))
            if let kind = report["error"]?["kind"] { answer["kind"] = kind }
        }
        answers.said(.object(answer), to: "\(run.name) \(question)")
        return made
    }

    /// The same where what must be so in any case is all there is to say.
    func ask(_ words: [String], of run: StateRun) async throws -> Made { try await ask(words, of: run, nil, nil) }
}

extension FixtureWorld {
    /// Whether the journal has a change of the run that was sent, and no answer to it.
    func isInFlight(_ run: StateRun) async throws -> Bool {
        RunHistory(try await journal().entries(of: run.run)).changes.values.contains { change in
            if case .inFlight = change.stage { true } else { false }
        }
    }
}
