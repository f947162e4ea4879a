public import IwinvWire

/// The slots of one account and those who wait for them: which slot, when, for whom; without a database.
///
/// A server counts a request somewhere between its sending and its reply, so a slot is taken from its grant until `window` after
/// its reply. While a slot is under way nobody knows when that will be, but not before `window` from now: that is the
/// instant until which a waiter behind it sleeps.
///
/// Waiters take turns: each ticket stands for all waiters of one run in one process, and in each round each ticket gets one
/// slot. Times are durations since the machine started.
public struct SlotTable: Sendable, Hashable {
    /// The use of a slot.
    public struct Flight: Sendable, Hashable {
        public var grant: Int64
        public var holder: BudgetHolder
        /// If nobody can see whether the holder lives: by then its request has ended.
        public var expires: Duration
    }

    /// A slot that was used at least once.
    public struct Slot: Sendable, Hashable {
        public var flight: Flight?
        /// While nobody holds it: from then on it may be used.
        public var readyAt: Duration
    }

    /// The place of a run in the line.
    public struct Ticket: Sendable, Hashable {
        public var holder: BudgetHolder
        public var run: String
        public var isSchedule: Bool
        public var wanted: Int
        /// The line goes by round, and each slot that the ticket gets takes it one round on: who comes late for its share of
        /// a burst is still ahead of those who had theirs.
        public var round: Int64
        /// Of one round those who came first go first.
        public var turn: Int64
        /// Until then it sleeps.
        public var lookAgain: Duration

        func isOf(_ holder: BudgetHolder, _ demand: BudgetDemand) -> Bool {
            self.holder == holder && run == demand.run && isSchedule == demand.isSchedule
        }
    }

    public var terms: BudgetTerms
    /// By number; a slot that was never used is not there.
    public internal(set) var slots: [Int: Slot] = [:]
    /// By turn.
    public internal(set) var tickets: [Ticket] = []
    /// Nobody sends before its end: the server answered 429.
    public internal(set) var block = RequestBlock()
    /// The last turn or grant given; every change of others' interest counts it on.
    var sequence: Int64 = 0

    /// A table with nothing used yet.
    public init(terms: BudgetTerms) {
        self.terms = terms
    }

    /// What is left after a restart of the machine: all requests are older than it, and so is the zero of its clock.
    mutating func restart() {
        tickets = []
        for number in slots.keys { slots[number] = Slot(readyAt: terms.window) }
        if block.until > .zero { block = RequestBlock(until: terms.window) }
    }

    /// Whether the other one is not older; of one account and one boot.
    public func precedes(_ other: SlotTable) -> Bool {
        sequence <= other.sequence
    }

    /// All holders that appear.
    var holders: Set<BudgetHolder> {
        Set(tickets.map(\.holder) + slots.values.compactMap(\.flight?.holder))
    }

    /// Lets go of what the dead hold: their tickets at once, their slots `window` after this was noticed, because their last
    /// request may just have left. Who is out of sight gets the time that its request can take.
    mutating func bury(at now: Duration, _ fate: (BudgetHolder) -> BudgetHolder.Fate) {
        let fates = Dictionary(uniqueKeysWithValues: holders.map { ($0, fate($0)) })
        guard fates.values.contains(where: { $0 != .alive }) else { return }
        tickets.removeAll {
            switch fates[$0.holder] {
            case .dead: true
            case .outOfSight: now > $0.lookAgain + terms.window
            default: false
            }
        }
        for (number, slot) in slots {
            guard let flight = slot.flight else { continue }
            switch fates[flight.holder] {
            case .dead: slots[number] = Slot(readyAt: now + terms.window)
            case .outOfSight where now >= flight.expires:
                slots[number] = Slot(readyAt: flight.expires + terms.window)
            default: break
            }
        }
    }

    /// Takes slots back. A grant that is not there any more was given up for dead; its 429 counts all the same.
    mutating func give(back returns: [BudgetReturn], from holder: BudgetHolder) {
        for each in returns {
            sequence += 1
            let number = slots.first { $1.flight?.grant == each.grant && $1.flight?.holder == holder }?.key
            if let number {
                slots[number] = Slot(readyAt: each.outcome == .notSent ? each.at : each.at + terms.window)
            }
            if case .limited(let wish) = each.outcome {
                block.extend(retryAfter: wish, usual: terms.window, at: each.at)
            }
        }
    }

    /// Grants what can be granted now, and says when to look again for the rest.
    mutating func serve(
        _ demand: BudgetDemand, of holder: BudgetHolder, at now: Duration
    ) -> (grants: [Int64], lookAgain: Duration?) {
        let known = tickets.firstIndex { $0.isOf(holder, demand) }.map { tickets.remove(at: $0) }
        let newcomer = Ticket(
            holder: holder, run: demand.run, isSchedule: demand.isSchedule, wanted: 0, round: firstRound(at: now),
            turn: sequence + 1, lookAgain: now)
        var ticket = known ?? newcomer
        // What went by while it was stopped is not made up for.
        if !isPunctual(ticket, at: now) { ticket.round = max(ticket.round, newcomer.round) }
        if known == nil { sequence += 1 }
        ticket.wanted = demand.wanted
        guard ticket.wanted > 0 else { return ([], nil) }
        let draw = draw(for: ticket, at: now)
        let grants = draw.slots.map { number in
            let grant = next()
            slots[number] = Slot(
                flight: Flight(grant: grant, holder: holder, expires: now + terms.longestAttempt), readyAt: now)
            return grant
        }
        ticket.wanted -= grants.count
        guard ticket.wanted > 0, let lookAgain = draw.next else { return (grants, nil) }
        ticket.round += Int64(grants.count)
        ticket.lookAgain = lookAgain
        tickets.insert(ticket, at: tickets.firstIndex { $0.turn > ticket.turn } ?? tickets.count)
        return (grants, lookAgain)
    }

    /// The round that is being served.
    func firstRound(at now: Duration) -> Int64 {
        tickets.filter { isPunctual($0, at: now) }.map(\.round).min() ?? 0
    }

    /// Whether it will still come for its share; else it may be stopped, and is passed over.
    func isPunctual(_ ticket: Ticket, at now: Duration) -> Bool {
        now <= ticket.lookAgain + terms.patience
    }

    /// Ends the block, for all.
    mutating func liftBlock() {
        sequence += 1
        block = RequestBlock()
    }

    private mutating func next() -> Int64 {
        sequence += 1
        return sequence
    }
}
