public import Gate
public import IwinvCatalog

/// Whom the engine asks: a person at a terminal, a page, a program.
public protocol RunDelegate: Sendable {
    /// Whether somebody is there to be asked.
    var isAttended: Bool { get }

    /// Whether a change may be made to which nobody has agreed yet. Nothing of it has been sent.
    func decide(_ change: ProposedChange) async -> Decision

    /// Whether the run goes on after its first changes. Asked only if somebody is there.
    ///
    /// - Returns: ``Decision/allow`` to go on.
    func goesOn(after made: Int, failed: Int) async -> Decision
}

/// A change that is about to be made.
public struct ProposedChange: Sendable {
    /// Why there is a question.
    public enum Reason: Sendable, Hashable {
        /// Nobody has agreed to any change of the run.
        case first
        /// It is not in the plan that was approved.
        case notInPlan
        /// Each change is asked about.
        case each
    }

    public let call: Call
    public let reason: Reason

    init(_ call: Call, _ reason: Reason) {
        (self.call, self.reason) = (call, reason)
    }

    public var operation: OperationName { call.operation.name }

    /// The resource, its name and the changed fields before and after, as far as the run knows them.
    public var change: Change { call.proposal }
}

/// The answer to a proposed change.
public enum Decision: Sendable, Hashable {
    /// This one may be made.
    case allow
    /// This one may be made, and all that would be asked about after it.
    case allowAll
    case refuse
    /// Whoever was asked ended the run in place of an answer.
    case interrupted
    /// Nobody is there to ask: refused, with the advice to agree in advance.
    case unattended

    var consent: Consent {
        switch self {
        case .allow: .given
        case .allowAll: .givenForAll
        case .refuse: .refused
        case .interrupted: .interrupted
        case .unattended: .unattended
        }
    }
}

/// Nobody: whatever needs a decision is refused.
public struct Unattended: RunDelegate {
    public init() {}
    public var isAttended: Bool { false }
    public func decide(_ change: ProposedChange) async -> Decision { .unattended }
    public func goesOn(after made: Int, failed: Int) async -> Decision { .unattended }
}
