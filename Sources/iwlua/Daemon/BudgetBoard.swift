import IwinvClient
import Synchronization

/// The request budgets that runs draw on, by profile, for whoever shows what is left.
final class BudgetBoard: Sendable {
    private let budgets = Mutex<[String: any RequestBudget]>([:])

    /// The newest takes the place of what was known.
    func note(_ budget: any RequestBudget, of profile: String) {
        budgets.withLock { $0[profile] = budget }
    }

    /// Requests that a person could send at once, by profile.
    var remaining: [String: Int] { budgets.withLock(\.self).mapValues(\.remaining) }
}
