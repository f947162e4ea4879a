import Clocks
import IwinvCatalog
import IwinvWire
@testable import RunStore
import Testing

@Suite struct JournalEventTests {
    private static let place = JournalScratch()

    private static let events: [JournalEvent] = [
        .begun(place.header, number: 1, texts: ["f00"]), .kept(texts: ["f01"]),
        .asked(CallQuestion(call: .max, task: 2, name: "instances.edit", place: "a.lua:3", arguments: [1, nil, 1.5])),
        .asked(CallQuestion(call: 1, task: 0, name: "x", arguments: [])),
        .drawn(name: "time.now", value: 1), .delivered(call: 1, .success([["a": nil]])),
        .delivered(call: 1, .failure(["kind": "api"])), place.intent(4),
        .intended(
            ChangeIntent(
                call: 1, operation: "o", target: .init(key: "id", id: "i"), id: "i", name: "\u{C6F9}", before: nil,
                wanted: ["n": 1], arguments: ["a": "\u{0}"])),
        .sending(call: 1, attempt: 2), .withheld(call: 1, attempt: 2), place.answer(1),
        .answered(ChangeAnswer(call: 1, attempt: 1, code: "E", outcome: "unknown", milliseconds: 0)),
        .concluded(call: 1, changes: [["outcome": "unknown"]]), .decided(call: 1, .skip), .decided(call: 1, .repeat),
        .granted(call: 1, grant: "g"), .granted(call: nil, grant: "g"), .resumed(script: "f00", options: [:]),
        .resumed(script: nil, options: ["unknown": "skip"]), .stopped(reason: "Ctrl-C"),
        .ended(ending: "done", report: ["result": 1]), .other(kind: "later", call: 3, body: ["x": 1]),
        .other(kind: "later", call: nil, body: nil),
    ]

    @Test(arguments: events) func `an event survives its row`(_ event: JournalEvent) throws {
        let record = EntryRecord(event, sequence: 5, at: Instant(nanoseconds: -7))
        #expect(record.entry == JournalEntry(sequence: 5, at: Instant(nanoseconds: -7), event: event))
    }

    @Test func `a malformed body of a known kind is kept as it is`() {
        let event = JournalEvent(kind: "sending", call: 1, body: ["attempt": "one"])
        #expect(event == .other(kind: "sending", call: 1, body: ["attempt": "one"]))
        #expect(event.kind == "sending" && event.call == 1 && event.body == ["attempt": "one"])
    }
}
