import Clocks
import IwinvCatalog
@testable import RunStore
import Testing

@Suite struct RunHistoryTests {
    private let place = JournalScratch()

    private func history(_ events: [JournalEvent]) -> RunHistory {
        RunHistory(
            events.enumerated().map {
                JournalEntry(sequence: UInt64($0), at: Instant(seconds: Int64($0)), event: $1)
            })
    }

    /// One change, and its answer.
    private var course: [JournalEvent] {
        [
            .begun(place.header, number: 3, texts: []),
            .asked(CallQuestion(call: 1, task: 0, name: "instances.edit", arguments: [])),
            place.intent(1), .sending(call: 1, attempt: 1), place.answer(1),
            .concluded(call: 1, changes: [["outcome": "accepted"]]), .delivered(call: 1, .success([1])),
            .ended(ending: "done", report: [:]),
        ]
    }

    @Test func `a kill at any entry leaves a change of which one can tell how far it came`() {
        let stages = (0...course.count).map { history(Array(course.prefix($0))).changes[1]?.stage }
        let answer = ChangeAnswer(call: 1, attempt: 1, status: 200, outcome: "accepted", milliseconds: 7)
        #expect(
            stages == [nil, nil, nil, .notSent, .inFlight, .answered(answer), .concluded, .concluded, .concluded])
        #expect(history(Array(course.prefix(4))).inFlight == [1] && history(course).inFlight == [])
        #expect(history(Array(course.prefix(7))).ending == nil && history(course).ending?.word == "done")
        #expect(history(course).header == place.header && history(course).number == 3)
    }

    @Test func `what the script saw is a tape in the order of its seeing`() {
        let ask = { (call: UInt64) in
            JournalEvent.asked(CallQuestion(call: call, task: Int64(call), name: "bill.live", arguments: []))
        }
        let told = history([
            ask(1), ask(2), .drawn(name: "time.now", value: 5), .delivered(call: 2, .failure(["kind": "api"])),
            .delivered(call: 1, .success([])), .drawn(name: "time.now", value: 6), .delivered(call: 1, .success([9])),
        ])
        #expect(
            told.given == [
                .value(name: "time.now", 5), .answer(call: 2), .answer(call: 1), .value(name: "time.now", 6),
            ])
        #expect(told.asked == [1, 2] && told.calls[1]?.delivery == .success([]))
        #expect(told.drawn.map(\.value) == [5, 6])
    }

    @Test func `a change that is sent again after a decision is under way again`() {
        let again =
            course.dropLast(2) + [
                .resumed(script: "f02", options: [:]), .decided(call: 1, .repeat), .sending(call: 1, attempt: 2),
            ]
        let told = history(Array(again))
        #expect(told.changes[1]?.stage == .inFlight && told.changes[1]?.decision == .repeat)
        #expect(told.changes[1]?.attempts.map(\.answer?.status) == [200, nil])
        #expect(told.resumptions == [RunHistory.Resumption(script: "f02", options: [:])])
    }

    @Test func `a withheld request has not left`() {
        let told = history([place.intent(1), .withheld(call: 1, attempt: 1)])
        #expect(told.changes[1]?.stage == .notSent && told.changes[1]?.attempts == [])
    }

    @Test func `an error that ended a run gives way to the answer that the call has when the run goes on`() {
        let ask = { (call: UInt64) in
            JournalEvent.asked(CallQuestion(call: call, task: Int64(call), name: "iwinv.call", arguments: []))
        }
        let failure = CallDelivery.failure(["kind": "network"])
        let first: [JournalEvent] = [
            ask(1), .delivered(call: 1, failure), ask(2), ask(3), .delivered(call: 3, failure),
            .delivered(call: 2, .success([2])), .ended(ending: "refused", report: [:]),
        ]
        // What the script has outlived is part of it.
        #expect(history(first).given == [.answer(call: 1), .answer(call: 3), .answer(call: 2)])
        let resumed = first + [.resumed(script: nil, options: [:])]
        #expect(history(resumed).given == [.answer(call: 1), .answer(call: 2)])
        #expect(history(resumed).calls[3]?.delivery == nil)
        let second =
            resumed + [
                .delivered(call: 3, .success([3])), ask(4), .delivered(call: 4, failure),
                .ended(ending: "refused", report: [:]), .resumed(script: nil, options: [:]),
            ]
        #expect(history(second).given == [.answer(call: 1), .answer(call: 2), .answer(call: 3)])
        #expect(history(second).calls[3]?.delivery == .success([3]))
    }

    @Test func `an error that ended a run is asked again though tasks beside it made further calls`() {
        let ask = { (call: UInt64, task: Int64) in
            JournalEvent.asked(CallQuestion(call: call, task: task, name: "iwinv.call", arguments: []))
        }
        let failure = { (text: String) in CallDelivery.failure(["message": .string(text)]) }
        let ended = JournalEvent.ended(ending: "refused", report: ["error": ["message": "web-02: no"]])
        // Tasks 2 to 4 work side by side; the third fails while the others have more to do.
        let beside: [JournalEvent] = [
            ask(1, 1), .delivered(call: 1, .success([])), ask(2, 2), ask(3, 3), ask(4, 4),
            .delivered(call: 4, failure("caught")), .delivered(call: 3, failure("web-02: no")),
            .delivered(call: 2, .success([])), ask(5, 2), .delivered(call: 5, .success([])), ended,
            .resumed(script: nil, options: [:]),
        ]
        #expect(history(beside).given == [1, 4, 2, 5].map { .answer(call: $0) })
        #expect(history(beside).calls[3]?.delivery == nil)
        // The script itself went on after it: it is history, and so it is if new tasks were begun.
        for later in [ask(6, 1), ask(6, 5)] {
            var outlived = beside
            outlived.insert(later, at: 10)
            #expect(history(outlived).given == [1, 4, 3, 2, 5].map { .answer(call: $0) })
        }
        // An interruption is no error of any call.
        var interrupted = beside
        interrupted[10] = .ended(ending: "interrupted", report: ["error": ["message": "interrupted"]])
        #expect(history(interrupted).given == [1, 4, 3, 2, 5].map { .answer(call: $0) })
    }
}
