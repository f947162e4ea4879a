import IwinvClient
import Synchronization

/// The request budgets that runs draw on, by profile, for whoever shows what is left.
final class BudgetBoard: Sendable {
    private let budgets = Mutex<[String: (budget: any RequestBudget, limit: Int?)]>([:])

    /// The newest takes the place of what was known.
    ///
    /// - Parameter limit: how many requests it has when none were sent; nil if it has no limit.
    func note(_ budget: any RequestBudget, limit: Int?, of profile: String) {
        budgets.withLock { $0[profile] = (budget, limit) }
    }

    /// Requests that a person could send at once, by profile.
    var remaining: [String: Int] { standing.mapValues(\.remaining) }

    /// The same, with what there would be if none were sent.
    var standing: [String: (remaining: Int, limit: Int?)] {
        budgets.withLock { $0.mapValues { ($0.budget.remaining, $0.limit) } }
    }
}
