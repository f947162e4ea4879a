import Clocks
import RunStore
import Scheduler
import Testing

/// One schedule of every hour, and what the core wants done about it.
@Suite struct SchedulerCoreTests {
    private static let start = Zone.utc.first(WallTime(2026, 1, 5))
    private static let failed = AttemptEnd(word: "failed", verdict: .failed)
    private static let done = AttemptEnd(word: "done", verdict: .done)

    private var core: SchedulerCore
    private let start = Self.start

    init() { core = SchedulerCore(upSince: Self.start) }

    /// Schedule 1.
    private mutating func add(
        _ cron: String = "0 * * * *", cursor: Instant = Self.start, _ change: (inout SchedulePolicy) -> Void = { _ in }
    ) throws {
        var policy = SchedulePolicy()
        change(&policy)
        core.set(
            PlannedSchedule(
                id: 1, name: "hourly", recurrence: .cron(try CronExpression(cron)), zone: .utc, policy: policy,
                cursor: cursor))
    }

    /// The full hour of the day.
    private func key(_ hour: Int) -> OccurrenceKey {
        OccurrenceKey(schedule: 1, instant: start + .seconds(3600 * hour))
    }

    private func at(_ hour: Int, _ minute: Int = 0) -> Instant { start + .seconds(3600 * hour + 60 * minute) }

    /// In words: `claim 1`, `start 1`, `skip 2 overlap`.
    private func words(_ actions: [SchedulerAction]) -> [String] {
        func hour(_ key: OccurrenceKey) -> String { "\((key.instant - start).components.seconds / 3600)" }
        return actions.map { action in
            switch action {
            case .start(let key, let attempt): "start \(hour(key))" + (attempt > 1 ? " again \(attempt)" : "")
            case .stop(let key): "stop \(hour(key))"
            case .record(.claimed(let key, _, let isCaughtUp)): "claim \(hour(key))" + (isCaughtUp ? " late" : "")
            case .record(.skipped(let key, let reason, _, let count)):
                "skip \(hour(key)) \(reason.rawValue)" + (count > 1 ? " x\(count)" : "")
            case .record(.ended(let key, let word, let verdict)): "end \(hour(key)) \(word) \(verdict)"
            case .record(.retried(let key, let due, _)):
                "retry \(hour(key)) in \((due - start).components.seconds % 3600)"
            case .record(.paused(_, let reason)): "pause: \(reason)"
            case .record(let other): "\(other)"
            }
        }
    }

    @Test mutating func `an instant is claimed and started when it comes, and not before`() throws {
        try add()
        #expect(core.wake == at(1) && core.advance(to: at(0, 59)).isEmpty)
        #expect(words(core.advance(to: at(1))) == ["claim 1", "start 1"])
        #expect(core.advance(to: at(1)).isEmpty && core.wake == at(2))
        #expect(words(core.ended(key(1), Self.done, at: at(1, 5))) == ["end 1 done success"])
        #expect(words(core.advance(to: at(2))) == ["claim 2", "start 2"])
    }

    @Test(arguments: [
        (SchedulePolicy.Overlap.skip, ["skip 2 overlap"], ["end 1 done success"]),
        (.queue, ["claim 2"], ["end 1 done success", "start 2"]),
        (.replace, ["stop 1", "claim 2"], ["end 1 done success", "start 2"]),
    ])
    mutating func `an instant that comes while another is under way follows the rule for that`(
        _ overlap: SchedulePolicy.Overlap, _ coming: [String], _ ending: [String]
    ) throws {
        try add { $0.overlap = overlap }
        _ = core.advance(to: at(1))
        #expect(words(core.advance(to: at(2))) == coming)
        #expect(words(core.ended(key(1), Self.done, at: at(2, 1))) == ending)
    }

    /// `schedule add --replace` while a run of the old schedule is under way.
    @Test(arguments: [
        (SchedulePolicy.Overlap.skip, ["skip 2 overlap"], ["end 1 done success"]),
        (.queue, ["claim 2"], ["end 1 done success", "start 2"]),
        (.replace, ["stop 1", "claim 2"], ["end 1 done success", "start 2"]),
    ])
    mutating func `a schedule that takes the place of another does not run beside that one's run`(
        _ overlap: SchedulePolicy.Overlap, _ coming: [String], _ ending: [String]
    ) throws {
        try add()
        _ = core.advance(to: at(1))
        core.remove(1)
        var policy = SchedulePolicy()
        policy.overlap = overlap
        func named(_ name: String, _ id: Int64) throws -> PlannedSchedule {
            PlannedSchedule(
                id: id, name: name, recurrence: .cron(try CronExpression("0 * * * *")), zone: .utc, policy: policy,
                cursor: at(1))
        }
        core.set(try named("hourly", 2))
        #expect(words(core.advance(to: at(2))) == coming)
        #expect(core.wake == at(3))
        // One of another name has nothing to do with it.
        core.set(try named("other", 3))
        #expect(words(core.advance(to: at(2))) == ["claim 2", "start 2"])
        #expect(words(core.ended(key(1), Self.done, at: at(2, 1))) == ending)
        #expect(core.ended(key(1), Self.done, at: at(2, 1)).isEmpty)
    }

    @Test mutating func `one that was replaced is no failure and is not tried again`() throws {
        try add {
            $0.overlap = .replace
            $0.retries = 3
            $0.pauseAfter = 1
        }
        _ = core.advance(to: at(1))
        _ = core.advance(to: at(2))
        // While it stops, the next one comes: the one that waits gives way.
        #expect(words(core.advance(to: at(3))) == ["skip 2 overlap", "claim 3"])
        #expect(words(core.ended(key(1), Self.failed, at: at(3, 1))) == ["end 1 failed stopped", "start 3"])
    }

    @Test mutating func `a queue has an end`() throws {
        try add { $0.overlap = .queue }
        for hour in 1...11 { #expect(words(core.advance(to: at(hour))).first == "claim \(hour)") }
        #expect(words(core.advance(to: at(12))) == ["skip 12 overlap"])
    }

    @Test(arguments: [
        (SchedulePolicy.CatchUp.none, ["skip 1 daemon down", "skip 2 daemon down", "skip 3 daemon down"]),
        (.latest, ["skip 1 daemon down", "skip 2 daemon down", "claim 3 late", "start 3"]),
        (.all, ["skip 1 daemon down", "claim 2 late", "claim 3 late", "start 2"]),
    ])
    mutating func `what passed without a daemon is caught up as the rule says`(
        _ catchUp: SchedulePolicy.CatchUp, _ expected: [String]
    ) throws {
        core = SchedulerCore(upSince: at(3, 30))
        try add {
            $0.catchUp = catchUp
            $0.catchUpWindow = .seconds(5400)
        }
        #expect(words(core.advance(to: at(3, 30))) == expected)
    }

    @Test mutating func `what a sleeping machine missed was missed, and the newest one is in time`() throws {
        try add { $0.catchUp = .latest }
        #expect(words(core.advance(to: at(3))) == ["skip 1 missed", "skip 2 missed", "claim 3", "start 3"])
    }

    @Test mutating func `a clock that is set back starts nothing again`() throws {
        try add()
        _ = core.advance(to: at(3))
        _ = core.ended(key(3), Self.done, at: at(3, 1))
        for minute in stride(from: 0, to: 180, by: 20) { #expect(core.advance(to: at(0, minute)).isEmpty) }
        #expect(core.advance(to: at(3)).isEmpty && core.wake == at(4))
        #expect(words(core.advance(to: at(4))) == ["claim 4", "start 4"])
    }

    @Test mutating func `a year without a daemon is a hundred rows and one`() throws {
        core = SchedulerCore(upSince: at(24 * 365))
        try add("* * * * *")
        let actions = core.advance(to: at(24 * 365))
        // The last two are in time still: the first of them is run, the other overlaps it.
        #expect(actions.count == 101 + 3 && words(actions).first == "skip 0 daemon down x525498")
    }

    @Test mutating func `failures and timeouts have retries of their own, each later than the one before`() throws {
        try add {
            $0.retries = 2
            $0.timeoutRetries = 1
        }
        _ = core.advance(to: at(1))
        #expect(words(core.ended(key(1), Self.failed, at: at(1))) == ["retry 1 in 60"])
        #expect(core.wake == at(1, 1) && core.advance(to: at(1)).isEmpty)
        #expect(words(core.advance(to: at(1, 1))) == ["start 1 again 2"])
        let timeout = AttemptEnd(word: "killed", verdict: .timedOut)
        #expect(words(core.ended(key(1), timeout, at: at(1, 2))) == ["retry 1 in 240"])
        _ = core.advance(to: at(1, 4))
        // The one retry after a timeout is used up, the second after a failure is not.
        #expect(words(core.ended(key(1), Self.failed, at: at(1, 5))) == ["retry 1 in 540"])
        _ = core.advance(to: at(1, 9))
        #expect(words(core.ended(key(1), timeout, at: at(1, 10))) == ["end 1 killed failure"])
    }

    @Test mutating func `what waits for a retry counts as under way`() throws {
        try add {
            $0.retries = 1
            $0.backoff = .seconds(7200)
        }
        _ = core.advance(to: at(1))
        _ = core.ended(key(1), Self.failed, at: at(1))
        #expect(words(core.advance(to: at(2))) == ["skip 2 overlap"])
        #expect(words(core.advance(to: at(3))) == ["skip 3 overlap", "start 1 again 2"])
    }

    @Test mutating func `failures in a row pause the schedule, and what passes then is skipped`() throws {
        try add { $0.pauseAfter = 2 }
        _ = core.advance(to: at(1))
        #expect(words(core.ended(key(1), Self.failed, at: at(1))) == ["end 1 failed failure"])
        _ = core.advance(to: at(2))
        #expect(
            words(core.ended(key(2), Self.failed, at: at(2))) == ["end 2 failed failure", "pause: 2 failures in a row"])
        #expect(words(core.advance(to: at(4))) == ["skip 3 paused", "skip 4 paused"])
        var active = PlannedSchedule(
            id: 1, name: "hourly", recurrence: .every(.init(.seconds(1), from: start)), zone: .utc,
            policy: SchedulePolicy(), cursor: start)
        active.isPaused = false
        #expect(core.set(active, at: at(4, 30)).isEmpty)
        #expect(words(core.advance(to: at(5))) == ["claim 5", "start 5"])
    }

    @Test mutating func `an unknown outcome pauses at once and is never tried again`() throws {
        try add { $0.retries = 3 }
        _ = core.advance(to: at(1))
        let unknown = AttemptEnd(word: "unknown", verdict: .unknown)
        #expect(words(core.ended(key(1), unknown, at: at(1))) == ["end 1 unknown failure", "pause: unknown outcome"])
    }

    @Test mutating func `a changed script is not run and pauses the schedule`() throws {
        try add()
        _ = core.advance(to: at(1))
        #expect(
            words(core.approvalLost(key(1), "the script was changed")) == [
                "skip 1 approval", "pause: the script was changed",
            ])
    }

    @Test mutating func `nothing starts in a blackout`() throws {
        try add { $0.blackouts = (try? [Blackout("MON 02:00-04:00")]) ?? [] }
        _ = core.advance(to: at(1))
        _ = core.ended(key(1), Self.done, at: at(1))
        #expect(words(core.advance(to: at(2))) == ["skip 2 blackout"])
        #expect(words(core.advance(to: at(3))) == ["skip 3 blackout"])
        #expect(words(core.advance(to: at(4))) == ["claim 4", "start 4"])
    }

    @Test mutating func `jitter moves starts, not instants`() throws {
        try add { $0.jitter = .seconds(1800) }
        let delay = Jitter.delay(of: "hourly", within: .seconds(1800))
        #expect(delay > .zero && delay < .seconds(1800))
        #expect(core.wake == at(1) + delay)
        #expect(words(core.advance(to: at(1) + delay)) == ["claim 1", "start 1"])
    }

    private func left(_ hour: Int, _ state: OccurrenceRecord.State, attempts: Int) -> OccurrenceRecord {
        OccurrenceRecord(
            key: key(hour), state: state, due: at(hour), isCaughtUp: false, attempts: attempts, retries: 0,
            timeouts: 0, claimed: at(hour), through: at(hour), count: 1)
    }

    @Test mutating func `what an earlier daemon left goes on, once`() throws {
        try add(cursor: at(2)) { $0.overlap = .queue }
        #expect(core.restore(left(2, .waiting, attempts: 0), isRunning: false).isEmpty)
        #expect(core.restore(left(1, .running, attempts: 1), isRunning: true).isEmpty)
        #expect(core.advance(to: at(2, 10)).isEmpty)
        #expect(words(core.ended(key(1), Self.done, at: at(2, 11))) == ["end 1 done success", "start 2"])
    }

    @Test mutating func `one under way is before one that waits, even for an earlier instant`() throws {
        try add(cursor: at(3)) { $0.overlap = .queue }
        // Asked for by hand at 2, while that of 1 was still to come: it had jitter, or the clock was set back.
        core.restore(left(1, .waiting, attempts: 0), isRunning: false)
        core.restore(left(2, .running, attempts: 1), isRunning: true)
        #expect(core.advance(to: at(3, 10)).isEmpty)
        #expect(words(core.ended(key(2), Self.done, at: at(3, 11))) == ["end 2 done success", "start 1"])
    }

    @Test mutating func `what was left of a schedule that is paused is given up, and nothing is asked again at once`()
        throws
    {
        var paused = PlannedSchedule(
            id: 1, name: "hourly", recurrence: .cron(try CronExpression("0 * * * *")), zone: .utc,
            policy: SchedulePolicy(), cursor: at(2))
        paused.isPaused = true
        core.set(paused)
        #expect(words(core.restore(left(1, .waiting, attempts: 0), isRunning: false)) == ["skip 1 paused"])
        #expect(words(core.restore(left(2, .waiting, attempts: 1), isRunning: false)) == ["end 2 failed failure"])
        #expect(core.advance(to: at(2, 1)).isEmpty && core.wake == at(3))
        // A run under way goes on to its end.
        #expect(core.restore(left(2, .running, attempts: 1), isRunning: true).isEmpty)
        #expect(words(core.ended(key(2), Self.done, at: at(2, 30))) == ["end 2 done success"])
    }

    @Test
    mutating func `failures pause a schedule also if each one waits for its retry until the next takes its place`()
        throws
    {
        try add {
            $0.overlap = .replace
            $0.retries = 5
            $0.backoff = .seconds(3000)
            $0.pauseAfter = 2
        }
        _ = core.advance(to: at(1))
        _ = core.ended(key(1), Self.failed, at: at(1, 20))
        #expect(words(core.advance(to: at(2))) == ["end 1 failed failure", "claim 2", "start 2"])
        _ = core.ended(key(2), Self.failed, at: at(2, 20))
        #expect(
            words(core.advance(to: at(3))) == ["end 2 failed failure", "pause: 2 failures in a row", "skip 3 paused"])
        #expect(words(core.advance(to: at(4))) == ["skip 4 paused"])
    }

    @Test mutating func `a claim that another daemon made is forgotten`() throws {
        try add()
        _ = core.advance(to: at(1))
        core.refused(key(1))
        #expect(core.ended(key(1), Self.done, at: at(1)).isEmpty)
        #expect(words(core.advance(to: at(2))) == ["claim 2", "start 2"])
    }

    @Test mutating func `each instant ends once, whatever happens`() throws {
        var dice = RandomCron(seed: 11)
        for overlap in SchedulePolicy.Overlap.allCases {
            for catchUp in SchedulePolicy.CatchUp.allCases {
                core = SchedulerCore(upSince: start)
                try add("*/7 * * * *") {
                    $0.overlap = overlap
                    $0.catchUp = catchUp
                    $0.retries = 1
                    $0.timeoutRetries = 1
                }
                var (open, ends, running) = (Set<OccurrenceKey>(), [OccurrenceKey: Int](), Set<OccurrenceKey>())
                var now = start
                func see(_ actions: [SchedulerAction]) {
                    for action in actions {
                        switch action {
                        case .start(let key, _):
                            #expect(open.contains(key) && running.isEmpty)
                            running.insert(key)
                        case .record(.claimed(let key, _, _)): #expect(open.insert(key).inserted && ends[key] == nil)
                        case .record(.skipped(let key, _, _, _)), .record(.ended(let key, _, _)):
                            open.remove(key)
                            ends[key, default: 0] += 1
                        default: break
                        }
                    }
                }
                for _ in 0..<2000 {
                    if let key = running.first, Bool.random(using: &dice) {
                        let verdict: AttemptEnd.Verdict =
                            [.done, .failed, .timedOut, .final].randomElement(using: &dice) ?? .done
                        running = []
                        see(core.ended(key, AttemptEnd(word: "x", verdict: verdict), at: now))
                    } else {
                        now = now + .seconds(.random(in: 0...900, using: &dice))
                        see(core.advance(to: now))
                    }
                }
                let all = Recurrence.cron(try CronExpression("*/7 * * * *")).instants(after: start, in: .utc)
                let come = all.prefix { $0 <= now }.map { OccurrenceKey(schedule: 1, instant: $0) }
                #expect(come.count > 500 && come.allSatisfy { ends[$0, default: 0] + (open.contains($0) ? 1 : 0) == 1 })
            }
        }
    }
}
