public import Gate

/// What somebody who starts a run asks for. It permits nothing: ``RunPolicy/resolve(account:request:recorded:approval:)``
/// decides.
public struct PolicyRequest: Sendable {
    public var grants: Grants
    public var limits: RunLimits
    public var agreement: Agreement
    /// Whether the run is to do other things than what was agreed to, such as those of another text of its script.
    public var isOtherScript = false

    /// Who agrees to the run's changes, and to which.
    public enum Agreement: Sendable {
        /// Nobody yet: the delegate is asked before the first change, or before each that a plan does not have.
        case none
        /// The delegate is asked before every change: at a prompt.
        case each
        /// Somebody who said so in advance: `--yes`.
        case flag
        /// A person who has seen these changes; every other change asks.
        case plan([PlanEntry])
        /// A person who has seen the plan that the run carries out, and nothing else.
        case application
        /// The program that embeds the engine.
        case program
    }

    /// To carry out a plan: who agrees to it permits what it does, and nothing else.
    ///
    /// - Parameter isAgreed: Whether somebody agreed in advance, without having seen it.
    public init(applying plan: Plan, limits: RunLimits = RunLimits(), isAgreed: Bool = false) {
        self.init(
            grants: Grants(plan.grants.compactMap { try? Grant($0) }), limits: limits,
            agreement: isAgreed ? .flag : .application)
    }

    public init(grants: Grants = Grants(), limits: RunLimits = RunLimits(), agreement: Agreement) {
        (self.grants, self.limits, self.agreement) = (grants, limits, agreement)
    }
}

/// A standing approval that covers a run.
public struct StandingApproval: Sendable, Hashable {
    public let id: String
    public let grants: Grants

    public init(id: String, grants: Grants) {
        (self.id, self.grants) = (id, grants)
    }
}
