import ArgumentParser
import Clocks
import Gate
import IwinvCatalog
import RunStore
import ScriptHost

/// Whose agreement covers what a run changes once it is resumed: what it had, and never more than that.
struct ResumeConsent {
    let consent: RunConsent
    /// What a person has seen of a plan; only where that is what the run had.
    let approved: [PlanEntry]?
    /// What the journal has to be told before the run goes on.
    let events: [JournalEvent]

    /// - Parameters:
    ///   - recorded: The run, with its end.
    ///   - standing: The ids of the approvals that hold now.
    ///   - isWidened: The command asks for more than the run had: a grant, a higher limit, another script.
    ///   - yes: The flag.
    /// - Throws: ``PlanProblem`` for a recorded plan that cannot be read.
    init(_ recorded: RecordedRun, standing: Set<String>, isWidened: Bool, yes: Bool) throws {
        let entries = try recorded.approved
        // Of a run that an earlier version began only the plan says what was agreed to.
        let had = recorded.history.consent ?? RunConsent(entries == nil ? .nobody : .plan)
        if yes {
            consent = RunConsent(.flag)
        } else {
            let holds =
                switch had.source {
                case .nobody, .program: false
                // A plan's changes are its own, whatever else the run may do now.
                case .plan: entries != nil || recorded.isApplication
                case .person, .flag: !isWidened
                case .approval: !isWidened && had.approval.map(standing.contains) ?? false
                }
            consent = holds ? had : .nobody
        }
        approved = consent.source == .plan ? entries : nil
        var events: [JournalEvent] = []
        if consent != recorded.history.consent { events.append(.consented(consent, about: .resumption)) }
        // A run that stopped after its first changes is let go on, with all that has become of them.
        if yes, recorded.history.consentQuestion == .canary, had.source == .nobody {
            events.append(.consented(consent, about: .canary))
        }
        self.events = events
    }
}

extension RecordedRun {
    /// Whether it carries a plan out: its script makes the plan's changes and no others.
    var isApplication: Bool { ["apply", "undo"].contains(header.kind) }

    /// How many changes of an approved plan there were, and are left; nil for a run without one.
    func remaining(of approved: [PlanEntry]?) -> (left: Int, all: Int)? {
        let entries =
            approved ?? (isApplication ? parameters["plan"].flatMap { try? Plan(recorded: $0) }?.entries : nil)
        return entries.map { (ApprovedChanges($0, after: history).left.count, $0.count) }
    }
}

extension RecordedLimits {
    /// Whether flags let a run that goes on do more than it could: what it was agreed to does not cover that.
    static func widens(_ flags: LimitOptions, _ options: RunOptions, over recorded: RecordedRun) throws -> Bool {
        let had = try RecordedLimits(try LimitOptions.parse([]), over: recorded.header.options).runOptions()
        let given = options.rules
        func isMore(_ now: Int?, _ then: Int?) -> Bool { then.map { now ?? .max > $0 } ?? false }
        return flags.overrideProtection
            || !given.grants.all.isSubset(of: Grants(recorded.grants).all)
            || isMore(given.maximumChanges, had.rules.maximumChanges)
            || isMore(given.radius.canary, had.rules.radius.canary)
            || isMore(given.radius.batch, had.rules.radius.batch)
            || given.radius.pause < had.rules.radius.pause
            || had.rules.radius.stopAfter != nil && given.radius.stopAfter != had.rules.radius.stopAfter
    }
}
