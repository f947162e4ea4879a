public import Clocks
public import IwinvCatalog

/// One sending of a call.
public struct AttemptInfo: Sendable, Hashable {
    public var operation: OperationName
    public var arguments: Arguments
    /// The page, for a list.
    public var page: Int?
    /// From 1; above 1 for reads only.
    public var number: Int
    /// When, just before signing.
    public var at: Instant
}

/// How a sending ended.
public struct AttemptReport: Sendable, Hashable {
    public var attempt: AttemptInfo
    /// HTTP status; nil if no reply came.
    public var status: Int?
    /// From sending to reply, on the client's clock.
    public var duration: Duration
    public var error: CloudError?
    /// The pause before the next attempt; nil if there is none.
    public var pause: Duration?
    /// How far this machine's clock is ahead of the cloud's, to a second; nil if the reply had no date.
    public var clockSkew: Duration?

    public init(
        attempt: AttemptInfo, status: Int? = nil, duration: Duration = .zero, error: CloudError? = nil,
        pause: Duration? = nil, clockSkew: Duration? = nil
    ) {
        self.attempt = attempt
        self.status = status
        self.duration = duration
        self.error = error
        self.pause = pause
        self.clockSkew = clockSkew
    }
}

/// Where a caller can look on or step in while a call is made. No hook ever sees a header.
public struct CallHooks: Sendable {
    /// Called after the wait for the budget, just before signing and sending: the place of a journal.
    ///
    /// What it throws ends the call with the outcome `not-sent`: a `CloudError` as it is, anything else described.
    public var beforeSend: (@Sendable (AttemptInfo) async throws -> Void)?
    /// Called after each reply or failure, for progress and logs.
    public var onAttempt: (@Sendable (AttemptReport) -> Void)?
    /// For whom the budget is asked.
    public var claimant: BudgetClaimant

    public init(
        beforeSend: (@Sendable (AttemptInfo) async throws -> Void)? = nil,
        onAttempt: (@Sendable (AttemptReport) -> Void)? = nil, claimant: BudgetClaimant = .person
    ) {
        self.claimant = claimant
        self.beforeSend = beforeSend
        self.onAttempt = onAttempt
    }

    /// Nobody looks on.
    public static let none = CallHooks()
}
