/// What is allowed, as one process has been told.
public struct BudgetTerms: Sendable, Hashable {
    /// Requests in any ``window``.
    public var limit: Int
    /// How many slots a schedule may use; at least one.
    public var openToSchedules: Int
    public var window: Duration
    /// How long after its grant a request can still be on its way at most. Counts only for a holder of whom nobody here can
    /// see whether it lives.
    public var longestAttempt: Duration

    public init(limit: Int, openToSchedules: Int, window: Duration, longestAttempt: Duration) {
        precondition(limit > 0 && (1...limit).contains(openToSchedules) && window > .zero)
        self.limit = limit
        self.openToSchedules = openToSchedules
        self.window = window
        self.longestAttempt = longestAttempt
    }

    /// How long a slot is kept for a waiter whose instant has come; then it is taken for stopped, and others go first.
    var patience: Duration { min(.seconds(1), window / 20) }
}

/// How many slots a holder wants for a run; zero takes its place in the line away.
public struct BudgetDemand: Sendable, Hashable {
    public var run: String
    public var isSchedule: Bool
    public var wanted: Int

    public init(run: String, isSchedule: Bool, wanted: Int) {
        self.run = run
        self.isSchedule = isSchedule
        self.wanted = wanted
    }
}

/// A slot that comes back.
public struct BudgetReturn: Sendable, Hashable {
    /// What became of the request.
    public enum Outcome: Sendable, Hashable {
        /// Nothing was sent.
        case notSent
        /// The server may have counted it.
        case sent
        /// HTTP 429, and how long the server asks to wait.
        case limited(retryAfter: Duration?)
    }

    public var grant: Int64
    public var outcome: Outcome
    /// When the reply came, or its absence was certain.
    public var at: Duration

    public init(grant: Int64, outcome: Outcome, at: Duration) {
        self.grant = grant
        self.outcome = outcome
        self.at = at
    }
}

/// What a transaction brought.
public struct BudgetAnswer: Sendable, Hashable {
    /// Requests that may leave now, each with a number of its own.
    public var grants: [Int64]
    /// If more is wanted than was granted: before then nothing can be had.
    public var lookAgain: Duration?
    /// All slots and waiters of the account.
    public var table: SlotTable
}
