import ArgumentParser
import Clocks
import Scheduler
import ScriptHost

/// When a schedule is due.
struct TimesOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Times in the five fields of cron, with names, ranges, steps, lists, L, W, # and @daily.",
            discussion: """
                Minute, hour, day of the month, month, day of the week: "0 4 * * SUN", "0 4 LW * *" (the last weekday of each \
                month), "0 4 * * FRI#2" (each second Friday). If both days are restricted, either is enough.
                """, valueName: "fields"))
    var cron: String?

    @Option(help: ArgumentHelp("A steady interval, such as 6h, whatever clocks show.", valueName: "duration"))
    var every: String?

    @Option(
        name: .customLong("from"),
        help: ArgumentHelp("With --every: its first instant; today's first if not given.", valueName: "time"))
    var from: String?

    @Option(help: ArgumentHelp("Once: 2026-12-24T04:00.", valueName: "time"))
    var at: String?

    @Option(
        name: .customLong("tz"),
        help: ArgumentHelp("The time zone whose clocks count (default: Asia/Seoul).", valueName: "zone"))
    var zone: String = "Asia/Seoul"

    func validate() throws {
        guard [cron, every, at].compactMap({ $0 }).count == 1 else {
            throw ValidationError("give one of --cron, --every and --at")
        }
        if from != nil, every == nil { throw ValidationError("--from goes with --every only") }
    }

    /// - Throws: ``UsageError``.
    func read(_ zones: ZoneCatalog, at now: Instant) throws(UsageError) -> (Recurrence, Zone) {
        do {
            let zone = try zones.zone(zone)
            if let cron { return (.cron(try CronExpression(cron)), zone) }
            if let at { return (.at(try Recurrence.Moment(at)), zone) }
            let length = try Recurrence.length(every ?? "")
            return (.every(.init(length, from: try anchor(zone, at: now))), zone)
        } catch { throw UsageError("\(error)") }
    }

    private func anchor(_ zone: Zone, at now: Instant) throws(Recurrence.Problem) -> Instant {
        guard let from else {
            let wall = zone.wall(at: now)
            return zone.first(WallTime(seconds: wall.seconds - (wall.seconds % 86_400 + 86_400) % 86_400))
        }
        return try Recurrence.Moment(from).instant(in: zone)
    }
}
