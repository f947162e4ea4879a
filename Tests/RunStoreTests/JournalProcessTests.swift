import Clocks
import Foundation
import IwinvCatalog
@testable import RunStore
import TestSupport
import Testing

/// Real processes that keep journals, and are killed.
@Suite(.serialized) struct JournalProcessTests {
    private let place = JournalScratch()

    private func spawn(_ run: String, count: Int, parallel: Int) throws -> (Process, FileHandle) {
        let process = Process()
        process.executableURL = Bundle.main.bundleURL.appendingPathComponent("JournalProbe")
        process.arguments = [place.scratch.path, run, "\(count)", "\(parallel)"]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        return (process, pipe.fileHandleForReading)
    }

    /// Numbers of the calls of which the process said so.
    private func calls(_ word: String, in text: String) -> Set<UInt64> {
        Set(
            text.split(separator: "\n").compactMap { line in
                line.hasPrefix("\(word) ") ? UInt64(line.dropFirst(word.count + 1)) : nil
            })
    }

    @Test(.timeLimit(.minutes(2)), arguments: 0..<6 as Range<UInt64>)
    func `a kill at any instant loses nothing that was committed`(_ seed: UInt64) async throws {
        var dice = Dice(state: seed)
        let (process, output) = try spawn("r1", count: 1_000_000, parallel: [1, 4, 16][Int(seed) % 3])
        // After so many lines, wherever it is then.
        let wanted = Int.random(in: 1...60, using: &dice)
        var said = Data()
        while said.count(where: { $0 == UInt8(ascii: "\n") }) < wanted { said += output.availableData }
        kill(process.processIdentifier, SIGKILL)
        said += output.readDataToEndOfFile()
        process.waitUntilExit()
        let text = String(decoding: said, as: UTF8.self)
        let journal = try await place.journal()
        #expect(try await journal.verify().faults == [])
        #expect(try await journal.find("last").state == .cut)
        let (log, entries) = try await journal.reopen("r1", clock: place.clock)
        let history = RunHistory(entries)
        let (sent, concluded) = (calls("sending", in: text), calls("concluded", in: text))
        #expect(sent.count + concluded.count >= wanted)
        for call in sent {
            #expect(history.changes[call]?.attempts.count == 1, "\(call)")
        }
        for call in concluded {
            #expect(history.changes[call]?.stage == .concluded, "\(call)")
        }
        try await log.end("done", report: [:])
        #expect(try await journal.verify().faults == [])
    }

    @Test(.timeLimit(.minutes(2))) func `processes that write at once do not get in each other's way`() async throws {
        let processes = try (1...3).map { try spawn("r\($0)", count: 40, parallel: 8) }
        let texts = processes.map { String(decoding: $0.1.readDataToEndOfFile(), as: UTF8.self) }
        for (process, _) in processes { process.waitUntilExit() }
        #expect(texts.allSatisfy { $0.hasSuffix("ended\n") && calls("concluded", in: $0).count == 40 })
        let journal = try await place.journal()
        let check = try await journal.verify()
        #expect(check.faults == [] && check.runs == 3 && check.entries == 3 * (2 + 6 * 40))
        #expect(Set(try await journal.runs().map(\.number)) == [1, 2, 3])
    }
}
