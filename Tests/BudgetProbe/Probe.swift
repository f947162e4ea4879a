import Clocks
import Foundation
import Gate
import IwinvClient

/// Sends requests that take a while and go nowhere, and writes down when: for tests of many processes on one budget.
///
/// `budget-probe FOLDER QUOTA COUNT PARALLEL MILLISECONDS`; a line `+ N` for each grant, `- N` for each reply, with the
/// nanoseconds of the machine's clock.
@main struct Probe {
    static func main() async throws {
        let words = CommandLine.arguments
        guard words.count == 6, let quota = BudgetQuota(words[2]), let count = Int(words[3]),
            let parallel = Int(words[4]),
            let milliseconds = Int(words[5])
        else { exit(2) }
        let clock = SystemClock()
        let budget = try await SharedBudget.open(folder: words[1], account: "probe", quota: quota)
        let claimant = BudgetClaimant(run: "\(getpid())")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<parallel {
                group.addTask {
                    for _ in 0..<(count / parallel + (worker < count % parallel ? 1 : 0)) {
                        let slot = try await budget.acquire(for: claimant)
                        say("+", clock)
                        try await clock.sleep(for: .milliseconds(milliseconds))
                        say("-", clock)
                        await budget.release(slot, .answered)
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    /// One write a line, so that a kill loses none.
    private static func say(_ what: String, _ clock: SystemClock) {
        let line = Array("\(what) \(clock.elapsed.wholeNanoseconds)\n".utf8)
        _ = write(1, line, line.count)
    }
}
