import Clocks
import Foundation
import Testing

/// Real processes on the machine's clock, with a short window.
@Suite(.serialized) struct SharedBudgetProcessTests {
    private static let limit = 60
    private static let window = 1.0

    /// Grants and replies of one process, in seconds of the machine's clock.
    private struct Stamps {
        var grants: [Double] = []
        var replies: [Double] = []

        init(_ text: String) {
            for line in text.split(separator: "\n") {
                guard let nanoseconds = Double(line.dropFirst(2)) else { continue }
                if line.hasPrefix("+") { grants.append(nanoseconds / 1e9) } else { replies.append(nanoseconds / 1e9) }
            }
        }
    }

    private func spawn(_ folder: String, parallel: Int) throws -> (Process, Pipe) {
        let process = Process()
        process.executableURL = Bundle.main.bundleURL.appendingPathComponent("BudgetProbe")
        process.arguments = [folder, "\(Self.limit)/\(Int(Self.window))", "30", "\(parallel)", "3"]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        return (process, pipe)
    }

    /// No two uses of one slot: at no time more requests than the limit that are on their way or younger than a window.
    private func crowd(_ all: [Stamps]) -> Int {
        var events: [(Double, Int)] = []
        for stamps in all {
            events += stamps.grants.map { ($0, 1) } + stamps.replies.map { ($0 + Self.window, -1) }
            // Cut off by the kill.
            events += stamps.grants.dropFirst(stamps.replies.count).map { ($0 + Self.window, -1) }
        }
        var (held, most) = (0, 0)
        for (_, change) in events.sorted(by: { ($0.0, $0.1) < ($1.0, $1.1) }) {
            held += change
            most = max(most, held)
        }
        return most
    }

    @Test(.timeLimit(.minutes(2))) func `ten processes use sixty slots and no more`() throws {
        let scratch = BudgetScratch()
        let processes = try (0..<10).map { _ in try spawn(scratch.path, parallel: 3) }
        let all = processes.map {
            Stamps(String(decoding: $1.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self))
        }
        let grants = all.flatMap(\.grants).sorted()
        #expect(grants.count == 300 && crowd(all) <= Self.limit)
    }

    @Test(.timeLimit(.minutes(2))) func `a kill in the middle changes nothing for the others`() throws {
        let scratch = BudgetScratch()
        let processes = try (0..<10).map { _ in try spawn(scratch.path, parallel: 3) }
        // It has had its first grants, so it waits or has a request on its way.
        let victim = processes[0]
        var early = victim.1.fileHandleForReading.availableData
        kill(victim.0.processIdentifier, SIGKILL)
        early += victim.1.fileHandleForReading.readDataToEndOfFile()
        let others = processes.dropFirst().map {
            Stamps(String(decoding: $1.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self))
        }
        let all = others + [Stamps(String(decoding: early, as: UTF8.self))]
        #expect(others.allSatisfy { $0.grants.count == 30 } && crowd(all) <= Self.limit)
    }
}
