import ArgumentParser
import Clocks
import RunStore
import Scheduler
import ScriptHost

/// A schedule by its name.
struct NamedSchedule: ParsableArguments {
    @Argument(help: "The schedule.")
    var name: String

    @OptionGroup var display: DisplayOptions

    /// Opens what a change needs.
    func open() async throws -> (ledger: ScheduleLedger, terminal: Terminal, now: Instant) {
        let settings = try Settings()
        let terminal = try display.terminal(settings)
        return (try await settings.schedules(), terminal, SystemClock().now)
    }
}

struct SchedulePauseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause", abstract: "Let a schedule start nothing; a run under way goes on.")

    @OptionGroup var chosen: NamedSchedule

    @Option(help: ArgumentHelp("Why, for those who look later.", valueName: "text"))
    var reason = "by hand"

    func run() async throws {
        let (ledger, terminal, now) = try await chosen.open()
        let (name, reason) = (chosen.name, reason)
        let wasActive = try await RunJournals.reporting { () async throws(StoreError) in
            try await ledger.pause(name, reason: reason, at: now)
        }
        Terminal.error(
            wasActive
                ? terminal.say("\(name) is paused\n", "\(name) 예약을 일시 중지했습니다\n")
                : terminal.say("\(name) was paused already\n", "\(name) 예약은 이미 일시 중지되어 있습니다\n"))
    }
}

struct ScheduleResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Let a paused schedule go on; what it has passed stays undone.")

    @OptionGroup var chosen: NamedSchedule

    func run() async throws {
        let (ledger, terminal, now) = try await chosen.open()
        let name = chosen.name
        let record = try await RunJournals.reporting { () async throws(StoreError) in
            try await ledger.schedule(name)
        }
        let planned: PlannedSchedule
        do { planned = try PlannedSchedule(record, zones: ZoneCatalog()) } catch {
            throw UsageError("\(error)")
        }
        // It would pause again at its next instant.
        if record.state != .active, let change = ApprovedFiles(definition: record.definition).change {
            throw UsageError(
                terminal.say(
                    "\(name) stays paused: \(change). Look at it; if it is to run so, add it again with --replace",
                    "\(name) 예약은 일시 중지 상태로 둡니다: \(change). 확인한 뒤 그대로 실행하려면 --replace로 다시 추가하세요"
                ))
        }
        let passed = record.state == .active ? [] : planned.skippedWhilePaused(until: now)
        let wasPaused = try await RunJournals.reporting { () async throws(StoreError) in
            try await ledger.resume(name, skipping: passed, at: now)
        }
        let next = planned.recurrence.next(after: now, in: planned.zone).map(planned.zone.text) ?? "–"
        Terminal.error(
            wasPaused
                ? terminal.say("\(name) goes on: \(next)\n", "\(name) 예약을 다시 시작합니다. 다음: \(next)\n")
                : terminal.say("\(name) was not paused\n", "\(name) 예약은 일시 중지되어 있지 않습니다\n"))
    }
}

struct ScheduleRunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run a schedule now, beside its plan.",
        discussion: """
            The daemon runs it with the schedule's approval, after what of the schedule is under way. To run a script here \
            and now, use `iwlua run`.
            """)

    @OptionGroup var chosen: NamedSchedule

    func run() async throws {
        let (ledger, terminal, now) = try await chosen.open()
        let name = chosen.name
        let isServed = try await RunJournals.reporting { () async throws(StoreError) in
            try await ledger.request(name, at: now)
            return try await ledger.isServed(at: now)
        }
        Terminal.error(
            isServed
                ? terminal.say("\(name) is to run now\n", "\(name) 예약을 지금 실행합니다\n")
                : terminal.say(
                    "\(name) is to run as soon as there is a daemon: `iwlua daemon`\n",
                    "\(name) 예약은 데몬이 시작되면 실행됩니다: `iwlua daemon`\n"))
    }
}

struct ScheduleRemoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Take a schedule away; its runs stay in `iwlua runs`.")

    @OptionGroup var chosen: NamedSchedule

    func run() async throws {
        let (ledger, terminal, now) = try await chosen.open()
        let name = chosen.name
        let approval = try await RunJournals.reporting { () async throws(StoreError) in
            let record = try await ledger.schedule(name)
            try await ledger.remove(name, at: now)
            return record.definition.approval
        }
        Terminal.error(
            terminal.say(
                "\(name) was taken away; its approval stays: `iwlua approvals remove \(approval)` takes it back\n",
                "\(name) 예약을 삭제했습니다. 승인은 남아 있으며 `iwlua approvals remove \(approval)`로 취소할 수 있습니다\n"))
    }
}
