public import Clocks
public import RunStore

/// What the scheduler would do over some time: the same core, on a clock that jumps.
public struct ScheduleSimulation: Sendable {
    /// What became of one instant.
    public struct Event: Sendable, Hashable {
        public enum Kind: Sendable, Hashable {
            case run(until: Instant, wasStopped: Bool)
            case skipped(SkipReason)
        }

        public var schedule: String
        public var instant: Instant
        /// When it was started, or left out.
        public var at: Instant
        public var kind: Kind
    }

    /// A change of the clocks of a zone that schedules go by.
    public struct ClockChange: Sendable, Hashable {
        public var zone: String
        public var change: Zone.Change
    }

    public struct Report: Sendable, Hashable {
        /// By start.
        public var events: [Event] = []
        public var clockChanges: [ClockChange] = []
        /// Runs at the same time, at most, and since when.
        public var peak = 0
        public var peakAt: Instant?
        /// Requests in one minute of the clock, at most, and since when: what all accounts would be asked for together.
        public var budgetPeak = 0
        public var budgetPeakAt: Instant?
        /// Runs of different schedules that were under way when another one started.
        public var encounters = 0
    }

    private let schedules: [PlannedSchedule]
    private let length: @Sendable (PlannedSchedule) -> Duration
    private let requests: @Sendable (PlannedSchedule) -> Int
    private let atOnce: Int

    /// - Parameters:
    ///   - length: How long a run of a schedule takes.
    ///   - requests: How many it sends, evenly over that time.
    ///   - atOnce: So many runs may be under way at once, as the daemon's: others wait for their turn.
    public init(
        _ schedules: [PlannedSchedule], length: @escaping @Sendable (PlannedSchedule) -> Duration,
        requests: @escaping @Sendable (PlannedSchedule) -> Int = { _ in 0 }, atOnce: Int = .max
    ) {
        self.atOnce = atOnce
        self.schedules = schedules
        self.length = length
        self.requests = requests
    }

    /// From after `start` until `end`; runs that end later are in it with their end.
    public func run(from start: Instant, to end: Instant) -> Report {
        var state = State(schedules, requests: requests, atOnce: atOnce, at: start)
        while let now = state.next(before: end) { state.step(to: now, length) }
        return state.finish(from: start, to: end)
    }

    private struct State {
        private var core: SchedulerCore
        private var report = Report()
        private var schedules: [Int64: PlannedSchedule] = [:]
        /// By occurrence: the place of its event and the end of its run.
        private var running: [OccurrenceKey: (place: Int, end: Instant)] = [:]

        /// Those that wait because so many run already, in the order of their coming.
        private var line: [OccurrenceKey] = []
        private var isEnding = false

        private let requests: (PlannedSchedule) -> Int
        private let atOnce: Int
        /// By minute.
        private var load: [Int64: Double] = [:]

        init(
            _ schedules: [PlannedSchedule], requests: @escaping (PlannedSchedule) -> Int, atOnce: Int, at start: Instant
        ) {
            self.requests = requests
            self.atOnce = atOnce
            core = SchedulerCore(upSince: start)
            for var schedule in schedules {
                schedule.cursor = start
                self.schedules[schedule.id] = schedule
                _ = core.set(schedule)
            }
        }

        func next(before end: Instant) -> Instant? {
            [core.wake, running.values.lazy.map(\.end).min()].compactMap { $0 }.min().flatMap { $0 <= end ? $0 : nil }
        }

        mutating func step(to now: Instant, _ length: (PlannedSchedule) -> Duration) {
            // What ends makes room for what begins.
            let over = running.filter { $0.value.end <= now }.keys.sorted {
                ($0.instant, $0.schedule) < ($1.instant, $1.schedule)
            }
            for key in over { end(key, AttemptEnd(word: "done", verdict: .done), at: now, length) }
            if over.isEmpty { advance(to: now, length) }
        }

        private mutating func end(
            _ key: OccurrenceKey, _ end: AttemptEnd, at now: Instant, _ length: (PlannedSchedule) -> Duration
        ) {
            running[key] = nil
            // As in the daemon, its room is for who waits longest, and not for the next one of the same schedule.
            isEnding = true
            take(core.ended(key, end, at: now), at: now, length)
            isEnding = false
            advance(to: now, length)
        }

        private mutating func advance(to now: Instant, _ length: (PlannedSchedule) -> Duration) {
            take(core.advance(to: now), at: now, length)
            while !line.isEmpty, running.count < atOnce { start(line.removeFirst(), at: now, length) }
        }

        private mutating func start(
            _ key: OccurrenceKey, at now: Instant, _ length: (PlannedSchedule) -> Duration
        ) {
            guard let schedule = schedules[key.schedule] else { return }
            guard running.count + (isEnding ? 1 : 0) < atOnce else { return line.append(key) }
            let taken = schedule.policy.timeLimit.map { min($0, length(schedule)) } ?? length(schedule)
            let end = now + max(.seconds(1), taken)
            report.encounters += running.count
            spread(requests(schedule), from: now, to: end)
            running[key] = (report.events.count, end)
            report.events.append(
                Event(
                    schedule: schedule.name, instant: key.instant, at: now, kind: .run(until: end, wasStopped: false)))
            if running.count > report.peak { (report.peak, report.peakAt) = (running.count, now) }
        }

        private mutating func take(
            _ actions: [SchedulerAction], at now: Instant, _ length: (PlannedSchedule) -> Duration
        ) {
            var stopped: [OccurrenceKey] = []
            for action in actions {
                switch action {
                case .start(let key, _): start(key, at: now, length)
                case .stop(let key):
                    if let place = line.firstIndex(of: key) {
                        // It had no turn yet, and as in the daemon it ends at once when it has.
                        line.remove(at: place)
                        report.events.append(
                            Event(
                                schedule: schedules[key.schedule]?.name ?? "", instant: key.instant, at: now,
                                kind: .run(until: now, wasStopped: true)))
                    } else if let run = running[key] {
                        report.events[run.place].kind = .run(until: now, wasStopped: true)
                    } else {
                        continue
                    }
                    stopped.append(key)
                case .record(.skipped(let key, let reason, _, _)):
                    guard let schedule = schedules[key.schedule] else { continue }
                    report.events.append(
                        Event(schedule: schedule.name, instant: key.instant, at: now, kind: .skipped(reason)))
                case .record: break
                }
            }
            for key in stopped {
                end(key, AttemptEnd(word: "interrupted", verdict: .interrupted), at: now, length)
            }
        }

        /// As if it were not stopped before its time.
        private mutating func spread(_ requests: Int, from start: Instant, to end: Instant) {
            guard requests > 0 else { return }
            let minutes = start.seconds / 60...max(start.seconds, end.seconds - 1) / 60
            for minute in minutes { load[minute, default: 0] += Double(requests) / Double(minutes.count) }
        }

        func finish(from start: Instant, to end: Instant) -> Report {
            var report = report
            if let peak = load.max(by: { ($0.value, $1.key) < ($1.value, $0.key) }) {
                report.budgetPeak = Int(peak.value.rounded(.up))
                report.budgetPeakAt = Instant(seconds: peak.key * 60)
            }
            var zones: Set<String> = []
            for schedule in schedules.values.sorted(by: { $0.name < $1.name })
            where zones.insert(schedule.zone.name).inserted {
                report.clockChanges += schedule.zone.changes(after: start, until: end).map {
                    ClockChange(zone: schedule.zone.name, change: $0)
                }
            }
            return report
        }
    }
}
