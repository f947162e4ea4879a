public import Clocks
public import Gate
public import IwinvCatalog
public import IwinvClient
import IwinvWire
public import LuaRuntime
public import RunStore
public import ScriptHost

/// Runs, plans, applies, takes back and resumes: everything that changes the cloud goes through here, with one policy.
///
/// ```swift
/// let engine = RunEngine(session, journal: journal, tool: "nightly 1.0")
/// let policy = RunPolicy.resolve(
///     account: session, request: PolicyRequest(grants: Grants([try Grant("instances:edit")]), agreement: .none))
/// let run = try await engine.run(script, parameters: [:], policy, delegate: Operator())
/// for await event in run.events { … }
/// let report = await run.report()
/// ```
public struct RunEngine: Sendable {
    public let session: CloudSession
    /// Where runs are written down; nil for a cloud that ends with this process: nothing of it could go on.
    public let journal: Journal?
    /// Names the program in journals and plans.
    public let tool: String
    /// Told what a jailed run is locked up by, before its script begins.
    public var onJail: (@Sendable (JailReport) -> Void)?
    /// Gives each run's host the functions of the embedding program.
    public var configure: @Sendable (inout ScriptHost) -> Void = { _ in }

    public init(_ session: CloudSession, journal: Journal?, tool: String) {
        (self.session, self.journal, self.tool) = (session, journal, tool)
    }

    /// What a run is besides its script and its policy.
    public struct Settings: Sendable {
        public var seed: UInt64
        /// Whether `ui.show_secret` may show anything.
        public var showsSecrets = false
        /// Whether a person waits for it, or a schedule started it.
        public var priority = BudgetClaimant.Priority.person
        /// What a run that goes on does about a resource that has changed since it was read.
        public var onDrift = PlanScript.DriftRule.stop
        /// The run's name; drawn at random if nil.
        public var id: String?

        public init(seed: UInt64 = .random(in: 0 ... .max), showsSecrets: Bool = false, id: String? = nil) {
            (self.seed, self.showsSecrets, self.id) = (seed, showsSecrets, id)
        }
    }

    // MARK: - Starting

    /// Begins a run of a script.
    ///
    /// - Parameters:
    ///   - parameters: As bound to the script's header.
    ///   - kind: What the journal calls it: `run`, `schedule NAME`.
    /// - Throws: `StoreError` if it cannot be written down: then nothing has begun.
    public func run(
        _ script: Script, parameters: [String: JSONValue], _ policy: RunPolicy, _ settings: Settings = Settings(),
        kind: String = "run", delegate: any RunDelegate
    ) async throws -> ScriptRun {
        try await begin(script, parameters, policy, settings, kind: kind, claims: [], delegate)
    }

    /// Carries a plan out: exactly its changes, each guarded by what the plan found.
    ///
    /// - Throws: `StoreError`; ``RunRefusal`` if the plan is being carried out, or was, in a way that would do it twice.
    public func apply(
        _ plan: Plan, onDrift: PlanScript.DriftRule, _ policy: RunPolicy, _ settings: Settings = Settings(),
        delegate: any RunDelegate
    ) async throws -> ScriptRun {
        let script = try PlanScript.script(for: plan)
        let parameters = PlanScript.parameters(for: plan, onDrift: onDrift)
        return try await begin(
            script, parameters, policy, settings, kind: plan.origin.kind == "undo" ? "undo" : "apply",
            parent: plan.origin.parent, claims: PlanClaims.claims(of: plan, account: session.account), delegate)
    }

    private func begin(
        _ script: Script, _ parameters: [String: JSONValue], _ policy: RunPolicy, _ settings: Settings, kind: String,
        parent: String? = nil, claims: [RunClaim], _ delegate: any RunDelegate
    ) async throws -> ScriptRun {
        var options = options(policy, settings, delegate)
        if let journal {
            do throws(StoreError) {
                options.log = try await journal.begin(
                    script, parameters: parameters, options: options, kind: kind, profile: session.name,
                    account: session.account, limits: policy.record, tool: tool, parent: parent, claims: claims,
                    makes: PlanClaims.hasCreated, clock: session.clock)
            } catch {
                guard case .claimed(let conflict) = error.code else { throw error }
                throw try await refusal(conflict, isUndo: kind == "undo", in: journal)
            }
        }
        return host(policy.limits).start(script, parameters: parameters, options: options)
    }

    private func refusal(
        _ conflict: ClaimConflict, isUndo: Bool, in journal: Journal
    ) async throws(StoreError) -> RunRefusal {
        guard conflict.state == .done else { return .claimed(conflict, isUndo: isUndo) }
        let history = RunHistory(try await journal.entries(of: conflict.run))
        return .alreadyCreated(by: conflict.run, PlanClaims.created(history), isDone: history.ending?.word == "done")
    }

    /// For a session at a prompt, which begins its journal with the first evaluation.
    public func options(_ policy: RunPolicy, _ settings: Settings, _ delegate: any RunDelegate) -> RunOptions {
        var options = RunOptions(
            rules: policy.rules(asking: delegate), time: policy.limits.time, seed: settings.seed,
            showsSecrets: settings.showsSecrets, id: settings.id)
        options.rules.leavesDrifted = settings.onDrift == .skip
        options.locks = session.locks
        options.priority = settings.priority
        return options
    }

    /// Begins the journal of a session at a prompt.
    public func beginSession(_ script: Script, _ options: RunOptions, _ policy: RunPolicy, in journal: Journal)
        async throws(StoreError) -> RunLog
    {
        try await journal.begin(
            script, parameters: [:], options: options, kind: RecordedRun.promptKind, profile: session.name,
            account: session.account, limits: policy.record, tool: tool, clock: session.clock)
    }

    /// A host within these limits, with the embedding program's functions.
    public func host(_ limits: RunLimits) -> ScriptHost {
        var host = ScriptHost(client: session.client, clock: session.clock, limits: limits.lua, state: session.state)
        host.execution = limits.execution
        host.onJail = onJail
        configure(&host)
        return host
    }

    // MARK: - Planning

    /// A script that is being planned: nothing is changed.
    public struct Planning: Sendable {
        /// Its events, its end, its cancellation.
        public let run: ScriptRun
        let planner: Planner
        let origin: Plan.Origin
        let engine: RunEngine

        /// Waits for the end of the script, and notes in the plan which runs under way change what it has read.
        public func report() async -> RunReport {
            let report = await run.report()
            for note in await engine.notesOfRunsUnderWay(reading: run.seen) { planner.add(note) }
            return report
        }

        /// What would be changed; complete once the run has ended.
        public var plan: Plan { planner.plan(origin) }
    }

    /// Plans a run: the script runs, its changes are written down in place of being sent.
    public func plan(
        _ script: Script, parameters: [String: JSONValue], _ policy: RunPolicy, _ settings: Settings = Settings()
    ) -> Planning {
        let start = session.clock.now
        let planner = Planner(at: start)
        var options = RunOptions(
            rules: policy.forPlanning, time: policy.limits.time, seed: settings.seed,
            showsSecrets: settings.showsSecrets)
        options.planner = planner
        options.priority = settings.priority
        let run = host(policy.limits).start(script, parameters: parameters, options: options)
        return Planning(
            run: run, planner: planner,
            origin: Plan.Origin(
                script: script.name, hash: SHA256.hex(script.source),
                modules: script.modules.mapValues { SHA256.hex($0) }, parameters: .object(parameters),
                profile: session.name, account: session.planAccount, madeAt: start, tool: tool), engine: self)
    }

    /// Runs of this machine that are under way and change, or are about to change, some of these resources.
    private func notesOfRunsUnderWay(reading seen: Set<String>) async -> [PlanNote] {
        // A plan needs no journal; without one there is nothing to say.
        guard let journal, !seen.isEmpty,
            let open = try? await journal.runs(RunFilter(account: session.account, isOpen: true))
        else { return [] }
        var notes: [PlanNote] = []
        for run in open where run.state == .running {
            guard let entries = try? await journal.entries(of: run.id) else { continue }
            let history = RunHistory(entries)
            var changed = Set(history.intended.compactMap { history.changes[$0]?.intent?.target?.id })
            let carriedOut = (history.header?.parameters["plan"]).flatMap { try? Plan(recorded: $0) }
            changed.formUnion((carriedOut?.entries ?? []).compactMap(\.id))
            let shared = changed.intersection(seen)
            guard !shared.isEmpty else { continue }
            notes.append(
                PlanNote(
                    .moving,
                    text:
                        "run \(run.id) (\(run.script)) changes \(shared.count) of the resources that this plan has read; "
                        + "plan again when it has ended",
                    korean: "실행 \(run.id)(\(run.script))이(가) 이 계획이 조회한 대상 중 \(shared.count)개를 변경하고 있습니다. "
                        + "끝난 뒤 다시 계획하세요"))
        }
        return notes
    }

    /// Where a plan of a text without a file comes from, such as one at a prompt.
    public func origin(of name: String) -> Plan.Origin {
        Plan.Origin(
            script: name, profile: session.name, account: session.planAccount, madeAt: session.clock.now, tool: tool)
    }

    /// Whether a run can be taken back now. One that is under way would go on making what is taken back.
    ///
    /// - Parameter isPartial: Somebody wants what there is of an interrupted run taken back; it does not go on then.
    public static func checkUndo(of run: RunSummary, isPartial: Bool) throws(RunRefusal) {
        switch run.state {
        case .running: throw .isUnderWay(run.id)
        case .cut: if !isPartial { throw .mayGoOn(run.id) }
        case .ended: break
        }
    }

    /// Plans how to take back what runs have changed, the newest first.
    ///
    /// - Parameters:
    ///   - histories: Of the runs, the oldest first.
    ///   - run: The run that the plan is said to undo.
    ///   - deletesSeen: Whether what is deleted includes creations that were never answered, and were found by name.
    /// - Throws: `CloudError` if the cloud cannot be read.
    public func planUndo(
        of run: String, _ histories: [RunHistory], deletesCreated: Bool, deletesSeen: Bool = false,
        _ policy: RunPolicy
    ) async throws(CloudError) -> Plan {
        let start = session.clock.now
        let planner = Planner(at: start)
        let gate = Gate(planning: planner, client: session.client, rules: policy.forPlanningUndo)
        for history in histories.reversed() {
            try await Undoer(
                gate: gate, planner: planner, deletesCreated: deletesCreated, deletesSeen: deletesSeen
            ).plan(history)
        }
        return planner.plan(
            Plan.Origin(
                kind: "undo", script: "undo of \(histories.last?.header?.script ?? run)", parent: run,
                profile: session.name, account: session.planAccount, madeAt: start, tool: tool))
    }

    /// What the journal has of a run.
    ///
    /// - Parameter run: Its id, the beginning of it, or `last`.
    /// - Throws: `StoreError`.
    public func history(of run: String) async throws(StoreError) -> RunHistory {
        guard let journal else { return RunHistory([]) }
        return RunHistory(try await journal.entries(of: try await journal.find(run).id))
    }

    // MARK: - Going on

    /// A run that this process has taken up, and that has not gone on yet.
    public struct Reopened: Sendable {
        public let recorded: RecordedRun
        let log: RunLog

        public var id: String { log.id }

        /// Another process may take it up again.
        public func letGo() async { await log.letGo() }
    }

    /// Takes a run up that was interrupted or has ended. Nobody else can, until it ends or is let go.
    ///
    /// - Parameter takesOver: From a holder that cannot be seen and whose lease is over.
    /// - Throws: `StoreError`: `.runHeld` if a living process has it; ``TapeProblem`` if it cannot be read.
    public static func reopen(
        _ id: String, in journal: Journal, clock: any HostClock, takesOver: Bool = false
    ) async throws -> Reopened {
        let (log, entries) = try await journal.reopen(id, clock: clock, takesOver: takesOver)
        do {
            return Reopened(recorded: try await RecordedRun(entries, in: journal), log: log)
        } catch {
            await log.letGo()
            throw error
        }
    }

    /// What a run that goes on has behind it and before it.
    public struct Resumption: Sendable {
        public let policy: RunPolicy
        fileprivate let script: Script
        fileprivate let options: RunOptions
        fileprivate let parameters: [String: JSONValue]
    }

    /// Decides how a run goes on. Nothing has been sent, and nothing but its consent is written when this returns.
    ///
    /// - Parameters:
    ///   - approval: A standing approval that the run had and that still holds.
    ///   - decision: What becomes of changes of which no read can tell whether they were made.
    ///   - script: Another text of the script.
    ///   - needsConsent: Whether a run to which nobody has agreed does not go on at all, not even up to its next change.
    /// - Throws: ``RunRefusal`` for a run that does not go on here; ``TapeProblem``, `StoreError`. The run is let go then.
    public func resume(
        _ reopened: Reopened, _ request: PolicyRequest, approval: StandingApproval?, decision: Change.Decision? = nil,
        script: Script? = nil, needsConsent: Bool = false, _ settings: Settings = Settings(),
        delegate: any RunDelegate
    ) async throws -> Resumption {
        do {
            let recorded = reopened.recorded
            if recorded.history.ending?.word == "done" { throw RunRefusal.hasEndedWell(reopened.id) }
            guard session.account == recorded.header.account else {
                throw RunRefusal.otherAccount(reopened.id, profile: recorded.header.profile)
            }
            try await checkClaims(of: reopened)
            var request = request
            request.isOtherScript = script != nil
            let policy = RunPolicy.resolve(
                account: session, request: request, recorded: try RecordedPolicy(recorded), approval: approval)
            if needsConsent, policy.consent.source == .nobody { throw RunRefusal.noConsent(reopened.id) }
            var settings = settings
            settings.seed = recorded.header.seed
            var options = options(policy, settings, delegate)
            options.log = reopened.log
            var history = recorded.history
            for event in policy.events { history.add(event) }
            options.tape = try Tape(history, decision: decision)
            for event in policy.events { reopened.log.note(event) }
            try await reopened.log.resume(with: script)
            var goesOn = script ?? recorded.script
            // Its `store` is that of the file which the run began with.
            goesOn.owner = recorded.script.owner
            return Resumption(
                policy: policy, script: goesOn, options: options, parameters: recorded.parameters)
        } catch {
            await reopened.letGo()
            throw error
        }
    }

    /// Lets a run go on.
    public func start(_ resumption: Resumption) -> ScriptRun {
        host(resumption.policy.limits).start(
            resumption.script, parameters: resumption.parameters, options: resumption.options)
    }

    /// A plan that another run has carried out meanwhile is not carried out by this one, too; and what was taken back is not
    /// made again.
    private func checkClaims(of reopened: Reopened) async throws {
        if let journal, let undo = try await journal.claimant(of: RunClaim.undo(of: reopened.id).subject) {
            let history = RunHistory(try await journal.entries(of: undo))
            if !history.made.isEmpty || history.ending == nil { throw RunRefusal.takenBackBy(undo, reopened.id) }
        }
        guard let journal, let plan = try reopened.recorded.parameters["plan"].map({ try Plan(recorded: $0) }) else {
            return
        }
        for claim in PlanClaims.claims(of: plan, account: session.account) {
            guard let owner = try await journal.claimant(of: claim.subject), owner != reopened.id else { continue }
            throw RunRefusal.carriedOutBy(owner, plan)
        }
    }

    // MARK: - Replaying

    /// Runs a script against the recorded replies of a run: nothing leaves this machine. The session should be one in which
    /// nothing can be asked.
    ///
    /// - Throws: ``TapeProblem`` if the journal does not hold what is needed.
    public func replay(_ recorded: RecordedRun, script: Script? = nil, _ limits: RunLimits) throws -> ScriptRun {
        // What the run was let do is done again, without the cloud.
        var options = RunOptions(
            rules: .program(grants: recorded.grants, protected: []), seed: recorded.header.seed)
        options.tape = try Tape(recorded.history, goesOn: false)
        return host(limits).start(script ?? recorded.script, parameters: recorded.parameters, options: options)
    }
}
