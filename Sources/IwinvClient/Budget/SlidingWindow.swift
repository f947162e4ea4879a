public import IwinvWire

/// At most `limit` requests in any `window`, as the server counts them: the slots, without anybody waiting for them.
///
/// A server counts a request somewhere between its sending and its reply. So a slot is taken from its grant until `window`
/// after its reply: then any two requests through one slot lie at least a window apart, and `limit` slots can never put
/// more than `limit` requests into one window. Bursts of `limit` are allowed.
///
/// The last few slots are not open to schedules. A person takes one of those only if no other is ready, so that a
/// few stay free for whatever the person does next.
///
/// Times are durations since the origin of a `HostClock`'s `elapsed`.
public struct SlidingWindow: Sendable {
    /// A slot, and from when on it may be used.
    public struct Reservation: Sendable, Hashable {
        public var slot: BudgetSlot
        public var readyAt: Duration
    }

    public let quota: BudgetQuota
    /// Nobody sends before its end: the server answered 429.
    public private(set) var block = RequestBlock()
    /// Slots that nobody holds.
    private(set) var idle: [Reservation]

    /// Slots that were never used.
    public init(_ quota: BudgetQuota) {
        self.quota = quota
        // Ready since ever: `elapsed` may start anywhere.
        idle = (0..<quota.limit).map { Reservation(slot: BudgetSlot(id: UInt64($0)), readyAt: .seconds(Int64.min / 4)) }
    }

    /// Takes the slot that is free first; nil while all that are open to such a claimant are in use.
    public mutating func reserve(
        for priority: BudgetClaimant.Priority = .person, at now: Duration
    ) -> Reservation? {
        let open = idle.indices.filter { isOpen(idle[$0].slot, to: priority) }
        let first = open.min { rank(idle[$0], at: now) < rank(idle[$1], at: now) }
        return first.map { idle.remove(at: $0) }
    }

    /// Takes this very slot, if nobody holds it.
    mutating func reserve(_ slot: BudgetSlot) -> Reservation? {
        idle.firstIndex { $0.slot == slot }.map { idle.remove(at: $0) }
    }

    /// Undoes a reservation that was not used.
    public mutating func cancel(_ reservation: Reservation) {
        idle.append(reservation)
    }

    /// When the reservation's request may leave.
    public func start(of reservation: Reservation) -> Duration {
        max(reservation.readyAt, block.until)
    }

    /// Ends the use of a slot.
    public mutating func release(_ slot: BudgetSlot, _ outcome: BudgetOutcome, at now: Duration) {
        idle.append(Reservation(slot: slot, readyAt: outcome == .notSent ? now : now + quota.window))
        if case .limited(let wish) = outcome {
            block.extend(retryAfter: wish, usual: quota.window, at: now)
        }
    }

    /// Ends the block.
    public mutating func lift() { block = RequestBlock() }

    /// How many requests of a person may leave now.
    public func remaining(at now: Duration) -> Int {
        block.until > now ? 0 : idle.count { $0.readyAt <= now }
    }

    /// How long until a person's new request may leave; nil while all slots are in use.
    public func nextFree(at now: Duration) -> Duration? {
        idle.map(\.readyAt).min().map { max(.zero, max($0, block.until) - now) }
    }

    /// Whether such a claimant may use the slot.
    func isOpen(_ slot: BudgetSlot, to priority: BudgetClaimant.Priority) -> Bool {
        priority == .person || slot.id < quota.openToSchedules
    }

    /// Which slot to take first: the one ready first; of those ready now one that is open to all; then by number, so that
    /// equal runs take equal slots.
    func rank(_ reservation: Reservation, at now: Duration) -> (Duration, Int, Duration, UInt64) {
        let isKept = !isOpen(reservation.slot, to: .schedule)
        return (max(reservation.readyAt, now), isKept ? 1 : 0, reservation.readyAt, reservation.slot.id)
    }
}
