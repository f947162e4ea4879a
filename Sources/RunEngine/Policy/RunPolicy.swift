public import Gate
import IwinvCatalog
public import RunStore
import ScriptHost

/// All that bounds a run: its grants, whose consent covers its changes, what is protected, its limits, its isolation.
///
/// Only ``resolve(account:request:recorded:approval:)`` makes one, and whatever starts a run passes it on whole. It is not
/// Codable: a journal keeps a ``RecordedPolicy``, which permits nothing.
public struct RunPolicy: Sendable {
    public let grants: Grants
    public let limits: RunLimits
    /// What is protected in this run, if it does not override that.
    public let protection: Protection
    public let consent: RunConsent
    /// The changes that a person has seen; the delegate is asked about every other. Nil if there is no such list.
    public let approved: [PlanEntry]?
    /// What a run that goes on has to write into its journal first.
    let events: [JournalEvent]
    private let asksForEach: Bool

    /// Decides what a run may do.
    ///
    /// - Parameters:
    ///   - account: Whose protection holds.
    ///   - recorded: The policy of a run that goes on: it may be narrowed. What would widen it needs consent again.
    ///   - approval: A standing approval that covers a run which begins, or those that hold for one that goes on.
    public static func resolve(
        account: CloudSession, request: PolicyRequest, recorded: RecordedPolicy? = nil,
        approval: StandingApproval? = nil
    ) -> RunPolicy {
        guard let recorded else { return fresh(account, request, approval) }
        return resumed(account, request, recorded, approval)
    }

    private static func fresh(
        _ account: CloudSession, _ request: PolicyRequest, _ approval: StandingApproval?
    ) -> RunPolicy {
        var approved: [PlanEntry]?
        let consent: RunConsent
        if let approval {
            consent = RunConsent(.approval, approval: approval.id)
        } else {
            switch request.agreement {
            case .none, .each: consent = .nobody
            case .flag: consent = RunConsent(.flag)
            case .plan(let entries): (consent, approved) = (RunConsent(.plan), entries)
            case .application: consent = RunConsent(.plan)
            case .program: consent = RunConsent(.program)
            }
        }
        var asksForEach = false
        if case .each = request.agreement { asksForEach = true }
        return RunPolicy(
            grants: approval?.grants ?? request.grants, limits: request.limits, protection: account.protection,
            consent: consent, approved: approved, events: [], asksForEach: asksForEach)
    }

    private static func resumed(
        _ account: CloudSession, _ request: PolicyRequest, _ recorded: RecordedPolicy, _ approval: StandingApproval?
    ) -> RunPolicy {
        let limits = request.limits.over(recorded.limits)
        let isWidened =
            request.isOtherScript || !request.grants.all.isSubset(of: recorded.grants.all)
            || !limits.widened(over: recorded.limits).isEmpty
        // Of a run that an earlier version began only the plan says what was agreed to, or its schedule's approval.
        let had =
            recorded.consent
            ?? (recorded.approved != nil
                ? RunConsent(.plan) : approval.map { RunConsent(.approval, approval: $0.id) } ?? .nobody)
        var isAgreed = false
        if case .flag = request.agreement { isAgreed = true }
        let consent: RunConsent
        if isAgreed {
            consent = RunConsent(.flag)
        } else {
            let holds =
                switch had.source {
                case .nobody, .program: false
                // A plan's changes are its own, whatever else the run may do now.
                case .plan: recorded.approved != nil || recorded.isApplication
                case .person, .flag: !isWidened
                case .approval: !isWidened && had.approval != nil && had.approval == approval?.id
                }
            consent = holds ? had : .nobody
        }
        var events: [JournalEvent] = []
        if consent != recorded.consent { events.append(.consented(consent, about: .resumption)) }
        // A run that stopped after its first changes is let go on, with all that has become of them.
        if isAgreed, recorded.question == .canary, had.source == .nobody {
            events.append(.consented(consent, about: .canary))
        }
        return RunPolicy(
            grants: Grants(request.grants.all.union(recorded.grants.all)), limits: limits,
            protection: account.protection.union(recorded.protection), consent: consent,
            approved: consent.source == .plan ? recorded.approved : nil, events: events, asksForEach: false)
    }

    /// The rules of a plan that is only made: nothing leaves. What a run of this policy would refuse is refused.
    var forPlanning: GateRules {
        var rules = forPlanningUndo
        rules.maximumChanges = limits.changes
        return rules
    }

    /// The same for what takes changes back: the plan shows all of them, and the limit of changes is that of its run.
    var forPlanningUndo: GateRules {
        GateRules(grants: grants, protected: limits.overridesProtection ? [] : protection.names, consent: .nobody)
    }

    /// What the gate is told.
    func rules(asking delegate: any RunDelegate) -> GateRules {
        var rules = GateRules(
            grants: grants, protected: limits.overridesProtection ? [] : protection.names, consent: consent)
        rules.maximumChanges = limits.changes
        rules.radius = limits.radius
        rules.approved = approved
        rules.confirmsEach = asksForEach
        if consent.source == .nobody || approved != nil {
            let reason: ProposedChange.Reason = approved != nil ? .notInPlan : asksForEach ? .each : .first
            rules.confirm = { call in await delegate.decide(ProposedChange(call, reason)).consent }
        }
        // Who agreed in advance, and set a pause, has the pause to look.
        if delegate.isAttended, !(isGivenInAdvance && limits[.pause] != nil) {
            rules.confirmCanary = { made, failed in await delegate.goesOn(after: made, failed: failed).consent }
        }
        return rules
    }

    private var isGivenInAdvance: Bool { consent.source == .flag || consent.source == .approval }

    /// As the journal's header keeps it, beside grants and consent.
    var record: JSONValue {
        var members = limits.json.objectValue ?? [:]
        if !protection.patterns.isEmpty { members["protected"] = .strings(protection.patterns) }
        return .object(members)
    }
}
