import Clocks
import Gate
import IwinvCatalog
import IwinvClient
import LuaRuntime
import RunStore
import Synchronization

/// One Lua state of a session, with the gate that its calls pass and the run that they are written down in.
final class SessionLife: Sendable {
    /// What positions call the line that hands a text over.
    static let chunk = "session"

    private struct State {
        var stop: StopReason.Reason?
        var alarm: Alarm?
        var watch: StopWatch?
        /// What the evaluation has called with success.
        var operations: Set<OperationName> = []
        var error: LuaValue?
        /// When the last evaluation ended.
        var restedAt: Duration?
    }

    let lua: LuaSession
    let gate: Gate?
    let world: RunWorld
    let log: RunLog?
    private let clock: any HostClock
    private let meter: OutputMeter
    private let book: Book

    /// Outlives no evaluation, and is known to the closures of the host, which must not hold the session.
    private final class Book: Sendable {
        let state = Mutex(State())
        let interrupt = Mutex<(@Sendable () -> Void)?>(nil)

        func stop(_ reason: StopReason.Reason) {
            state.withLock { $0.stop = $0.stop ?? reason }
            interrupt.withLock { $0 }?()
        }
    }

    init(_ terms: ReplSession.Terms, log: RunLog?, emit: @escaping @Sendable (ReplEvent) -> Void) {
        self.log = log
        clock = terms.clock
        let book = Book()
        self.book = book
        let recorder = log.map { log in
            RunRecorder(log: log, tape: nil, clock: terms.clock) { book.stop(.diverged($0)) }
        }
        let id = log?.id ?? terms.options.id ?? ScriptRun.randomID()
        let options = terms.options
        let gate = terms.client.map { client in
            Gate(
                client: client, rules: options.rules, locks: options.locks,
                hooks: CallHooks(
                    onAttempt: { emit(.run(.attempted($0))) },
                    claimant: BudgetClaimant(run: id, priority: options.priority)), log: log,
                onStop: { book.stop(.asked) }, onWait: { emit(.run(.waiting($0))) })
        }
        self.gate = gate
        world = RunWorld(gate: gate, clock: terms.clock, planner: nil, recorder: recorder, state: terms.state)
        meter = OutputMeter(limit: terms.limits.output) { book.stop(.output) }
        var host = RunBinding(
            world: world, run: id, owner: StateOwner(fileName: "repl"), applied: nil, catalog: terms.catalog,
            parameters: [:],
            showsSecrets: options.showsSecrets,
            meter: meter, tape: nil, undecided: { book.stop(.undecided($0)) },
            emit: { event in
                if case .answered(let operation, _, nil) = event {
                    book.state.withLock { _ = $0.operations.insert(operation) }
                }
                emit(.run(event))
            }, hasGlobalCloud: true
        ).host(limits: terms.limits)
        host.activity = ChangingWorld(world: world)
        if recorder != nil { host.recorder = ChangingWorld(world: world) }
        terms.configure(&host, recorder)
        let rows = Set(terms.catalog.operations.compactMap(\.row?.name))
        host.addModule(
            .host(
                name: "session", source: SessionPrelude.source,
                data: ["rows": .object(Dictionary(uniqueKeysWithValues: rows.map { ($0, true) }))],
                functions: [
                    "help": .sync { arguments in
                        emit(.help(arguments.first?.stringValue ?? ""))
                        return []
                    }
                ]))
        let lua = LuaSession(host, seed: options.seed)
        self.lua = lua
        book.interrupt.withLock { $0 = { lua.interrupt() } }
    }

    var changes: [Change] { gate?.changes.changes ?? [] }
    var changeCount: Int { changes.count }

    func stop(_ reason: StopReason.Reason) { book.stop(reason) }

    // MARK: - One evaluation

    /// A person thinks long, and others change things meanwhile: what was read before is no before-image any more.
    func refresh() {
        let restedAt = book.state.withLock { $0.restedAt }
        if let restedAt, clock.elapsed - restedAt > .seconds(30) { gate?.changes.forgetRows() }
    }

    /// An evaluation is about to begin; from now on it can be stopped.
    func begin() {
        meter.reset()
        book.state.withLock { state in
            state.stop = nil
            state.error = nil
        }
    }

    /// Runs what a person typed.
    ///
    /// - Parameter time: the longest it may take, on the session's clock.
    func evaluate(_ source: String, arguments: [LuaValue], time: Duration?) async throws -> [LuaValue] {
        try await lua.evaluate(source, name: Self.chunk, arguments: arguments) { [book, clock, log] in
            let alarm = time.map { Alarm(after: $0, on: clock) { book.stop(.time) } }
            let isStopped = book.state.withLock { state in
                state.alarm = alarm
                state.watch = log.map { StopWatch($0) { book.stop(.asked) } }
                return state.stop != nil
            }
            // Somebody stopped it between begin() and here.
            if isStopped { book.interrupt.withLock { $0 }?() }
        }
    }

    /// It has ended.
    func rest() async {
        let (alarm, watch) = book.state.withLock { [clock] state in
            state.restedAt = clock.elapsed
            defer { (state.alarm, state.watch) = (nil, nil) }
            return (state.alarm, state.watch)
        }
        await alarm?.cancel()
        await watch?.cancel()
    }

    /// What was called with success since this was asked last.
    func takeOperations() -> Set<OperationName> {
        book.state.withLock { state in
            defer { state.operations = [] }
            return state.operations
        }
    }

    /// What the last evaluation failed of, as a script has it.
    var lastError: LuaValue? { book.state.withLock { $0.error } }

    /// What it means that an evaluation has thrown.
    func outcome(of error: any Error) -> ReplOutcome {
        var outcome = ReplOutcome(ending: .failed)
        let report: RunReport
        switch error {
        case let error as LuaError:
            book.state.withLock { $0.error = error.value }
            report = RunReport(id: "", outcome: .failure(error), stop: nil, changes: [])
        case let error as LuaInterrupted:
            outcome.ending = .interrupted
            let killed = LuaKilled(reason: error.reason, position: error.position)
            report = RunReport(
                id: "", outcome: .failure(killed), stop: book.state.withLock { $0.stop }, changes: [])
        case let error as LuaKilled:
            outcome.ending = .lost
            report = RunReport(
                id: "", outcome: .failure(error), stop: book.state.withLock { $0.stop }, changes: [])
        default:
            outcome.ending = .lost
            report = RunReport(id: "", outcome: .failure(error), stop: nil, changes: [])
        }
        outcome.failure = report.failure
        outcome.exitCode = report.exitCode
        if outcome.ending == .interrupted { outcome.failure?.survive() }
        outcome.failure?.forgetSession()
        return outcome
    }
}

extension RunFailure {
    /// A text that is not Lua: `repl[3]:1: unexpected symbol near 'x'`.
    init(syntax problem: String, chunk: String) {
        self.init(kind: "syntax", message: problem, chunk: chunk)
        guard problem.hasPrefix(chunk + ":") else { return }
        let rest = problem.dropFirst(chunk.count + 1)
        let number = rest.prefix { $0.isNumber }
        // What is wrong with the text as a whole is said of line 0.
        line = Int(number).flatMap { $0 > 0 ? $0 : nil }
        message = String(rest.dropFirst(number.count).drop { $0 == ":" || $0 == " " })
    }

    /// Nothing was killed: the state lives.
    fileprivate mutating func survive() {
        if message.hasPrefix("killed: ") { message = "interrupted: " + message.dropFirst("killed: ".count) }
    }

    /// The line that handed the text over is none of the person's.
    fileprivate mutating func forgetSession() {
        traceback.removeAll { $0.hasPrefix(SessionLife.chunk + ":") }
        if chunk == SessionLife.chunk { (chunk, line) = (nil, nil) }
    }
}
