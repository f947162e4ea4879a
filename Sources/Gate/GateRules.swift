public import RunStore

/// What a run may do, and how fast.
public struct GateRules: Sendable {
    public var grants: Grants
    /// A change beyond this number is refused; nil for no limit.
    public var maximumChanges: Int?
    /// Names or identifiers of what can never be destroyed or switched off.
    public var protected: [NamePattern]
    public var radius = BlastRadius.unlimited
    /// Whose agreement covers the run's changes. Written into the journal's header, so that a run that is resumed has no
    /// more than this.
    public var consent: RunConsent
    /// Asked before a change is sent, until an answer covers those that follow. Where nobody has consented and this is nil, every change is refused.
    public var confirm: ChangeConfirmation?
    /// Whether ``confirm`` is asked before every change, not only before the first: a yes at a prompt is for one change.
    public var confirmsEach = false
    /// The changes of a plan that was approved: they need no further yes, and ``confirm`` is asked about every other.
    public var approved: [PlanEntry]?
    /// Whether a run that goes on leaves alone what has changed since it was read, and makes its other changes; else it ends
    /// there.
    public var leavesDrifted = false
    /// Asked after the canary; nil if a pause is enough.
    public var confirmCanary: CanaryConfirmation?

    /// Rules have no default that permits: protection and consent are said.
    public init(
        grants: Grants, protected: [NamePattern], consent: RunConsent, maximumChanges: Int? = nil,
        confirm: ChangeConfirmation? = nil
    ) {
        (self.grants, self.protected, self.consent) = (grants, protected, consent)
        self.maximumChanges = maximumChanges
        self.confirm = confirm
    }

    /// Those of a run that only reads.
    public static let readOnly = GateRules(grants: Grants(), protected: [], consent: .nobody)

    /// Those of a run whose changes the calling program answers for.
    public static func program(
        grants: some Sequence<Grant>, protected: [NamePattern], maximumChanges: Int? = nil
    ) -> GateRules {
        GateRules(
            grants: Grants(grants), protected: protected, consent: RunConsent(.program), maximumChanges: maximumChanges)
    }
}
