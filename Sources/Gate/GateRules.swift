public import RunStore

/// What a run may do, and how fast.
public struct GateRules: Sendable {
    public var grants: Grants
    /// A change beyond this number is refused; nil for no limit.
    public var maximumChanges: Int?
    /// Names or identifiers of what can never be destroyed or switched off.
    public var protected: [NamePattern] = []
    public var radius = BlastRadius.unlimited
    /// Whose agreement covers the run's changes. Written into the journal's header, so that a run that is resumed has no
    /// more than this.
    public var consent = RunConsent(.program)
    /// Asked once, before the first change is sent; nil if nobody needs to be asked.
    public var confirm: ChangeConfirmation?
    /// Whether ``confirm`` is asked before every change, not only before the first: a yes at a prompt is for one change.
    public var confirmsEach = false
    /// The changes of a plan that was approved: they need no further yes, and ``confirm`` is asked about every other.
    public var approved: [PlanEntry]?
    /// Asked after the canary; nil if a pause is enough.
    public var confirmCanary: CanaryConfirmation?

    public init(grants: Grants = Grants(), maximumChanges: Int? = nil, confirm: ChangeConfirmation? = nil) {
        self.grants = grants
        self.maximumChanges = maximumChanges
        self.confirm = confirm
    }
}
