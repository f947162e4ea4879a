import Clocks
import Foundation
import Gate
import IwinvCatalog
import IwinvClient
import RunEngine
import RunStore
import ScriptHost

/// A cloud with a session on it: what `:profile` replaces.
struct ReplBench: Sendable {
    let engine: RunEngine
    let session: ReplSession
    let delegate: ReplDelegate
    let limits: RunLimits
    let progress: ProgressLine
    let journal: ReplJournal

    var cloud: CloudSession { engine.session }

    /// What the prompt calls the cloud.
    var name: String { cloud.isSimulated ? "sim" : cloud.name }

    init(
        _ cloud: CloudSession, _ desk: ReplDesk, _ limits: LimitOptions, _ level: LogLevel, showsSecrets: Bool,
        _ settings: Settings
    ) throws {
        let isInteractive = Terminal.isInteractive
        let progress = ProgressLine(clock: cloud.clock) { cloud.budget.remaining }
        self.progress = progress
        let journal = ReplJournal(cloud, settings)
        self.journal = journal
        var engine = RunEngine(cloud, journal: nil, tool: Iwlua.version)
        engine.onJail = { report in
            guard !report.isTight else { return }
            Terminal.error(
                desk.terminal.say(
                    "warning: this system cannot lock Lua up completely (\(report)); see `iwlua doctor`\n",
                    "경고: 이 시스템은 Lua를 완전히 격리하지 못합니다(\(report)). `iwlua doctor`를 확인하세요\n"))
        }
        self.engine = engine
        var request = try limits.request(desk.asksNever ? .flag : .each)
        self.limits = request.limits
        if isInteractive, !desk.asksNever {
            // A yes at the prompt is the grant; a secret is no change, and is granted by flag only.
            let changes = Effect.allCases.filter(\.isChange).map { Grant(resource: "*", effect: $0) }
            request.grants = Grants(request.grants.all.union(changes))
        }
        let policy = RunPolicy.resolve(account: cloud, request: request)
        let delegate = ReplDelegate(desk: desk, engine: engine, progress: progress)
        self.delegate = delegate
        let options = engine.options(policy, limits.settings(showsSecrets: showsSecrets), delegate)
        var host = engine.host(policy.limits)
        // What a person pastes may be long. The compiler's worst texts take minutes and much of the stack, which only a
        // process of its own can lose.
        if policy.limits.execution != .inProcess { host.limits.sourceBytes = 512 << 10 }
        let printer = RunPrinter(format: .text, terminal: desk.terminal, progress: progress, level: level)
        session = host.session(
            options: options, pageSize: isInteractive ? 20 : .max,
            openLog: { [engine] in
                try await engine.beginSession(
                    try Script(name: "repl", source: ""), options, policy, in: try await journal.open())
            },
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

    func open() async throws -> Journal { try await journal.open() }

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
