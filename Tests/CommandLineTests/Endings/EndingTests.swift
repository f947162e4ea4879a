import Foundation
import Synchronization
import TestSupport
import Testing

/// However the program ends, it ends once: with its exit code, all of its output, and by no signal that nobody sent.
///
/// Threads of it may be at work when it ends, and what they do depends on the instant: so each way is tried many times, one
/// start after the other, and all ways eight at once. `IWLUA_STARTS` says how many starts there are in all; two in each way
/// if unset. `scripts/test --release` starts the release program, whose instants are others.
@Suite(.serialized, .countsStarts) struct EndingTests {
    private static let atOnce = 8

    /// How often each way is tried one after the other, and again at once.
    private static let rounds: Int = {
        let starts = ProcessInfo.processInfo.environment["IWLUA_STARTS"].flatMap { Int($0) } ?? 0
        let ways = Ending.all.count * 2
        return max(1, (starts + ways - 1) / ways)
    }()

    @Test func `there are ways enough, each with a name of its own`() {
        #expect(Ending.all.count >= 28)
        #expect(Set(Ending.all.map(\.name)).count == Ending.all.count)
    }

    @Test(.timeLimit(.minutes(30)), arguments: Ending.all)
    func `one after the other`(_ ending: Ending) async throws {
        for turn in 0..<Self.rounds { try await EndingTrial(ending: ending, turn: turn).run() }
    }

    @Test(.timeLimit(.minutes(60))) func `eight at once, in any order`() async throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("eight at once: seed \(seed)")
        var dice = Dice(state: seed)
        let trials = (0..<Self.rounds).flatMap { turn in
            // In a single round, another stream goes into a file than before.
            Ending.all.map { EndingTrial(ending: $0, turn: turn + 1) }
        }.shuffled(using: &dice)
        let queue = TrialQueue(trials)
        try await withThrowingTaskGroup { group in
            for _ in 0..<Self.atOnce {
                group.addTask {
                    while let trial = queue.next() { try await trial.run() }
                }
            }
            try await group.waitForAll()
        }
    }
}

/// Trials that several tasks take from.
private final class TrialQueue: Sendable {
    private let rest: Mutex<ArraySlice<EndingTrial>>

    init(_ trials: [EndingTrial]) {
        rest = Mutex(trials[...])
    }

    func next() -> EndingTrial? { rest.withLock { $0.popFirst() } }
}
