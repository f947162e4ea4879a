import Clocks
import GRDB
import IwinvCatalog
import RunStore

/// A journal in a folder of its own, on a clock that stands still.
struct JournalScratch {
    let scratch = Scratch()
    let clock = VirtualClock(start: Instant(seconds: 1_700_000_000))
    let header = RunHeader(
        kind: "run", script: "rename.lua", text: "f00", modules: ["lib": "f01"], parameters: ["prefix": "web-"],
        grants: ["instances:edit"], profile: "default", account: "https://api.test 9f86", seed: .max,
        clockStart: Instant(seconds: 1_700_000_000), options: ["changes": 50], toolVersion: "0.1", parent: nil)

    func journal() async throws -> Journal { try await Journal.open(folder: scratch.path) }

    /// A connection that knows nothing of the journal.
    func database() throws -> DatabaseQueue { try DatabaseQueue(path: scratch.path + "/journal.sqlite") }

    func intent(_ call: UInt64) -> JournalEvent {
        .intended(ChangeIntent(call: call, operation: "instances.edit", id: "i-\(call)", before: ["name": "a"]))
    }

    func answer(_ call: UInt64, attempt: Int = 1) -> JournalEvent {
        .answered(ChangeAnswer(call: call, attempt: attempt, status: 200, outcome: "accepted", milliseconds: 7))
    }

    /// A change from question to answer.
    func change(_ call: UInt64, outcome: String = "confirmed", _ log: RunLog) async throws {
        log.note(.asked(CallQuestion(call: call, task: 0, name: "instances.edit", place: "a.lua:1", arguments: [1])))
        log.note(intent(call))
        try await log.commit(.sending(call: call, attempt: 1))
        log.note(answer(call))
        log.note(.concluded(call: call, changes: [["id": .string("i-\(call)"), "outcome": .string(outcome)]]))
        log.note(.delivered(call: call, .success([["id": .string("i-\(call)")]])))
    }
}
