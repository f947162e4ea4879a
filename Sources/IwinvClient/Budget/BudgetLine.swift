/// Those who wait for a slot, in turns: the logic, without waiting.
///
/// Runs take turns, and within a run those who came first go first. Each waiter has a round, one more than the one before
/// it in its run, and at least the round that is being served; the line goes by round, then by coming. So a run of 200
/// waiters holds a newcomer up by one request, and nobody is passed over for good.
///
/// A waiter is promised a slot as long as there are any. A promise can be put off when somebody comes whose turn is earlier,
/// never drawn forward: who sleeps until its instant has nothing to miss.
public struct BudgetLine: Sendable {
    /// What a waiter has to do.
    public enum Standing: Sendable, Hashable {
        /// Go, with this slot; it is no longer in the line.
        case goes(BudgetSlot)
        /// Sleep until then and look again.
        case sleeps(until: Duration)
        /// Wait to be told: all slots that are open to it are under way, or promised to others.
        case waits
    }

    private struct Waiter {
        var id: UInt64
        var claimant: BudgetClaimant
        var round: UInt64

        func precedes(_ other: Waiter) -> Bool { (round, id) < (other.round, other.id) }
    }

    private struct Run {
        /// The round of the last one in the line, or of the last one served.
        var last: UInt64
        var served: UInt64?
        var waiting = 0
    }

    /// The slots.
    public private(set) var window: SlidingWindow
    private var promised: [(waiter: Waiter, reservation: SlidingWindow.Reservation)] = []
    /// Those without a promise, in turn.
    private var queue: [Waiter] = []
    private var runs: [String: Run] = [:]
    /// The round being served.
    private var round: UInt64 = 0
    private var lastID: UInt64 = 0

    /// An empty line before slots never used.
    public init(_ quota: BudgetQuota) {
        window = SlidingWindow(quota)
    }

    /// How many are in the line.
    public var count: Int { promised.count + queue.count }

    /// Puts a waiter into the line; its number serves to ``look(_:at:)`` and ``leave(_:at:)``.
    public mutating func enter(_ claimant: BudgetClaimant, at now: Duration) -> UInt64 {
        lastID += 1
        var run = runs[claimant.run]
        let waiter = Waiter(id: lastID, claimant: claimant, round: max(round, run.map { $0.last + 1 } ?? 0))
        run = run ?? Run(last: 0)
        run?.last = waiter.round
        run?.waiting += 1
        runs[claimant.run] = run
        place(waiter, at: now)
        return waiter.id
    }

    /// How a waiter stands; if it goes, it has left the line.
    public mutating func look(_ id: UInt64, at now: Duration) -> Standing {
        guard let index = promised.firstIndex(where: { $0.waiter.id == id }) else { return .waits }
        let (waiter, reservation) = promised[index]
        let start = window.start(of: reservation)
        guard start <= now else { return .sleeps(until: start) }
        promised.remove(at: index)
        round = max(round, waiter.round)
        ended(waiter, served: true)
        // What a run got before this round says nothing about its next turn.
        runs = runs.filter { $1.waiting > 0 || $1.last >= round }
        return .goes(reservation.slot)
    }

    /// Whether a slot is promised to the waiter.
    func isPromised(_ id: UInt64) -> Bool {
        promised.contains { $0.waiter.id == id }
    }

    /// Takes out a waiter that gave up; the result are those who have a promise now and had none.
    public mutating func leave(_ id: UInt64, at now: Duration) -> [UInt64] {
        if let index = promised.firstIndex(where: { $0.waiter.id == id }) {
            let (waiter, reservation) = promised.remove(at: index)
            ended(waiter, served: false)
            window.cancel(reservation)
        } else if let index = queue.firstIndex(where: { $0.id == id }) {
            ended(queue.remove(at: index), served: false)
        }
        return promise(at: now)
    }

    /// Ends the use of a slot; the result are those who have a promise now and had none.
    public mutating func release(_ slot: BudgetSlot, _ outcome: BudgetOutcome, at now: Duration) -> [UInt64] {
        window.release(slot, outcome, at: now)
        return promise(at: now)
    }

    /// Ends the block that a 429 began.
    mutating func lift() { window.lift() }

    private mutating func ended(_ waiter: Waiter, served: Bool) {
        guard var run = runs[waiter.claimant.run] else { return }
        run.waiting -= 1
        if served { run.served = waiter.round }
        // Turns that were given up are not held against the run once nobody of it waits.
        if run.waiting == 0, let served = run.served { run.last = served }
        runs[waiter.claimant.run] = run.waiting == 0 && run.served == nil ? nil : run
    }

    /// Gives the newcomer the first slot that is free or promised to somebody whose turn is later; who loses a slot this way
    /// takes the next such one.
    private mutating func place(_ newcomer: Waiter, at now: Duration) {
        var loser = newcomer
        let offers = (window.idle + promised.map(\.reservation)).sorted {
            window.rank($0, at: now) < window.rank($1, at: now)
        }
        for offer in offers where window.isOpen(offer.slot, to: loser.claimant.priority) {
            if let reservation = window.reserve(offer.slot) {
                promised.append((loser, reservation))
                return
            }
            guard let index = promised.firstIndex(where: { $0.reservation == offer }),
                loser.precedes(promised[index].waiter)
            else { continue }
            swap(&loser, &promised[index].waiter)
        }
        let place = queue.firstIndex { loser.precedes($0) } ?? queue.count
        queue.insert(loser, at: place)
    }

    /// Promises free slots to those in the queue, in turn.
    private mutating func promise(at now: Duration) -> [UInt64] {
        var lucky: [UInt64] = []
        var index = 0
        var shut: Set<BudgetClaimant.Priority> = []
        while index < queue.count, !shut.contains(.person) {
            let priority = queue[index].claimant.priority
            guard !shut.contains(priority), let reservation = window.reserve(for: priority, at: now) else {
                shut.insert(priority)
                index += 1
                continue
            }
            let waiter = queue.remove(at: index)
            promised.append((waiter, reservation))
            lucky.append(waiter.id)
        }
        return lucky
    }
}
