public import Clocks
public import RunStore

/// Who decides what runs when: a value, which knows of no clock, no file and no process.
///
/// The daemon and ``ScheduleSimulation`` drive it alike:
///
/// ```swift
/// var core = SchedulerCore(upSince: clock.now)
/// core.set(schedule)
/// for action in core.advance(to: clock.now) { … }       // write down, start, stop
/// for action in core.ended(key, end, at: clock.now) { … }
/// // and again at core.wake, or when something ends
/// ```
public struct SchedulerCore: Sendable {
    private var lines: [SchedulerLine] = []
    private var places: [Int64: Int] = [:]
    /// The names of schedules that are gone, by their occurrences that are still under way.
    private var departed: [OccurrenceKey: String] = [:]
    private let upSince: Instant

    /// - Parameter upSince: What was due before had no daemon.
    public init(upSince: Instant) { self.upSince = upSince }

    /// Takes a schedule up. One that is known is paused or let go on as this says; else it stays what it is.
    ///
    /// - Parameter now: When that is known.
    @discardableResult
    public mutating func set(_ schedule: PlannedSchedule, at now: Instant? = nil) -> [SchedulerAction] {
        guard let place = places[schedule.id] else {
            places[schedule.id] = lines.count
            lines.append(SchedulerLine(schedule, after: Set(departed.filter { $0.value == schedule.name }.keys)))
            return []
        }
        return change(place) { line in
            switch (line.schedule.isPaused, schedule.isPaused) {
            case (false, true): line.stopForPause()
            case (true, false): line.resume(at: now ?? schedule.cursor)
            default: break
            }
        }
    }

    /// Lets go of a schedule. A run under way goes on; one that takes its name overlaps with it as with one of its own.
    public mutating func remove(_ id: Int64) {
        guard let place = places.removeValue(forKey: id) else { return }
        for key in lines[place].underWay { departed[key] = lines[place].schedule.name }
        lines.swapAt(place, lines.count - 1)
        lines.removeLast()
        if place < lines.count { places[lines[place].schedule.id] = place }
    }

    /// Takes up an occurrence that an earlier daemon left.
    ///
    /// - Parameter isRunning: Its run is still under way, or will be resumed: its end will be reported.
    /// - Returns: What follows from it: one that waits is given up if its schedule was paused while nobody was there.
    @discardableResult
    public mutating func restore(_ occurrence: OccurrenceRecord, isRunning: Bool) -> [SchedulerAction] {
        guard let place = places[occurrence.key.schedule] else { return [] }
        var open = SchedulerLine.Open(instant: occurrence.key.instant, due: occurrence.due)
        open.phase = isRunning ? .running : .waiting
        (open.retries, open.timeouts) = (occurrence.retries, occurrence.timeouts)
        if occurrence.attempts > 0 { open.last = AttemptEnd(word: "failed", verdict: .failed) }
        return change(place) { $0.restore(open) }
    }

    /// What is to be done now. To be asked at ``wake``, and whenever one likes.
    public mutating func advance(to now: Instant) -> [SchedulerAction] {
        lines.indices.flatMap { place -> [SchedulerAction] in
            guard let wake = lines[place].wake, wake <= now else { return [] }
            let upSince = upSince
            return change(place) { $0.advance(to: now, upSince: upSince) }
        }
    }

    /// When there will be something to do, if nothing happens before.
    public var wake: Instant? { lines.lazy.compactMap(\.wake).min() }

    /// Whether it has this occurrence, and it is not over.
    public func knows(_ key: OccurrenceKey) -> Bool {
        places[key.schedule].map { lines[$0].open.contains { $0.instant == key.instant } } ?? false
    }

    /// How many occurrences are claimed and not under way.
    public var waiting: Int { lines.reduce(0) { $0 + $1.open.count { $0.phase == .waiting } } }

    /// An attempt is over.
    public mutating func ended(_ key: OccurrenceKey, _ end: AttemptEnd, at now: Instant) -> [SchedulerAction] {
        guard let place = places[key.schedule] else {
            guard let name = departed.removeValue(forKey: key) else { return [] }
            let verdict: OccurrenceVerdict =
                end.verdict == .done ? .success : end.verdict == .interrupted ? .stopped : .failure
            return [.record(.ended(key, word: end.word, verdict: verdict))]
                + lines.indices.filter { lines[$0].schedule.name == name }.flatMap { place in
                    change(place) { $0.predecessorEnded(key, at: now) }
                }
        }
        return change(place) { $0.ended(key.instant, end, at: now) }
    }

    /// Not started: the script, or what else was approved, is not what it was. The schedule is paused.
    public mutating func approvalLost(_ key: OccurrenceKey, _ reason: String) -> [SchedulerAction] {
        guard let place = places[key.schedule] else { return [] }
        return change(place) { $0.approvalLost(key.instant, reason) }
    }

    /// A claim was refused: another daemon has seen to it.
    public mutating func refused(_ key: OccurrenceKey) {
        guard let place = places[key.schedule] else { return }
        lines[place].refused(key.instant)
    }

    private mutating func change(_ place: Int, _ work: (inout SchedulerLine) -> Void) -> [SchedulerAction] {
        work(&lines[place])
        return lines[place].takeActions()
    }
}
