import Foundation
import Synchronization
import TestSupport
import Testing

/// However the program ends, it ends once: with its exit code, all of its output, and by no signal that nobody sent.
///
/// Threads of it may be at work when it ends, and what they do depends on the instant: so each way is tried many times, one
/// start after the other, and all ways eight at once. `IWLUA_STARTS` says how many starts there are at least; two in each way
/// if unset. `scripts/test --release` starts the release program, whose instants are others.
@Suite(.serialized, .countsStarts) struct EndingTests {
    private static let atOnce = 8

    /// How often each way is tried one after the other, and again at once; quick ones twice as often.
    private static let rounds: Int = {
        let starts = ProcessInfo.processInfo.environment["IWLUA_STARTS"].flatMap { Int($0) } ?? 0
        let ways = (Ending.all.count + Ending.quick.count) * 2
        return max(1, (starts + ways - 1) / ways)
    }()

    private static let quick = Set(Ending.quick.map(\.name))

    private static func trials(_ ending: Ending, from first: Int) -> [EndingTrial] {
        let count = rounds * (quick.contains(ending.name) ? 2 : 1)
        return (first..<first + count).map { EndingTrial(ending: ending, turn: $0) }
    }

    @Test func `there are ways enough, each with a name of its own`() {
        #expect(Ending.all.count >= 28)
        #expect(Set(Ending.all.map(\.name)).count == Ending.all.count)
    }

    @Test(.timeLimit(.minutes(30)), arguments: Ending.all)
    func `one after the other`(_ ending: Ending) async throws {
        for trial in Self.trials(ending, from: 0) { try await trial.run() }
    }

    @Test(.timeLimit(.minutes(60))) func `eight at once, in any order`() async throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("eight at once: seed \(seed)")
        var dice = Dice(state: seed)
        // In a single round, another stream goes into a file than before.
        let trials = Ending.all.flatMap { Self.trials($0, from: 1) }
        let queue = TrialQueue(trials.shuffled(using: &dice))
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
