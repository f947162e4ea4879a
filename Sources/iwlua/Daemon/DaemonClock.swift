import Clocks
import Foundation

/// The scheduler's clock.
enum DaemonClock {
    /// The machine's; in a debug build that says so, one that runs faster, to see days of schedules in a test.
    ///
    /// `IWLUA_DAEMON_CLOCK=1700000000:1767225600:480`: when the machine's clock showed the first number, this one showed the
    /// second, and it runs 480 times as fast. Release builds have none of this.
    static func make(_ environment: [String: String]) -> (clock: any HostClock, rate: Double) {
        #if DEBUG
            let numbers = environment["IWLUA_DAEMON_CLOCK"]?.split(separator: ":").compactMap { Double($0) } ?? []
            if numbers.count == 3, numbers[2] > 0 {
                let clock = FastClock(origin: numbers[0], start: numbers[1], rate: numbers[2])
                return (clock, numbers[2])
            }
        #endif
        return (SystemClock(), 1)
    }
}

#if DEBUG
    /// A clock that is right at one moment and fast.
    struct FastClock: HostClock {
        let origin: Double
        let start: Double
        let rate: Double
        private let system = SystemClock()

        init(origin: Double, start: Double, rate: Double) {
            self.origin = origin
            self.start = start
            self.rate = rate
        }

        var now: Instant {
            let passed = Double(system.now.nanoseconds) / 1e9 - origin
            return Instant(seconds: 0) + .seconds(start + passed * rate)
        }

        var elapsed: Duration { now - Instant(seconds: 0) }

        func sleep(for duration: Duration) async throws { try await system.sleep(for: duration / rate) }

        func beginActivity() {}
        func endActivity() {}
    }
#endif
