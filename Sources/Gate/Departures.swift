import Clocks
import IwinvCatalog
import Synchronization

/// When changes left, by the cloud's clock: its rows are dated by that one, to a second.
final class Departures: Sendable {
    private struct State {
        /// How far this machine's clock is ahead of the cloud's, as the last reply showed it.
        var ahead: Duration?
        /// By the number of the call, on this machine's clock.
        var left: [UInt64: Instant] = [:]
    }

    private let state = Mutex(State())

    /// A date has seconds, and a reply has been under way for a moment.
    static let slack: Duration = .seconds(3)
    /// Where no reply had a date. Requests are refused whose clock is off by more.
    static let slackOfUnknownClock: Duration = .seconds(60)

    func left(_ order: UInt64, at instant: Instant) {
        state.withLock { $0.left[order] = instant }
    }

    func noted(clockSkew: Duration) {
        state.withLock { $0.ahead = clockSkew }
    }

    func departure(of order: UInt64) -> Instant? {
        state.withLock { $0.left[order] }
    }

    /// One request on its way to the cloud.
    struct Flight: Sendable {
        /// When it left, on this machine's clock as it is now.
        var departure: Instant
        /// How long it can have been under way.
        var timeout: Duration
    }

    /// When the cloud can have made what a request asked for.
    func window(of flight: Flight) -> ClosedRange<Instant> {
        let ahead = state.withLock(\.ahead)
        let slack = ahead == nil ? Self.slackOfUnknownClock : Self.slack
        let left = flight.departure + (.zero - (ahead ?? .zero))
        return left + (.zero - slack)...left + max(.zero, flight.timeout) + slack
    }
}
