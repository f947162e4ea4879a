import ArgumentParser
import Clocks
import Foundation
import IwinvCatalog
import RunStore
import Scheduler
import ScriptHost
import ServiceLifecycle

struct DaemonCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "daemon", abstract: "Run what `iwlua schedule` has planned, when it is due.",
        discussion: """
            One daemon serves the schedules of a state folder; a second one is refused. SIGTERM stops it: nothing new is \
            started, runs stop before their next request, and the next daemon goes on with them. Killed at any instant, it \
            loses no occurrence and doubles none.

            With --listen it answers /healthz and /metrics (Prometheus). Each run is in `iwlua runs`, as `schedule NAME`.

              iwlua daemon --listen 127.0.0.1:8480
              iwlua daemon --print-unit | sudo tee /etc/systemd/system/iwlua.service
              iwlua daemon --print-containerfile > Containerfile
            """)

    @Option(help: ArgumentHelp("Serve health and metrics there, such as 127.0.0.1:8480.", valueName: "address"))
    var listen: String?

    @Flag(help: "Let --listen have an address that others can reach.")
    var expose = false

    @Option(help: ArgumentHelp("Run at most so many scripts at once.", valueName: "n"))
    var atOnce = 16

    @Flag(help: "Print a systemd unit for this user and these schedules, and end.")
    var printUnit = false

    @Flag(help: "Print a container file, and end.")
    var printContainerfile = false

    @OptionGroup(title: "Display") var display: RunDisplayOptions

    func validate() throws {
        guard (1...1000).contains(atOnce) else { throw ValidationError("--at-once takes a number from 1 to 1000") }
        if printUnit, printContainerfile { throw ValidationError("print one of them at a time") }
    }

    func run() async throws {
        let settings = try Settings()
        let address = try listen.map { text throws(UsageError) in
            try ListenAddress(text, flag: "--listen", isExposed: expose)
        }
        if printUnit || printContainerfile {
            let files = DaemonFiles(listen: listen, environment: settings.environment)
            Terminal.out(printUnit ? files.unit : files.containerfile)
            return try Terminal.checkOutput()
        }
        let log = DaemonLog(
            format: try display.format(settings), terminal: try display.terminal(settings),
            level: try display.level(settings), isDated: settings.environment["JOURNAL_STREAM"] != nil)
        let room = try await room(settings, log)
        var services: [any Service] = [
            ScheduleService(daemon: room.daemon) {
                log.say(room.clock.now, log.terminal.say("serving the schedules", "예약을 처리합니다"))
            }
        ]
        if let address {
            services.append(
                DaemonServices.server(room.router(), at: address) { port in
                    let url = address.url(port: port)
                    log.say(room.clock.now, log.terminal.say("listening on \(url)", "\(url)에서 수신 대기 중"))
                })
        }
        do { try await DaemonServices(services: services).run() } catch let error as StoreError {
            throw UsageError("\(error)", isAboutStore: true)
        } catch { throw UsageError("\(error)".escapedForTerminal()) }
    }

    /// All that the daemon's parts share; nothing is served yet.
    private func room(_ settings: Settings, _ log: DaemonLog) async throws -> DaemonRoom {
        let (clock, rate) = DaemonClock.make(settings.environment)
        let (ledger, journal) = (try await settings.schedules(), try await settings.journal())
        let (budgets, metrics) = (BudgetBoard(), DaemonMetrics())
        // Who sees runs as they go: pages add themselves here.
        let watchers: [@Sendable (_ schedule: String, _ run: String, RunEvent) -> Void] = [
            { schedule, run, event in log.tell(schedule, run, event, at: clock.now) }
        ]
        let runner = ScheduleRunner(
            journal: journal, environment: settings.environment,
            watch: { schedule, run, event in for watcher in watchers { watcher(schedule, run, event) } },
            problem: { schedule, text in log.say(clock.now, "\(schedule): \(text)") }, budgets: budgets,
            tidy: HistoryTidier(journal: journal, ledger: ledger, environment: settings.environment).tidy)
        // Who is told what was done: messages add themselves here.
        let listeners: [@Sendable (DaemonEvent) -> Void] = [log.tell, metrics.add]
        let daemon = ScheduleDaemon(
            ledger: ledger, runs: runner.runs, clock: clock, look: .seconds(min(rate, 15)),
            leaseTime: .seconds(60 * rate), atOnce: atOnce
        ) { event in
            for listener in listeners { listener(event) }
        }
        return DaemonRoom(
            daemon: daemon, ledger: ledger, journal: journal, budgets: budgets, metrics: metrics, clock: clock,
            terminal: log.terminal)
    }
}
