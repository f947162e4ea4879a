import Clocks
import Synchronization

/// The clock of a simulated cloud in which each request takes a second.
///
/// How often a script has to look at a server then depends on its requests alone, and not on how fast the machine is.
final class StepClock: HostClock {
    private let start = SystemClock().now
    private let steps = Mutex<Int64>(0)

    var now: Instant {
        start
            + .seconds(
                steps.withLock { steps in
                    steps += 1
                    return steps
                })
    }

    var elapsed: Duration { now - start }

    func sleep(for duration: Duration) async throws { try await SystemClock().sleep(for: duration) }

    func beginActivity() {}
    func endActivity() {}
}
