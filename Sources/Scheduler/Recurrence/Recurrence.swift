public import Clocks

/// When a schedule is due: instants that follow from it alone, never from the last run.
///
/// In the hours around a clock change ``Zone/first(_:)`` holds: a time of the wall clock that is skipped is due at the first
/// instant after the gap, one that comes twice is due at the first of both, and times that fall together are due once.
/// What is to keep its pace through a clock change is ``every(_:)``.
public enum Recurrence: Sendable, Hashable {
    case cron(CronExpression)
    case every(Interval)
    /// Once.
    case at(Moment)

    /// A steady length of time, whatever clocks show.
    public struct Interval: Sendable, Hashable {
        public var length: Duration
        /// One of the instants, and the first.
        public var anchor: Instant

        /// - Parameter length: A second at least.
        public init(_ length: Duration, from anchor: Instant) {
            precondition(length >= .seconds(1), "an interval is a second at least")
            self.length = length
            self.anchor = anchor
        }
    }

    /// An instant, or a time of the schedule's own wall clock.
    public enum Moment: Sendable, Hashable {
        case instant(Instant)
        case wall(WallTime)

        /// When that is in a zone.
        public func instant(in zone: Zone) -> Instant {
            switch self {
            case .instant(let instant): instant
            case .wall(let wall): zone.first(wall)
            }
        }
    }

    /// The first instant after `instant`; nil if there is none.
    public func next(after instant: Instant, in zone: Zone) -> Instant? {
        switch self {
        case .cron(let cron):
            return cron.first(from: zone.unseen(after: instant)).map(zone.first)
        case .every(let interval):
            guard instant >= interval.anchor else { return interval.anchor }
            let length = interval.length.wholeNanoseconds
            let passed = (instant - interval.anchor).wholeNanoseconds / length
            return interval.anchor + .nanoseconds((passed + 1) * length)
        case .at(let moment):
            let due = moment.instant(in: zone)
            return due > instant ? due : nil
        }
    }

    /// All instants after `instant`, each later than the one before.
    public func instants(after instant: Instant, in zone: Zone) -> some Sequence<Instant> {
        sequence(state: instant) { last -> Instant? in
            guard let next = next(after: last, in: zone), next > last else { return nil }
            last = next
            return next
        }
    }
}
