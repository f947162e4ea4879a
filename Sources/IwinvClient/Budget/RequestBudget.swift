public import IwinvWire

/// Who may send a request, and when: the 60 requests a minute of one access key (CONTRACT 1.5).
///
/// Each attempt takes a slot before it is sent and gives it back afterwards, whatever happened. An implementer's test: in
/// no 60 seconds does a server see more than 60 requests, however long its answers take; waiters of one run are served
/// in the order of their coming and runs take turns; schedules leave some slots free for a person
/// (``BudgetQuota/openToSchedules``); a 429 stops everybody. A waiter that waits for anything but the clock ends its
/// activity meanwhile, and who wakes it begins one for it first: else a virtual clock would stand still for good.
public protocol RequestBudget: Sendable {
    /// Waits for a slot; the caller holds an activity of the clock that the budget waits on.
    ///
    /// - Throws: `CancellationError`, or what keeps the budget from working.
    func acquire(for claimant: BudgetClaimant) async throws -> BudgetSlot

    /// Gives a slot back; must be called exactly once for each slot.
    func release(_ slot: BudgetSlot, _ outcome: BudgetOutcome) async

    /// How many requests a person could send at once now.
    var remaining: Int { get }

    /// How long a person's new request would wait: zero if not at all, nil if that depends on requests still under way.
    var nextFree: Duration? { get }

    /// Why nobody may send now, and until when by the clock's `elapsed`; nil if no 429 stops the key.
    var block: RequestBlock? { get }

    /// Lets requests leave again before the block's end.
    func liftBlock() async throws
}

extension RequestBudget {
    /// No block is known.
    public var block: RequestBlock? { nil }

    /// There is none to lift.
    public func liftBlock() async throws {}

    /// Waits for a slot for a person's work that belongs to no run.
    public func acquire() async throws -> BudgetSlot {
        try await acquire(for: .person)
    }
}

/// Leave to send one request.
public struct BudgetSlot: Sendable, Hashable {
    public var id: UInt64

    public init(id: UInt64) {
        self.id = id
    }
}

/// What became of a slot.
public enum BudgetOutcome: Sendable, Hashable {
    /// Nothing was sent; the slot is free again at once.
    case notSent
    /// A reply came.
    case answered
    /// No reply came; the server may have counted the request all the same.
    case failed
    /// HTTP 429, and how long the server asks to wait.
    case limited(retryAfter: Duration?)
}
