import Foundation
import Synchronization
import TestSupport
import Testing

/// Whatever changes the cloud is ended by every signal, at random instants, in a cloud that answers and in one that loses
/// replies; then it goes on, is ended again, and goes on to its end. The effects are counted by the cloud.
///
/// Each pair of work and signal has so many rounds as `IWLUA_KILLS` says (1 if unset), with and without faults in turn.
/// `IWLUA_SEED` repeats what a seed has found, and `IWLUA_WORK=undo` leaves the other works out.
@Suite struct KillMatrixTests {
    private static let environment = ProcessInfo.processInfo.environment
    private static let rounds = environment["IWLUA_KILLS"].flatMap { Int($0) } ?? 1
    private static let seed = {
        let seed = environment["IWLUA_SEED"].flatMap { UInt64($0) } ?? .random(in: 0..<1_000_000)
        print("KillMatrixTests: IWLUA_SEED=\(seed)")
        return seed
    }()
    private static let works = KillWork.all.filter { work in
        environment["IWLUA_WORK"].map { work.testDescription.hasPrefix($0) } ?? true
    }

    private static let faults = ["changes: 10% lost-reply, reset", "*: 3% html-502"]

    private static let turns = Turns(8)
    private static let tally = Mutex((rounds: 0, ended: 0))

    @Test(.timeLimit(.minutes(60)), arguments: works, KillSignal.allCases)
    func `whenever it is ended, each change is made once and is known`(
        _ work: KillWork, _ signal: KillSignal
    ) async throws {
        for round in 0..<Self.rounds {
            await Self.turns.take()
            let result = await Result { try await Self.go(work, signal, round) }
            await Self.turns.giveBack()
            try result.get()
        }
    }

    private static func go(_ work: KillWork, _ signal: KillSignal, _ number: Int) async throws {
        let place = (KillWork.all.firstIndex { $0.testDescription == work.testDescription } ?? 0) * 4
        let cell = place + (KillSignal.allCases.firstIndex(of: signal) ?? 0)
        let isFaulty = (Int(seed % 2) + place / 4 + cell + number).isMultiple(of: 2)
        let name = "IWLUA_SEED=\(seed), \(work.testDescription), \(signal.testDescription), round \(number)"
        var round = try await KillRound(
            work, signal, faults: isFaulty ? faults : [],
            dice: Dice(state: seed &+ UInt64(cell + 1000 * number) &* 0x9E37_79B9),
            comment: "\(name)\(isFaulty ? ", faults" : "")")
        try await round.go()
        let ended = round.ended
        let (done, all) = tally.withLock { tally in
            tally = (tally.rounds + 1, tally.ended + ended)
            return tally
        }
        guard done == works.count * KillSignal.allCases.count * rounds else { return }
        print("\(all) programs were ended in \(done) rounds; IWLUA_SEED=\(seed)")
    }
}

extension Result where Failure == any Error {
    fileprivate init(_ work: () async throws -> Success) async {
        do { self = .success(try await work()) } catch { self = .failure(error) }
    }
}
