public import Gate
import IwinvCatalog
public import RunStore
public import ScriptHost

/// What a journal says of a run's policy: plain data that permits nothing by itself.
public struct RecordedPolicy: Sendable {
    public let grants: Grants
    public let limits: RunLimits
    /// What was protected when the run began. A run that goes on protects that, and what is protected now.
    public let protection: Protection
    /// Nil in a journal of an earlier version.
    public let consent: RunConsent?
    /// The question that the run's consent answers, if it ended at one.
    let question: ConsentQuestion?
    /// The changes that a person has seen before the run began; nil if there was no such plan.
    public let approved: [PlanEntry]?
    /// Whether it carries a plan out: its script makes the plan's changes and no others.
    public let isApplication: Bool

    /// - Throws: ``PlanProblem`` or ``LimitProblem`` for a policy that cannot be read.
    public init(_ run: RecordedRun) throws {
        grants = Grants(run.grants)
        limits = try RunLimits(json: run.header.options)
        protection = Protection(run.header.options["protected"]?.strings ?? [])
        consent = run.history.consent
        question = run.history.consentQuestion
        approved = try run.approved
        isApplication = run.isApplication
    }
}

extension RecordedRun {
    /// Whether it carries a plan out: its script makes the plan's changes and no others.
    public var isApplication: Bool { ["apply", "undo"].contains(header.kind) }

    /// How many changes of an approved plan there were, and are left; nil for a run without one.
    public func remaining(of approved: [PlanEntry]?) -> (left: Int, all: Int)? {
        let entries =
            approved ?? (isApplication ? parameters["plan"].flatMap { try? Plan(recorded: $0) }?.entries : nil)
        return entries.map { (ApprovedChanges($0, after: history).left.count, $0.count) }
    }
}
