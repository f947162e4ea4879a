/// At most `limit` requests in any `window`, as the server counts them: the logic, without waiting.
///
/// A server counts a request somewhere between its sending and its reply. So a slot is taken from its grant until `window`
/// after its reply: then any two requests through one slot lie at least a window apart, and `limit` slots can never put
/// more than `limit` requests into one window. Bursts of `limit` are allowed.
///
/// Times are durations since the origin of a `HostClock`'s `elapsed`.
public struct SlidingWindow: Sendable {
    /// A slot, and from when on it may be used.
    public struct Reservation: Sendable, Hashable {
        public var slot: BudgetSlot
        public var readyAt: Duration
    }

    public let limit: Int
    public let window: Duration
    /// Nobody sends before: the server answered 429.
    public private(set) var blockedUntil: Duration = .zero
    /// Slots that nobody holds, by the time from which they may be used, earliest last.
    private var idle: [Reservation]

    /// The longest pause that a server can impose, whatever it asks for.
    public static let longestBlock: Duration = .seconds(3600)

    /// - Precondition: `limit` is positive.
    public init(limit: Int, window: Duration) {
        precondition(limit > 0, "a budget needs at least one slot")
        self.limit = limit
        self.window = window
        // Ready since ever: `elapsed` may start anywhere.
        idle = (0..<limit).map { Reservation(slot: BudgetSlot(id: UInt64($0)), readyAt: .seconds(Int64.min / 4)) }
    }

    /// Takes the slot that is free first; nil while all are in use.
    public mutating func reserve() -> Reservation? {
        idle.popLast()
    }

    /// Undoes a reservation that was not used.
    public mutating func cancel(_ reservation: Reservation) {
        insert(reservation)
    }

    /// When the reservation's request may leave.
    public func start(of reservation: Reservation) -> Duration {
        max(reservation.readyAt, blockedUntil)
    }

    /// Ends the use of a slot.
    public mutating func release(_ slot: BudgetSlot, _ outcome: BudgetOutcome, at now: Duration) {
        insert(Reservation(slot: slot, readyAt: outcome == .notSent ? now : now + window))
        if case .limited(let wish) = outcome {
            blockedUntil = max(blockedUntil, now + min(max(wish ?? window, .zero), Self.longestBlock))
        }
    }

    /// How many requests may leave now.
    public func remaining(at now: Duration) -> Int {
        blockedUntil > now ? 0 : idle.count { $0.readyAt <= now }
    }

    /// How long until a newcomer's request may leave; nil while all slots are in use.
    public func nextFree(at now: Duration) -> Duration? {
        idle.last.map { max(.zero, start(of: $0) - now) }
    }

    private mutating func insert(_ reservation: Reservation) {
        // Slots of one time keep the order of their numbers, so that equal runs take equal slots.
        let index = idle.firstIndex { ($0.readyAt, $0.slot.id) <= (reservation.readyAt, reservation.slot.id) }
        idle.insert(reservation, at: index ?? idle.count)
    }
}
