import Clocks
import Foundation
import Gate
import IwinvCatalog
import IwinvClient
import RunStore
import ScriptHost

/// A cloud with a session on it: what `:profile` replaces.
struct ReplBench: Sendable {
    let cloud: CloudSession
    let session: ReplSession
    let host: ScriptHost
    let options: RunOptions
    let progress: ProgressLine
    let journal: ReplJournal

    /// What the prompt calls the cloud.
    var name: String { cloud.isSimulated ? "sim" : cloud.name }

    init(
        _ cloud: CloudSession, _ desk: ReplDesk, _ limits: LimitOptions, _ level: LogLevel, showsSecrets: Bool,
        _ settings: Settings
    ) throws {
        self.cloud = cloud
        let isInteractive = Terminal.isInteractive
        let progress = ProgressLine(clock: cloud.clock) { cloud.budget.remaining }
        self.progress = progress
        var host = try cloud.host(limits.sandbox)
        // What a person pastes may be long. The compiler's worst texts take minutes and much of the stack, which only a
        // process of its own can lose.
        if !limits.sandbox.inProcess { host.limits.sourceBytes = 512 << 10 }
        host.onJail = { report in
            guard !report.isTight else { return }
            Terminal.error(
                desk.terminal.say(
                    "warning: this system cannot lock Lua up completely (\(report)); see `iwlua doctor`\n",
                    "경고: 이 시스템은 Lua를 완전히 격리하지 못합니다(\(report)). `iwlua doctor`를 확인하세요\n"))
        }
        self.host = host
        var options = try limits.runOptions()
        options.showsSecrets = showsSecrets
        options.locks = cloud.locks
        options.rules.protected = limits.overrideProtection ? [] : cloud.protected
        if isInteractive, !desk.asksNever {
            // A yes at the prompt is the grant; a secret is no change, and is granted by flag only.
            let changes = Effect.allCases.filter(\.isChange).map { Grant(resource: "*", effect: $0) }
            options.rules.grants = Grants(options.rules.grants.all.union(changes))
        }
        if !desk.asksNever {
            options.rules.confirmsEach = true
            options.rules.confirm = { call in
                await ReplQuestion(desk: desk, cloud: cloud, progress: progress).ask(call)
            }
        }
        self.options = options
        let journal = ReplJournal(cloud, settings)
        self.journal = journal
        let printer = RunPrinter(format: .text, terminal: desk.terminal, progress: progress, level: level)
        let begun = options
        session = host.session(
            options: options, pageSize: isInteractive ? 20 : .max,
            openLog: { try await journal.begin(begun, limits) },
            emit: { event in
                switch event {
                case .run(.attempted(let report)):
                    desk.countRequest()
                    printer.show(.attempted(report))
                case .run(let event): printer.show(event)
                case .help(let topic):
                    Terminal.out(ReplHelp(terminal: desk.terminal, session: desk.session).text(about: topic))
                }
            })
        desk.bench = self
    }

    func close() async {
        await session.close()
        cloud.close()
        journal.remove()
    }

    /// Where plans of this session come from.
    func origin(kind: String = "run", parent: String? = nil) -> Plan.Origin {
        Plan.Origin(
            kind: kind, script: kind == "undo" ? "undo of repl" : "repl", parent: parent, profile: cloud.name,
            account: cloud.planAccount, madeAt: cloud.clock.now, tool: Iwlua.version)
    }
}

/// Where sessions are written down: in the record of all runs, or for a simulated cloud in a folder that ends with it.
final class ReplJournal: Sendable {
    private let cloud: CloudSession
    private let settings: Settings
    private let journal: SingleOpening

    init(_ cloud: CloudSession, _ settings: Settings) {
        (self.cloud, self.settings) = (cloud, settings)
        journal = SingleOpening(
            folder: cloud.isSimulated ? Self.temporaryFolder : StateFolder.path(settings.environment))
    }

    private static var temporaryFolder: String {
        NSTemporaryDirectory() + "iwlua-repl-\(ProcessInfo.processInfo.processIdentifier)-\(UUID().uuidString)"
    }

    /// Opens it once, whoever asks.
    private actor SingleOpening {
        nonisolated let folder: String
        private var journal: Journal?

        init(folder: String) { self.folder = folder }

        func open() async throws -> Journal {
            if let journal { return journal }
            let opened = try await Journal.open(folder: folder)
            journal = journal ?? opened
            return journal ?? opened
        }
    }

    /// Begins the run of a session, or of what takes its changes back.
    func begin(
        _ options: RunOptions, _ limits: LimitOptions, script: Script? = nil, parameters: [String: JSONValue] = [:],
        kind: String = RecordedRun.promptKind, parent: String? = nil
    ) async throws -> RunLog {
        let script = try script ?? Script(name: "repl", source: "")
        return try await journal.open().begin(
            script, parameters: parameters, options: options, kind: kind, profile: cloud.name, account: cloud.account,
            limits: limits.record, tool: Iwlua.version, parent: parent, clock: cloud.clock)
    }

    func history(of run: String) async throws -> RunHistory {
        RunHistory(try await journal.open().entries(of: run))
    }

    /// Takes old runs away, as after each run.
    func tidy() async {
        guard !cloud.isSimulated, let journal = try? await journal.open() else { return }
        await RunJournals.tidy(journal, settings)
    }

    /// A simulated cloud has left nothing that could be looked at.
    func remove() {
        if cloud.isSimulated { try? FileManager.default.removeItem(atPath: journal.folder) }
    }
}
