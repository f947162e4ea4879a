import Clocks
import Foundation
import IwinvCatalog
import RunStore

/// Keeps the journal of a run that changes much, and says what was committed: for tests that kill it, and of several at once.
///
/// `journal-probe FOLDER RUN COUNT PARALLEL`; a line `sending CALL` or `concluded CALL` after each is on disk.
@main struct Probe {
    static func main() async throws {
        let words = CommandLine.arguments
        guard words.count == 5, let count = UInt64(words[3]), let parallel = UInt64(words[4]) else { exit(2) }
        let clock = SystemClock()
        let journal = try await Journal.open(folder: words[1])
        let header = RunHeader(kind: "run", script: "probe.lua", clockStart: clock.now)
        let log = try await journal.begin(header, id: words[2], texts: ["-- probe"], clock: clock)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<parallel {
                group.addTask {
                    for call in stride(from: worker, to: count, by: Int(parallel)) { try await change(call, log) }
                }
            }
            try await group.waitForAll()
        }
        try await log.end("done", report: [:])
        say("ended")
    }

    private static func change(_ call: UInt64, _ log: RunLog) async throws {
        log.note(.asked(CallQuestion(call: call, task: 0, name: "instances.edit", arguments: [["name": "a"]])))
        log.note(.intended(ChangeIntent(call: call, operation: "instances.edit", id: "\(call)", before: ["name": "b"])))
        try await log.commit(.sending(call: call, attempt: 1))
        say("sending \(call)")
        log.note(.answered(ChangeAnswer(call: call, attempt: 1, status: 200, outcome: "accepted", milliseconds: 1)))
        try await log.commit(.concluded(call: call, changes: [["outcome": "accepted"]]))
        say("concluded \(call)")
        log.note(.delivered(call: call, .success([.null])))
    }

    /// One write a line, so that a kill loses none.
    private static func say(_ text: String) {
        let line = Array("\(text)\n".utf8)
        _ = write(1, line, line.count)
    }
}
