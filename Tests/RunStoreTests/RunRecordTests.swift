import Clocks
import IwinvCatalog
@testable import RunStore
import Testing

@Suite struct RunRecordTests {
    private let place = JournalScratch()

    private func record(_ events: [JournalEvent], state: RunSummary.State = .cut) -> RunRecord {
        let start = Instant(seconds: 1_700_000_000)
        let summary = RunSummary(
            number: 1, id: "r1", started: start, kind: "run", script: "a.lua", account: "", state: state, endedAt: nil,
            changes: 0, unknown: 0, open: 0, entries: events.count)
        let all = [JournalEvent.begun(place.header, number: 1, texts: [])] + events
        return RunRecord(
            summary,
            entries: all.enumerated().map { index, event in
                JournalEntry(sequence: UInt64(index), at: start + .seconds(index), event: event)
            })
    }

    private func ask(_ call: UInt64, _ name: String, _ arguments: [JSONValue]) -> JournalEvent {
        .asked(CallQuestion(call: call, task: 1, name: name, place: "a.lua:\(call)", arguments: arguments))
    }

    private func concluded(_ call: UInt64, id: String, outcome: String = "confirmed", to name: String = "b")
        -> JournalEvent
    {
        .concluded(
            call: call,
            changes: [
                [
                    "operation": "instances.edit", "id": .string(id), "before": ["name": "a"],
                    "after": ["name": .string(name)], "outcome": .string(outcome), "settled_by": "instances.list",
                ]
            ])
    }

    @Test func `calls have the names of their operations, what they are about, and how long they took`() {
        let calls = record([
            ask(1, "iwinv.call", ["instances.edit", ["name": "b"], "one", "i-1"]),
            ask(2, "iwinv.page", ["instances.list", [:], 1, 7]),
            ask(3, "iwinv.wait", ["instances", "i-2", "active", "5m"]), ask(4, "time.sleep", [3]),
            ask(5, "iwinv.call", ["instances.get", ["instance_id": "i-5"], "one"]),
            .delivered(call: 2, .success([])), .delivered(call: 4, .failure(["code": 1, "message": "cannot"])),
            .delivered(call: 5, .failure(["value": ["kind": "api", "message": "gone"]])),
        ]).calls
        #expect(
            calls.map(\.name) == ["instances.edit", "instances.list", "instances.wait", "time.sleep", "instances.get"])
        #expect(calls.map(\.subject) == ["i-1", nil, "i-2", nil, "i-5"])
        #expect(calls.map(\.duration) == [nil, .seconds(4), nil, .seconds(3), .seconds(3)])
        #expect(
            calls.map(\.outcome) == [
                .open, .answered, .open, .failed(kind: "error", message: "cannot"),
                .failed(kind: "api", message: "gone"),
            ])
    }

    @Test func `a change is as far as its entries tell, and without a reply unknown once its run is gone`() {
        let sent: [JournalEvent] = [
            place.intent(1), place.intent(2), .sending(call: 2, attempt: 1), place.intent(3),
            .sending(call: 3, attempt: 1), place.answer(3), place.intent(4), .sending(call: 4, attempt: 1),
            concluded(4, id: "i-4", outcome: "unknown"), .decided(call: 4, .skip),
        ]
        #expect(record(sent).changes.map(\.outcome) == ["not-sent", "unknown", "accepted", "unknown"])
        #expect(
            record(sent, state: .running).changes.map(\.outcome) == ["not-sent", "in-flight", "accepted", "unknown"])
        let last = record(sent).changes.last
        #expect(last?.settledBy == "instances.list" && last?.decision == "skip" && last?.after == ["name": "b"])
        #expect(record(sent).changes.map(\.isConcluded) == [false, false, false, true])
    }

    @Test func `changes of one resource stand together, in the order of the first`() {
        let record = record([
            place.intent(1), concluded(1, id: "i-1"), place.intent(2), concluded(2, id: "i-2"), place.intent(3),
            concluded(3, id: "i-1"),
        ])
        #expect(record.resources.map { $0.map(\.call) } == [[1, 3], [2]])
    }

    @Test func `two runs differ in what was given, and change by change`() {
        let first = record([
            place.intent(1), concluded(1, id: "i-1"), place.intent(2), concluded(2, id: "i-1", to: "c"),
            place.intent(3), concluded(3, id: "i-3"),
        ])
        // The order among resources is no difference; the second change of a resource is compared with the second.
        let second = record([
            place.intent(1), concluded(1, id: "i-4"), place.intent(2), concluded(2, id: "i-1"),
            .granted(call: nil, grant: "instances:power"), place.intent(3), concluded(3, id: "i-1", to: "d"),
        ])
        let difference = RunDifference(first, second)
        #expect(difference.changesOnlyInA.map(\.id) == ["i-3"] && difference.changesOnlyInB.map(\.id) == ["i-4"])
        #expect(difference.changesThatDiffer.map { [$0.a.after, $0.b.after] } == [[["name": "c"], ["name": "d"]]])
        #expect(difference.equalChanges == 1)
        #expect(difference.grantsOnlyInA == [] && difference.grantsOnlyInB == ["instances:power"])
        #expect(difference.facts == [:] && difference.parameters == [:] && !difference.isEmpty)
        #expect(RunDifference(first, first).isEmpty && RunDifference(first, first).equalChanges == 3)
    }

    @Test func `what two runs created is the same by its name, whatever its identifier`() {
        func creation(_ id: String, _ name: String) -> [JournalEvent] {
            let change: JSONValue = [
                "operation": "instances.create", "id": .string(id), "name": .string(name), "before": .null,
                "after": ["name": .string(name)], "outcome": "accepted",
            ]
            return [
                .intended(ChangeIntent(call: 1, operation: "instances.create")),
                .concluded(call: 1, changes: [change]),
            ]
        }
        #expect(RunDifference(record(creation("i-1", "a")), record(creation("i-2", "a"))).isEmpty)
        #expect(RunDifference(record(creation("i-1", "a")), record(creation("i-2", "b"))).changesOnlyInA.count == 1)
    }

    @Test func `what retention would take is what it takes`() async throws {
        let journal = try await place.journal()
        for id in ["r1", "r2", "r3"] {
            try await journal.begin(place.header, id: id, clock: place.clock).end("done", report: [:])
            place.clock.advance(by: .seconds(60))
        }
        // A living run stays, however old.
        _ = try await journal.begin(place.header, id: "r4", clock: place.clock)
        place.clock.advance(by: .seconds(600))
        let cases: [(Retention, [String])] = [
            (Retention(), []), (Retention(age: .seconds(750)), ["r1"]), (Retention(count: 2), ["r2"]),
            (Retention(age: .zero), ["r3"]),
        ]
        for (retention, gone) in cases {
            #expect(try await journal.prunable(retention, at: place.clock.now) == gone)
            #expect(try await journal.prune(retention, at: place.clock.now) == gone)
        }
        #expect(try await journal.runs().map(\.id) == ["r4"])
    }
}
