import ArgumentParser
import Clocks
import Foundation
import Gate
import IwinvCatalog
import IwinvClient
import IwinvWire
import RunEngine
import RunStore
import Scheduler
import ScriptHost

/// Runs what schedules have approved, in front of nobody: the same host, gate and journal as `iwlua run`.
///
/// Settings and profiles are read anew for each run, so that a new key needs no restart.
struct ScheduleRunner: Sendable {
    let journal: Journal
    let environment: [String: String]
    /// Told what happens in runs, from any thread.
    let watch: @Sendable (_ schedule: String, _ run: String, RunEvent) -> Void
    let problem: @Sendable (_ schedule: String, String) -> Void
    let budgets: BudgetBoard
    /// Takes old history away; asked after each run.
    let tidy: @Sendable () async -> Void

    /// Why a run of a schedule has no approval.
    struct ApprovalLost: Error {
        var reason: String
    }

    /// All that a run needs.
    struct Work: Sendable {
        var schedule: String
        var script: Script
        var parameters: [String: JSONValue]
        var policy: RunPolicy
        var engine: RunEngine
    }

    /// For the daemon.
    var runs: ScheduleRuns {
        ScheduleRuns(
            name: { _ in ScriptRun.randomID() }, prepare: prepare, resume: resume,
            left: { run in await self.left(run) })
    }

    // MARK: - New runs

    private func prepare(_ record: ScheduleRecord) async -> ScheduleRuns.Preparation {
        do {
            let work = try await load(record)
            return .ready { run in await self.carryOut(work, as: run) }
        } catch let lost as ApprovalLost {
            return .lost(lost.reason)
        } catch {
            problem(record.definition.name, "\(error)")
            // The store, a vault, a file of keys: another try may find it well.
            return .ready { _ in AttemptEnd(word: "failed", verdict: .failed) }
        }
    }

    private func load(_ record: ScheduleRecord) async throws -> Work {
        let definition = record.definition
        let terms = try await terms(of: definition)
        let script: Script
        do { script = try Script(contentsOf: URL(fileURLWithPath: definition.script)) } catch {
            throw ApprovalLost(reason: "\(error)")
        }
        try check(script, terms)
        if let reason = ApprovedFiles(definition: definition).changedParameters { throw ApprovalLost(reason: reason) }
        let limits = try Self.limits(of: definition)
        let grants: Grants
        do { grants = Grants(try terms.grants.flatMap { text in try Grant.list(text) }) } catch {
            throw ApprovalLost(reason: "approval \(definition.approval): \(error)")
        }
        let session = try await session(
            definition.options["profile"]?.stringValue ?? terms.profile, definition.options["endpoint"]?.stringValue)
        guard session.account == terms.account else {
            session.close()
            throw ApprovalLost(reason: "\(terms.profile) is another account now")
        }
        let parameters = terms.parameters.objectValue ?? [:]
        let asked = ApprovalTerms(
            script, parameters, grants: grants, limits, account: session, profile: terms.profile)
        guard terms.cover(asked) else {
            session.close()
            throw ApprovalLost(reason: "approval \(definition.approval) does not cover it")
        }
        let policy = RunPolicy.resolve(
            account: session, request: PolicyRequest(limits: limits, agreement: .none),
            approval: StandingApproval(id: definition.approval, grants: grants))
        return Work(
            schedule: definition.name, script: script, parameters: parameters, policy: policy,
            engine: RunEngine(session, journal: journal, tool: Iwlua.version))
    }

    /// The limits that a schedule was added with.
    static func limits(of definition: ScheduleDefinition) throws -> RunLimits {
        var members = definition.options["limits"]?.objectValue ?? [:]
        // A schedule of 0.1.0 keeps these two beside its limits.
        for key in [RunLimits.Key.overrideProtection, .requireJail] where members[key.rawValue] == nil {
            members[key.rawValue] = definition.options[key.rawValue]
        }
        return try RunLimits(json: .object(members))
    }

    /// What was approved when the schedule was added.
    func terms(of definition: ScheduleDefinition) async throws -> ApprovalTerms {
        let approvals: [Approval]
        do { approvals = try await journal.approvals() } catch {
            guard error.code == .altered else { throw error }
            throw ApprovalLost(reason: "\(error)")
        }
        guard let approval = approvals.last(where: { $0.id == definition.approval }) else {
            throw ApprovalLost(reason: "approval \(definition.approval) was taken back")
        }
        guard let terms = ApprovalTerms(json: approval.body) else {
            throw ApprovalLost(reason: "approval \(definition.approval) is that of another version")
        }
        return terms
    }

    private func check(_ script: Script, _ terms: ApprovalTerms) throws(ApprovalLost) {
        guard SHA256.hex(script.source) == terms.text else {
            throw ApprovalLost(reason: "\(script.name) was changed since it was approved")
        }
        for (name, source) in script.modules.sorted(by: { $0.key < $1.key })
        where terms.modules[name] != SHA256.hex(source) {
            throw ApprovalLost(reason: "module \(name) of \(script.name) was changed since it was approved")
        }
    }

    func session(_ profile: String, _ endpoint: String?) async throws -> CloudSession {
        let settings = try Settings(environment: environment)
        let session = try await CloudSession.open(
            profile: settings.file.profiles[profile] == nil ? nil : profile, endpoint: endpoint, settings)
        let quota = try? settings.budget(at: Endpoint(validating: session.endpoint))
        budgets.note(session.budget, limit: quota?.limit, of: session.name)
        return session
    }

    private func carryOut(_ work: Work, as run: String) async -> AttemptEnd {
        await conduct(work.schedule, as: run, work.engine.session) {
            var settings = RunEngine.Settings(id: run)
            settings.priority = .schedule
            return try await work.engine.run(
                work.script, parameters: work.parameters, work.policy, settings, kind: "schedule \(work.schedule)",
                delegate: Unattended())
        }
    }

    /// Runs to the end.
    func conduct(
        _ schedule: String, as run: String, _ session: CloudSession, _ begin: () async throws -> ScriptRun
    ) async -> AttemptEnd {
        let started: ScriptRun
        do {
            started = try await begin()
        } catch {
            session.close()
            problem(schedule, "\(error)")
            return AttemptEnd(word: "failed", verdict: .failed)
        }
        let report = await withTaskCancellationHandler {
            // Of a task of its own: a cancelled one would not see the end.
            await Task {
                for await event in started.events { watch(schedule, run, event) }
                return await started.report()
            }.value
        } onCancel: {
            started.cancel()
        }
        session.close()
        await tidy()
        return AttemptEnd(report.ended, isTimeout: report.limit == .time)
    }
}

extension AttemptEnd {
    /// What a run's end means for its schedule.
    init(_ ended: RunReport.Ending, isTimeout: Bool) {
        let verdict: Verdict =
            switch ended {
            case .done: .done
            // A disk may have room again.
            case .failed, .refused, .unavailable: .failed
            case .denied: .final
            case .unknown: .unknown
            // Processor time or memory: the next try would need as much.
            case .killed: isTimeout ? .timedOut : .final
            case .interrupted: .interrupted
            }
        self.init(word: ended.rawValue, verdict: verdict)
    }
}
