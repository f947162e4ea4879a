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
        /// Runs of different schedules that were under way when another one started.
        public var encounters = 0
    }

    private let schedules: [PlannedSchedule]
    private let length: @Sendable (PlannedSchedule) -> Duration

    /// - Parameter length: How long a run of a schedule takes.
    public init(_ schedules: [PlannedSchedule], length: @escaping @Sendable (PlannedSchedule) -> Duration) {
        self.schedules = schedules
        self.length = length
    }

    /// From after `start` until `end`; runs that end later are in it with their end.
    public func run(from start: Instant, to end: Instant) -> Report {
        var state = State(schedules, at: start)
        while let now = state.next(before: end) { state.step(to: now, length) }
        return state.finish(from: start, to: end)
    }

    private struct State {
        private var core: SchedulerCore
        private var report = Report()
        private var schedules: [Int64: PlannedSchedule] = [:]
        /// By occurrence: the place of its event and the end of its run.
        private var running: [OccurrenceKey: (place: Int, end: Instant)] = [:]

        init(_ schedules: [PlannedSchedule], at start: Instant) {
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
            for key in over {
                running[key] = nil
                take(core.ended(key, AttemptEnd(word: "done", verdict: .done), at: now), at: now, length)
            }
            take(core.advance(to: now), at: now, length)
        }

        private mutating func take(
            _ actions: [SchedulerAction], at now: Instant, _ length: (PlannedSchedule) -> Duration
        ) {
            var stopped: [OccurrenceKey] = []
            for action in actions {
                switch action {
                case .start(let key, _):
                    guard let schedule = schedules[key.schedule] else { continue }
                    let taken = schedule.policy.timeLimit.map { min($0, length(schedule)) } ?? length(schedule)
                    let end = now + max(.seconds(1), taken)
                    report.encounters += running.count
                    running[key] = (report.events.count, end)
                    report.events.append(
                        Event(
                            schedule: schedule.name, instant: key.instant, at: now,
                            kind: .run(until: end, wasStopped: false)))
                    if running.count > report.peak { (report.peak, report.peakAt) = (running.count, now) }
                case .stop(let key):
                    guard let run = running.removeValue(forKey: key) else { continue }
                    report.events[run.place].kind = .run(until: now, wasStopped: true)
                    stopped.append(key)
                case .record(.skipped(let key, let reason, _, _)):
                    guard let schedule = schedules[key.schedule] else { continue }
                    report.events.append(
                        Event(schedule: schedule.name, instant: key.instant, at: now, kind: .skipped(reason)))
                case .record: break
                }
            }
            for key in stopped {
                take(core.ended(key, AttemptEnd(word: "interrupted", verdict: .interrupted), at: now), at: now, length)
            }
        }

        func finish(from start: Instant, to end: Instant) -> Report {
            var report = report
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
