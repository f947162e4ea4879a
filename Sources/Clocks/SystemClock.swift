import Foundation

/// The machine's clock. Activities mean nothing to it.
public struct SystemClock: HostClock {
    public init() {}

    public var now: Instant {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Instant(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }

    public var elapsed: Duration {
        var time = timespec()
        clock_gettime(Self.continuous, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    #if os(Linux)
        /// The kernel's name for the time since the machine was started.
        public var origin: String? { Self.boot }

        private static let boot: String? = {
            guard let text = try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8) else {
                return nil
            }
            let name = text.trimmingCharacters(in: .whitespacesAndNewlines)
            return name.isEmpty ? nil : name
        }()
    #endif

    public func sleep(for duration: Duration) async throws {
        try await Task.sleep(for: duration, clock: .continuous)
    }

    public func beginActivity() {}
    public func endActivity() {}

    #if os(Linux)
        private static var continuous: clockid_t { CLOCK_BOOTTIME }
    #else
        private static var continuous: clockid_t { CLOCK_MONOTONIC_RAW }
    #endif
}
