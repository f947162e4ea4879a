import ArgumentParser
import Clocks
import DaemonWeb
import Foundation
import Hummingbird
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

            Who `notify:` in config.yaml names is told of failures and of what was missed; `iwlua schedule test-notify` \
            tries that. With --listen it answers /healthz and /metrics (Prometheus). Each run is in `iwlua runs`, as `schedule NAME`.

              iwlua daemon --listen 127.0.0.1:8480
              iwlua daemon --print-unit | sudo tee /etc/systemd/system/iwlua.service
              iwlua daemon --print-containerfile > Containerfile
            """)

    @Option(help: ArgumentHelp("Serve health and metrics there, such as 127.0.0.1:8480.", valueName: "address"))
    var listen: String?

    @Option(help: ArgumentHelp("Serve pages for a browser there, such as 127.0.0.1:8480.", valueName: "address"))
    var web: String?

    @Option(
        help: ArgumentHelp(
            "Let who has the token in this file run, pause and resume on the page (or IWLUA_WEB_TOKEN).",
            valueName: "file"))
    var webTokenFile: String?

    @Flag(help: "Let --listen and --web have an address that others can reach.")
    var expose = false

    @Option(help: ArgumentHelp("Run at most so many scripts at once.", valueName: "n"))
    var atOnce = Self.defaultAtOnce

    static let defaultAtOnce = 16

    @Flag(help: "Print a systemd unit for this user and these schedules, and end.")
    var printUnit = false

    @Flag(help: "With --print-unit: a unit for any user of an installed iwlua, iwlua@USER.service.")
    var forUsers = false

    @Flag(help: "Print a container file, and end.")
    var printContainerfile = false

    @OptionGroup(title: "Display") var display: RunDisplayOptions

    func validate() throws {
        guard (1...1000).contains(atOnce) else { throw ValidationError("--at-once takes a number from 1 to 1000") }
        if forUsers, !printUnit { throw ValidationError("--for-users goes with --print-unit") }
        if printUnit, printContainerfile { throw ValidationError("print one of them at a time") }
    }

    func run() async throws {
        let settings = try Settings()
        let address = try listen.map { text throws(UsageError) in
            try ListenAddress(text, flag: "--listen", isExposed: expose)
        }
        let pages = try web.map { text throws(UsageError) in
            try ListenAddress(text, flag: "--web", isExposed: expose)
        }
        if printUnit || printContainerfile {
            let files = DaemonFiles(arguments: arguments, environment: settings.environment)
            let text = printContainerfile ? files.containerfile : forUsers ? files.unitForUsers : files.unit
            Terminal.out("\(lines: text)")
            return try Terminal.checkOutput()
        }
        let token = try webToken(settings.environment)
        let log = DaemonLog(
            format: try display.format(settings), terminal: try display.terminal(settings),
            level: try display.level(settings), isDated: settings.environment["JOURNAL_STREAM"] != nil)
        let live = LiveRuns()
        let room = try await room(settings, log, live)
        let courier = room.courier
        var services: [any Service] = [
            ScheduleService(daemon: room.daemon) {
                log.say(room.clock.now, log.terminal.say("serving the schedules", "예약을 처리합니다"))
                courier.serve()
            },
            // Stopped first: what ends from then on is told by the next daemon.
            NotificationService(courier: courier),
        ]
        if let address {
            services.append(
                DaemonServices.server(room.router(HostRule([address.host, HostName.own])), at: address) { port in
                    let url = address.url(port: port)
                    log.say(room.clock.now, log.terminal.say("listening on \(url)", "\(url)에서 수신 대기 중"))
                })
        }
        if let pages {
            let router = Router(options: .autoGenerateHeadEndpoints)
            WebPages(
                ledger: room.ledger, journal: room.journal, clock: room.clock, token: token,
                hosts: HostRule([pages.host, HostName.own]),
                live: live, change: { ApprovedFiles(definition: $0).change },
                budgets: {
                    room.budgets.standing.sorted { $0.key < $1.key }.map {
                        .init(profile: $0.key, remaining: $0.value.remaining, limit: $0.value.limit)
                    }
                }
            ).add(to: router)
            services.append(
                DaemonServices.server(router, at: pages) { port in
                    let url = pages.url(port: port)
                    log.say(room.clock.now, log.terminal.say("pages at \(url)/", "페이지: \(url)/"))
                })
        }
        do { try await DaemonServices(services: services).run() } catch { throw UsageError(error) }
    }

    /// What the daemon of a unit or container is to be started with.
    private var arguments: [String] {
        var words: [String] = []
        for (flag, value) in [("--listen", listen), ("--web", web)] { words += value.map { [flag, $0] } ?? [] }
        // A service starts in no folder of the person's.
        if let webTokenFile {
            words += ["--web-token-file", URL(fileURLWithPath: webTokenFile).standardizedFileURL.path]
        }
        if expose { words.append("--expose") }
        if atOnce != Self.defaultAtOnce { words += ["--at-once", "\(atOnce)"] }
        return words
    }

    /// Never of the command line, which others on the machine can read.
    private func webToken(_ environment: [String: String]) throws -> String? {
        var token = environment["IWLUA_WEB_TOKEN"]
        if let webTokenFile {
            do { token = try PrivateFile.read(webTokenFile) } catch {
                throw UsageError("--web-token-file \(error)", as: error)
            }
        }
        guard let token = token?.trimmingCharacters(in: .whitespacesAndNewlines) else { return nil }
        guard token.count >= 16 else { throw UsageError("the token of --web needs at least 16 characters") }
        return token
    }

    /// All that the daemon's parts share; nothing is served yet.
    private func room(_ settings: Settings, _ log: DaemonLog, _ live: LiveRuns) async throws -> DaemonRoom {
        let (clock, rate) = DaemonClock.make(settings.environment)
        let (ledger, journal) = (try await settings.schedules(), try await settings.journal())
        let (budgets, metrics) = (BudgetBoard(), DaemonMetrics())
        // Who sees runs as they go: pages add themselves here.
        let watchers: [@Sendable (_ schedule: String, _ run: String, RunEvent) -> Void] = [
            { schedule, run, event in log.tell(schedule, run, event, at: clock.now) },
            { _, run, event in live.note(event, in: run) },
        ]
        let runner = ScheduleRunner(
            journal: journal, environment: settings.environment,
            watch: { schedule, run, event in for watcher in watchers { watcher(schedule, run, event) } },
            problem: { schedule, text in log.say(clock.now, "\(schedule): \(text)") }, budgets: budgets,
            tidy: HistoryTidier(journal: journal, ledger: ledger, environment: settings.environment).tidy)
        // Who is told what was done: messages add themselves here.
        // A slip in its settings is told now, and not when something has failed.
        _ = try settings.notifyTargets()
        let courier = NotificationCourier(
            ledger: ledger, journal: journal, clock: clock, environment: settings.environment, log: log,
            metrics: metrics)
        let listeners: [@Sendable (DaemonEvent) -> Void] = [log.tell, metrics.add, courier.look]
        let daemon = ScheduleDaemon(
            ledger: ledger, runs: runner.runs, clock: clock, look: .seconds(min(rate, 15)),
            leaseTime: .seconds(60 * rate), atOnce: atOnce
        ) { event in
            for listener in listeners { listener(event) }
        }
        return DaemonRoom(
            daemon: daemon, ledger: ledger, journal: journal, budgets: budgets, metrics: metrics, clock: clock,
            terminal: log.terminal, courier: courier)
    }
}
