import ArgumentParser
import Clocks
import RunStore

struct ScheduleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schedule", abstract: "Run scripts at times of their own.",
        discussion: """
            A schedule is a script with its parameters, its approval and the times at which it is due. Every instant that \
            comes is written down once, and ends as a run or as skipped, with a reason.

            On days when clocks change, a time that is skipped is due at the first instant after the gap, and a time that \
            comes twice is due the first time; what is to keep its pace through such a day is written with --every.

              iwlua schedule add weekly rolling-reboot.lua --cron "0 4 * * SUN" --tz Asia/Seoul \\
                --param prefix=web- --allow instances:power
              iwlua schedule show weekly
              iwlua schedule simulate --to 2026-12-31
            """,
        subcommands: [
            ScheduleAddCommand.self, ScheduleListCommand.self, ScheduleShowCommand.self, SchedulePauseCommand.self,
            ScheduleResumeCommand.self, ScheduleRunCommand.self, ScheduleRemoveCommand.self,
            ScheduleSimulateCommand.self, ScheduleTestNotifyCommand.self,
        ],
        defaultSubcommand: ScheduleListCommand.self)
}

extension ScheduleLedger {
    /// Tells a person whose schedules nobody will start.
    func warnIfUnserved(at now: Instant, _ terminal: Terminal) async throws(UsageError) {
        let isServed = try await RunJournals.reporting { () async throws(StoreError) in
            try await self.isServed(at: now)
        }
        guard !isServed else { return }
        Terminal.error(
            terminal.say(
                "no daemon is running: `iwlua daemon` starts what is due\n",
                "실행 중인 데몬이 없습니다. `iwlua daemon`을 시작해야 예약이 실행됩니다\n"))
    }
}

extension Settings {
    /// The schedules of this machine.
    func schedules() async throws(UsageError) -> ScheduleLedger {
        let folder = StateFolder.path(environment)
        try StateFolder.check(folder)
        return try await RunJournals.reporting { () async throws(StoreError) in
            try await ScheduleLedger.open(folder: folder)
        }
    }
}
