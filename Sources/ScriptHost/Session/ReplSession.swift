import Clocks
public import Gate
public import IwinvCatalog
import IwinvClient
import LuaRuntime
import RunStore
import Synchronization

/// Lua at a prompt: texts that share their variables, evaluated against the cloud, and written down as one run.
///
/// ```swift
/// let session = host.session(options: options, openLog: { nil }) { event in show(event) }
/// let outcome = await session.evaluate("vms = iwinv.instances.list { name = 'web-' }")
/// await session.close()
/// ```
///
/// Every evaluation has the limits of a run to itself; memory and the limit of changes are the session's. When the state
/// has to go (out of memory, or an interrupt that could not be made to work) the next evaluation begins a fresh one, and a
/// run of its own.
public final class ReplSession: Sendable {
    /// What can be set about a session.
    struct Terms: Sendable {
        var client: IwinvClient?
        var clock: any HostClock
        var catalog: Catalog
        var limits: LuaLimits
        var options: RunOptions
        var state: any ScriptState
        var configure: @Sendable (inout LuaHost, RunRecorder?) -> Void
        var openLog: @Sendable () async throws -> RunLog?
    }

    private struct State {
        var life: SessionLife?
        var number = 0
        var sources: [String: String] = [:]
        var names: [ReplName] = []
        var transcript = ReplTranscript()
        /// Runs of states that have gone.
        var runs: [String] = []
        var isPlanning = false
        /// How many texts are being evaluated, and who waits until there is none.
        var evaluations = 0
        var waiting: CheckedContinuation<Void, Never>?
        /// Somebody has closed it.
        var closing: Task<Void, Never>?
    }

    private let terms: Terms
    private let emit: @Sendable (ReplEvent) -> Void
    private let state = Mutex(State())
    /// How many rows of a list are shown before somebody asks for more.
    private let pageSize: Int

    init(_ terms: Terms, pageSize: Int, emit: @escaping @Sendable (ReplEvent) -> Void) {
        (self.terms, self.pageSize, self.emit) = (terms, pageSize, emit)
    }

    // MARK: - Evaluating

    /// Evaluates a text: as an expression, whose values are the outcome's, or as statements.
    ///
    /// - Parameter name: what positions call it; by default `repl[1]`, `repl[2]`, ….
    public func evaluate(_ text: String, name: String? = nil) async -> ReplOutcome {
        await perform(text, name: name) { life, chunk in
            try await life.evaluate(
                #"return require("session").run(...)"#,
                arguments: [.string(text), .string(chunk), .integer(Int64(self.pageSize))],
                time: self.terms.options.time)
        }
    }

    /// What a text would change: evaluated with the session's variables in a planned world. Nothing is changed, and what
    /// it prints is not shown. What it assigns stays; rows that variables hold are as before.
    public func plan(_ text: String, _ origin: Plan.Origin) async -> (outcome: ReplOutcome, plan: Plan) {
        let planner = Planner(at: terms.clock.now)
        guard let client = terms.client else { return (await evaluate(text), planner.plan(origin)) }
        let outcome = await perform(text, name: nil, isPlan: true) { life, chunk in
            let gate = Gate(planning: planner, client: client, rules: self.planRules)
            _ = try await life.lua.evaluate(#"require("session").save()"#, name: SessionLife.chunk)
            let world = life.world.enter(
                RunWorld.Scene(gate: gate, clock: planner.clock, planner: planner, state: life.world.state))
            self.state.withLock { $0.isPlanning = true }
            defer {
                _ = life.world.enter(world)
                self.state.withLock { $0.isPlanning = false }
            }
            return try await life.evaluate(
                #"return require("session").run(...)"#,
                arguments: [.string(text), .string(chunk), .integer(Int64(self.pageSize))], time: nil)
        }
        if outcome.ending != .lost, let life = state.withLock({ $0.life }) {
            _ = try? await life.lua.evaluate(#"require("session").restore()"#, name: SessionLife.chunk)
        }
        return (outcome, planner.plan(origin))
    }

    /// What one call would change, for the question whether it may.
    ///
    /// - Returns: The plan, and why there is none.
    public func preview(_ call: Call, _ origin: Plan.Origin) async -> (plan: Plan, problem: CloudError?) {
        let planner = Planner(at: terms.clock.now)
        guard let client = terms.client else { return (planner.plan(origin), nil) }
        let gate = Gate(planning: planner, client: client, rules: planRules)
        planner.clock.beginActivity()
        defer { planner.clock.endActivity() }
        do {
            _ = try await gate.perform(call.operation, call.rawArguments, place: call.place)
        } catch {
            return (planner.plan(origin), error)
        }
        return (planner.plan(origin), nil)
    }

    private var planRules: GateRules {
        var rules = terms.options.rules
        (rules.confirm, rules.confirmCanary, rules.approved) = (nil, nil, nil)
        return rules
    }

    /// The rows that follow those which were shown last; nil if there are none.
    public func more() async -> ReplValue? {
        guard let life = state.withLock({ $0.life }) else { return nil }
        let answer = try? await life.lua.evaluate(
            #"return require("session").more(...)"#, name: SessionLife.chunk, arguments: [.integer(Int64(pageSize))])
        return answer?.first?["value"].map { ReplValue($0) }
    }

    private func perform(
        _ text: String, name: String?, isPlan: Bool = false,
        _ body: (SessionLife, String) async throws -> [LuaValue]
    ) async -> ReplOutcome {
        let isClosed = state.withLock { state in
            state.evaluations += 1
            return state.closing != nil
        }
        defer { rest() }
        guard !isClosed else {
            return ReplOutcome(
                ending: .interrupted,
                failure: .interrupted, exitCode: ExitStatus.interrupted.code)
        }
        let life: SessionLife
        do { life = try await self.life() } catch {
            return ReplOutcome(
                ending: .failed, failure: RunFailure(kind: "machine", message: "\(error)"),
                exitCode: ExitStatus.machine.code)
        }
        let chunk = state.withLock { state in
            state.number += 1
            let chunk = name ?? "repl[\(state.number)]"
            state.sources[chunk] = text
            // Functions of old lines may fail yet; of very old ones only the place is told.
            if state.number > 500 { state.sources["repl[\(state.number - 500)]"] = nil }
            return chunk
        }
        life.refresh()
        let before = life.changeCount
        life.begin()
        var outcome: ReplOutcome
        do {
            let answer = try await body(life, chunk).first ?? .nil
            await life.rest()
            outcome = Self.outcome(of: answer, chunk: chunk)
        } catch {
            await life.rest()
            outcome = life.outcome(of: error)
        }
        // Behind a comment the call's bracket stands on a line of its own.
        if outcome.failure?.chunk == chunk, let line = outcome.failure?.line {
            outcome.failure?.line = min(line, text.lines.count)
        }
        outcome.changes = Array(life.changes.dropFirst(before))
        // What was only planned is not what a saved script needs.
        if isPlan { _ = life.takeOperations() }
        if !isPlan || outcome.ending == .lost { await conclude(&outcome, text, in: life) }
        return outcome
    }

    private static func outcome(of answer: LuaValue, chunk: String) -> ReplOutcome {
        if let problem = answer["problem"]?.displayText {
            return ReplOutcome(ending: .failed, failure: RunFailure(syntax: problem, chunk: chunk), exitCode: 2)
        }
        let values = (answer["values"]?.arrayValue ?? []).map { ReplValue($0) }
        var outcome = ReplOutcome(
            ending: .done, values: values, count: Int(clamping: answer["n"]?.integerValue ?? 0))
        switch answer["form"]?.stringValue {
        case "expression": outcome.form = .expression
        case "returning": outcome.form = .returning
        case "leaving": outcome.form = .leaving
        default: outcome.form = .statements
        }
        return outcome
    }

    private func conclude(_ outcome: inout ReplOutcome, _ text: String, in life: SessionLife) async {
        if outcome.changes.contains(where: { $0.outcome == .unknown && $0.decision == nil }) { outcome.exitCode = 5 }
        switch outcome.ending {
        case .done:
            let line = ReplTranscript.Line(text: text, form: outcome.form, operations: life.takeOperations())
            state.withLock { $0.transcript.lines.append(line) }
        case .failed, .interrupted:
            _ = life.takeOperations()
            let value = life.lastError ?? .string(outcome.failure?.message ?? "")
            _ = try? await life.lua.evaluate(
                #"require("session").failed(...)"#, name: SessionLife.chunk, arguments: [value])
        case .lost:
            await end(life, "killed")
            state.withLock { state in
                state.names = []
                state.life = nil
            }
        }
    }

    // MARK: - The state's life

    private func life() async throws -> SessionLife {
        if let life = state.withLock({ $0.life }) { return life }
        let log = try await terms.openLog()
        let life = SessionLife(terms, log: log) { [emit, weak self] event in
            guard let self else { return }
            let isPlanning = self.state.withLock { $0.isPlanning }
            if case .run(.printed) = event, isPlanning { return }
            if case .run(.logged) = event, isPlanning { return }
            emit(event)
        }
        state.withLock { state in
            state.life = life
            if let log { state.runs.append(log.id) }
        }
        return life
    }

    private func end(_ life: SessionLife, _ word: String) async {
        life.lua.close()
        let hasUnknown = life.changes.contains { $0.outcome == .unknown && $0.decision == nil }
        guard let log = life.log else { return }
        let report = RunReport(
            id: log.id, ended: hasUnknown ? .unknown : word == "killed" ? .killed : .done, limit: nil, failure: nil,
            result: .null, changes: life.changes)
        // What cannot be written now was told to whoever made the last change.
        try? await log.end(report.ended.rawValue, report: report.json)
    }

    /// Ends the evaluation that runs, or waits, and keeps the variables. Changes that are on their way are waited for.
    public func interrupt() { state.withLock { $0.life }?.stop(.interrupted) }

    /// Ends the session and its run, once the evaluation that runs has ended: what that changes is written down before.
    /// Nothing is evaluated afterwards. Whoever else calls it waits for the same end.
    public func close() async {
        let closing = state.withLock { state in
            let closing = state.closing ?? Task { await end() }
            state.closing = closing
            return closing
        }
        await closing.value
    }

    private func end() async {
        await withCheckedContinuation { continuation in
            let isAtRest = state.withLock { state in
                if state.evaluations > 0 { state.waiting = continuation }
                return state.evaluations == 0
            }
            if isAtRest { continuation.resume() }
        }
        let life = state.withLock { state in
            defer { state.life = nil }
            return state.life
        }
        if let life { await end(life, "done") }
    }

    /// An evaluation has ended.
    private func rest() {
        let waiting = state.withLock { state -> CheckedContinuation<Void, Never>? in
            state.evaluations -= 1
            guard state.evaluations == 0 else { return nil }
            defer { state.waiting = nil }
            return state.waiting
        }
        waiting?.resume()
    }

    // MARK: - What there is

    /// Runs that were begun, newest last; what they changed can be taken back.
    public var runs: [String] { state.withLock { $0.runs } }

    /// What was read of the cloud holds no longer: somebody else has changed something.
    public func forgetRows() { state.withLock { $0.life }?.gate?.changes.forgetRows() }

    /// Puts what was written down so far onto the disk.
    public func flush() async throws { try await state.withLock { $0.life }?.log?.flush() }

    /// What the session's variables, read anew by ``look()``, and those of the libraries are called.
    public var names: (own: [ReplName], libraries: [ReplName]) { (state.withLock { $0.names }, ReplName.libraries) }

    /// Text by chunk, for the lines around an error.
    public var sources: [String: String] { state.withLock { $0.sources } }

    public var transcript: ReplTranscript { state.withLock { $0.transcript } }

    /// The resources that were seen so far.
    public var seen: [(key: String, id: String, name: String?)] {
        state.withLock { $0.life }?.gate?.changes.seen ?? []
    }

    /// Reads the names that there are, for completion; it makes no request.
    public func look() async {
        guard let life = try? await life() else { return }
        let names = await ask(#"return require("session").globals()"#, life)
        state.withLock { $0.names = names }
    }

    /// The session's variables with what they hold.
    public func variables() async -> [ReplName] {
        guard let life = state.withLock({ $0.life }) else { return [] }
        return await ask(#"return require("session").variables()"#, life)
    }

    private func ask(_ source: String, _ life: SessionLife) async -> [ReplName] {
        let answer = try? await life.lua.evaluate(source, name: SessionLife.chunk)
        return (answer?.first?.arrayValue ?? []).compactMap { entry in
            guard let name = entry["name"]?.stringValue, let kind = entry["kind"]?.stringValue else { return nil }
            let fields = (entry["fields"]?.arrayValue ?? []).compactMap(\.stringValue)
            return ReplName(name: name, kind: kind, fields: fields, value: entry["value"].map { ReplValue($0) })
        }
    }
}
