/// For whom a request is sent: it decides the turn in the line, and how many of the slots are open.
public struct BudgetClaimant: Sendable, Hashable {
    /// Who started the work.
    public enum Priority: String, Sendable, Hashable, CaseIterable {
        /// A person waits for it; every slot is open.
        case person
        /// A schedule started it; a few slots are kept free for a person (``BudgetQuota/openToSchedules``).
        case schedule
    }

    /// Requests of one run go in the order of their coming; runs take turns.
    public var run: String
    public var priority: Priority

    public init(run: String, priority: Priority = .person) {
        self.run = run
        self.priority = priority
    }

    /// A person's work that belongs to no run.
    public static let person = BudgetClaimant(run: "")
}
