import Clocks
import Gate
import IwinvCatalog
import IwinvClient
import LuaRuntime
import RunStore
import Synchronization

/// A run under way.
public final class ScriptRun: Sendable {
    /// Its name, such as `r7k2m9qd`.
    public let id: String
    /// What happens, as it happens; the last event is `.ended`. One reader.
    public let events: AsyncStream<RunEvent>
    private let task: Task<RunReport, Never>
    private let stop: StopReason
    private let gate: Gate?
    private let open: OpenChanges?

    init(
        script: Script, parameters: [String: JSONValue], options: RunOptions, limits: LuaLimits, client: IwinvClient?,
        clock: any HostClock, catalog: Catalog, state: any ScriptState, additions: [Addition]
    ) {
        let id = options.log?.id ?? options.id ?? Self.randomID()
        self.id = id
        let clock: any HostClock = options.planner?.clock ?? clock
        let (events, continuation) = AsyncStream<RunEvent>.makeStream()
        self.events = events
        let stop = StopReason()
        self.stop = stop
        let open = options.tape?.open
        self.open = open
        let log = options.log
        let applied = PlanScript.plan(of: script, parameters)
        let recorder =
            log == nil && options.tape == nil
            ? nil
            : RunRecorder(log: log, tape: options.tape, clock: clock, plan: applied) { stop.stop(.diverged($0)) }
        let maximumChanges = [options.rules.maximumChanges, script.header.maximumChanges].compactMap(\.self).min()
        let gate = client.map { client in
            var rules = options.rules
            rules.maximumChanges = maximumChanges
            if let planner = options.planner {
                return Gate(
                    planning: planner, client: client, rules: rules,
                    hooks: CallHooks(
                        onAttempt: { continuation.yield(.attempted($0)) },
                        claimant: BudgetClaimant(run: id, priority: options.priority)))
            }
            return Gate(
                client: client, rules: rules, locks: options.locks,
                hooks: CallHooks(
                    onAttempt: { continuation.yield(.attempted($0)) },
                    claimant: BudgetClaimant(run: id, priority: options.priority)), log: log,
                onStop: { stop.stop(.asked) }, onDrift: { stop.stop(.drifted($0)) },
                onWait: { continuation.yield(.waiting($0)) })
        }
        if let tape = options.tape { gate?.restore(tape.history) }
        self.gate = gate
        var host = RunBinding(
            world: RunWorld(gate: gate, clock: clock, planner: options.planner, recorder: recorder, state: state),
            run: id, owner: script.owner, applied: applied, catalog: catalog, parameters: parameters,
            showsSecrets: options.showsSecrets, meter: OutputMeter(limit: limits.output) { stop.stop(.output) },
            tape: options.tape, undecided: { stop.stop(.undecided($0)) }, emit: { continuation.yield($0) }
        ).host(limits: limits)
        for (name, source) in script.modules { host.addModule(.script(name: name, source: source)) }
        for add in additions { add(&host, recorder) }
        let time = [options.time, script.header.time].compactMap(\.self).min()
        let lua = host
        // The run's own activity starts here, before anybody else can let a virtual clock jump.
        clock.beginActivity()
        task = Task {
            defer { continuation.finish() }
            let running = lua.start(script.source, name: script.name, seed: options.seed, withEvents: false)
            stop.attach { running.cancel() }
            let alarm = time.map { Alarm(after: $0, on: clock) { stop.stop(.time) } }
            let watch = log.map { StopWatch($0) { Self.end(stop, .asked, open) } }
            clock.endActivity()
            let outcome: Result<[LuaValue], any Error>
            do { outcome = .success(try await running.value()) } catch { outcome = .failure(error) }
            await alarm?.cancel()
            await watch?.cancel()
            // A script that failed by itself says why.
            if stop.reason == nil, case .success = outcome, let rest = recorder?.unfinished() {
                stop.stop(.diverged(rest))
            }
            var report = RunReport(
                id: id, outcome: outcome, stop: stop.reason, changes: gate?.changes.changes ?? [])
            if PlanScript.isOne(script) { report.failure?.forgetPlace() }
            if let log {
                FailPoint.beforeEnd.reach()
                if let reason = stop.reason { log.note(.stopped(reason: reason.word)) }
                // What cannot be written now was told to whoever made the last change.
                try? await log.end(report.ended.rawValue, report: report.json)
                FailPoint.afterEnd.reach()
            }
            continuation.yield(.ended(report))
            return report
        }
    }

    /// The identifiers of the resources that it has read.
    public var seen: Set<String> { Set((gate?.changes.seen ?? []).map(\.id)) }

    /// Waits for the end.
    public func report() async -> RunReport {
        await task.value
    }

    /// Interrupts the run. Changes that are on their way to the cloud are waited for, and what became of those that an
    /// earlier process had sent is looked at; no other is sent.
    public func cancel() { Self.end(stop, .interrupted, open) }

    private static func end(_ stop: StopReason, _ reason: StopReason.Reason, _ open: OpenChanges?) {
        guard let open else { return stop.stop(reason) }
        open.whenSettled { stop.stop(reason) }
    }

    /// The report if nobody waits for the run any longer: changes that are on their way have an unknown outcome.
    public func reportIfAbandoned() -> RunReport {
        RunReport(
            id: id, outcome: .failure(CancellationError()), stop: .interrupted,
            changes: gate?.changes.changesIfAbandoned ?? [])
    }

    /// A name for a run.
    public static func randomID() -> String {
        // Letters and digits that cannot be mistaken for each other.
        let letters = Array("23456789abcdefghjkmnpqrstvwxyz")
        return "r" + String((0..<9).map { _ in letters.randomElement() ?? "x" })
    }
}

/// Gives a run's host a function of the embedder's.
typealias Addition = @Sendable (inout LuaHost, RunRecorder?) -> Void

/// Why a run was stopped from outside: the first reason counts.
final class StopReason: Sendable {
    enum Reason: Sendable {
        case interrupted, time, output
        /// From another process.
        case asked
        /// Nobody knows what became of a change, and nobody has decided.
        case undecided(CloudError)
        /// What a run that goes on was to change is not as it was read.
        case drifted(CloudError)
        /// The script does not do what its journal says.
        case diverged(Divergence)

        var isDecisive: Bool {
            switch self {
            case .undecided, .drifted, .diverged: true
            case .interrupted, .time, .output, .asked: false
            }
        }

        var word: String {
            switch self {
            case .interrupted: "interrupted"
            case .time: "time"
            case .output: "output"
            case .asked: "asked"
            case .undecided: "undecided"
            case .drifted: "drifted"
            case .diverged: "diverged"
            }
        }
    }

    private struct State {
        var reason: Reason?
        var cancel: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())

    var reason: Reason? {
        state.withLock { $0.reason }
    }

    func stop(_ reason: Reason) {
        let cancel = state.withLock { state in
            if state.reason == nil { state.reason = reason }
            return state.cancel
        }
        cancel?()
    }

    func attach(_ cancel: @escaping @Sendable () -> Void) {
        let isStopped = state.withLock { state in
            state.cancel = cancel
            return state.reason != nil
        }
        if isStopped { cancel() }
    }
}
