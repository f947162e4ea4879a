/// No budget at all: for servers of one's own that count nothing, such as a simulator without a quota.
public struct UnlimitedBudget: RequestBudget {
    /// More than anybody sends at once.
    public let remaining = 1_000_000
    public let nextFree: Duration? = .zero

    public init() {}

    public func acquire(for claimant: BudgetClaimant) async throws -> BudgetSlot { BudgetSlot(id: 0) }
    public func release(_ slot: BudgetSlot, _ outcome: BudgetOutcome) async {}
}
