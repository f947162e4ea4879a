import ArgumentParser
import Clocks
import IwinvCatalog
import RunStore
import Scheduler
import ScriptHost

struct ScheduleSimulateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate", abstract: "Show what the schedules would do, and what would be skipped and why.",
        discussion: """
            The scheduler itself decides, on a clock that jumps; no script is run. A run takes as long as the schedule's runs \
            took so far (the middle one of the last nine), or --take, and sends as many requests as the last one. Paused schedules are \
            left out.

              iwlua schedule simulate --to 2026-12-31
              iwlua schedule simulate weekly report --from 2026-12-01 --to 2027-01-01 --events
            """)

    @Argument(help: "The schedules; all if none is named.")
    var names: [String] = []

    @Option(help: ArgumentHelp("From then on (default: now).", valueName: "time"))
    var from: String?

    @Option(help: ArgumentHelp("Until then (default: 31 days later).", valueName: "time"))
    var to: String?

    @Option(
        name: .customLong("tz"),
        help: ArgumentHelp("The time zone of --from, --to and what is shown.", valueName: "zone"))
    var zone: String = "Asia/Seoul"

    @Option(help: ArgumentHelp("How long a run takes of which nothing is known (default: 1m).", valueName: "duration"))
    var take: String?

    @Option(help: ArgumentHelp("Run at most so many at once, as the daemon does with the same flag.", valueName: "n"))
    var atOnce = DaemonCommand.defaultAtOnce

    @Flag(help: "List each run and each skip.")
    var events = false

    @OptionGroup var display: DisplayOptions

    func validate() throws {
        guard (1...1000).contains(atOnce) else { throw ValidationError("--at-once takes a number from 1 to 1000") }
    }

    func run() async throws {
        let settings = try Settings()
        let terminal = try display.terminal(settings)
        let zones = ZoneCatalog()
        let (zone, start, end) = try span(zones)
        let assumed = try LimitOptions.duration(take, "--take") ?? .seconds(60)
        let ledger = try await settings.schedules()
        let records = try await chosen(ledger)
        var schedules: [PlannedSchedule] = []
        for record in records where record.state == .active {
            do { schedules.append(try PlannedSchedule(record, zones: zones)) } catch {
                throw UsageError("\(error)")
            }
        }
        let past = try await past(schedules, ledger, try await settings.journal())
        // What is due at the start is in it, what is due at the end is not.
        let report = ScheduleSimulation(
            schedules, length: { past[$0.id]?.length ?? assumed }, requests: { past[$0.id]?.requests ?? 0 },
            atOnce: atOnce
        ).run(from: start + .seconds(-1), to: end + .seconds(-1))
        let text = SimulationText(report: report, zone: zone, start: start, end: end, terminal: terminal)
        if try display.format(settings) == .json {
            Terminal.out(json: text.json)
        } else {
            Terminal.out((events ? text.events + "\n" : "") + text.summary)
        }
        try Terminal.checkOutput()
    }

    private func span(_ zones: ZoneCatalog) throws(UsageError) -> (Zone, Instant, Instant) {
        do {
            let zone = try zones.zone(zone)
            let start =
                try from.map { text throws in try Recurrence.Moment(text).instant(in: zone) } ?? SystemClock().now
            let end =
                try to.map { text throws in try Recurrence.Moment(text).instant(in: zone) } ?? start
                + .seconds(31 * 86_400)
            guard start < end, end - start <= .seconds(366 * 86_400) else {
                throw UsageError("--to comes after --from, by a year at most")
            }
            return (zone, start, end)
        } catch let error as UsageError { throw error } catch { throw UsageError("\(error)") }
    }

    private func chosen(_ ledger: ScheduleLedger) async throws(UsageError) -> [ScheduleRecord] {
        let names = names
        return try await RunJournals.reporting { () async throws(StoreError) in
            guard !names.isEmpty else { return try await ledger.schedules() }
            var records: [ScheduleRecord] = []
            for name in names { records.append(try await ledger.schedule(name)) }
            return records
        }
    }

    /// How long the runs of each took and how much the last one asked, where there were any.
    private func past(
        _ schedules: [PlannedSchedule], _ ledger: ScheduleLedger, _ journal: Journal
    ) async throws(UsageError) -> [Int64: (length: Duration, requests: Int)] {
        var past: [Int64: (length: Duration, requests: Int)] = [:]
        for schedule in schedules {
            past[schedule.id] = try await RunJournals.reporting { () async throws(StoreError) in
                let last = try await ledger.occurrences(of: schedule.id, limit: 9)
                let taken = last.compactMap { occurrence -> Duration? in
                    guard case .run = occurrence.state, let begun = occurrence.begun, let ended = occurrence.ended
                    else { return nil }
                    return ended - begun
                }.sorted()
                guard !taken.isEmpty else { return nil }
                var requests = 0
                if let run = last.first(where: { $0.ended != nil && $0.run != nil })?.run {
                    requests = RunHistory(try await journal.entries(of: run)).calls.values.count {
                        ["iwinv.call", "iwinv.page"].contains($0.question?.name)
                    }
                }
                return (taken[taken.count / 2], requests)
            }
        }
        return past
    }
}
