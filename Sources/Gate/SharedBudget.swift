public import Clocks
public import IwinvClient
public import IwinvWire
import RunStore
import Synchronization

/// The budget that all processes of this machine share, kept in a file.
///
/// ```swift
/// let budget = try await SharedBudget.open(folder: state, account: "https://api-kr.iwinv.kr 9f86d0…")
/// let client = IwinvClient(configuration, budget: budget)
/// ```
///
/// In one process all waiters of a run have one place in the common line, whatever their number; among them those who came
/// first go first. One of them asks for all in one transaction and sleeps until the instant that it was told: nothing is
/// polled, and what another process does in the meantime is seen when the instant has come.
///
/// A process that dies leaves nothing behind but what its requests may have cost: see `RunStore.SlotTable`.
public final class SharedBudget: RequestBudget {
    private typealias Continuation = CheckedContinuation<BudgetSlot, any Error>

    /// The waiters of one run.
    private struct Line {
        var waiters: [(id: UInt64, continuation: Continuation)] = []
        /// Sleeps until there may be something for them.
        var nap: Task<Void, Never>?
        /// Something has changed since it was asked.
        var isPoked = false
    }

    private struct State {
        var lines: [BudgetClaimant: Line] = [:]
        var lastID: UInt64 = 0
        var cancelled: Set<UInt64> = []
        /// The account as this process last saw it.
        var table: SlotTable
        /// Slots whose return could not be written yet.
        var unreturned: [BudgetReturn] = []
    }

    private let ledger: BudgetLedger
    private let clock: any HostClock
    private let state: Mutex<State>

    /// Opens the file, making what is missing.
    ///
    /// - Parameters:
    ///   - folder: Where `budget.sqlite` lies; made with mode 0700.
    ///   - account: Names the budget: the origin and the SHA-256 of the access key, never the key.
    ///   - longestAttempt: How long after its grant a request can be under way at most: the client's connect and request
    ///     timeouts and some reserve.
    ///   - clock: Its `elapsed` counts from the start of the machine, for all processes alike, as `SystemClock`'s does.
    /// - Throws: `StoreError`, which says what to do.
    public static func open(
        folder: String, account: String, quota: BudgetQuota = .iwinv, longestAttempt: Duration = .seconds(90),
        clock: any HostClock = SystemClock()
    ) async throws -> SharedBudget {
        let terms = BudgetTerms(
            limit: quota.limit, openToSchedules: quota.openToSchedules, window: quota.window,
            longestAttempt: longestAttempt)
        let ledger = try await BudgetLedger.open(folder: folder, account: account, terms: terms, clock: clock)
        return SharedBudget(ledger, clock, try await ledger.exchange().table)
    }

    private init(_ ledger: BudgetLedger, _ clock: any HostClock, _ table: SlotTable) {
        self.ledger = ledger
        self.clock = clock
        state = Mutex(State(table: table))
    }

    /// How many requests a person could send at once now, as far as this process knows: what others did since it last looked
    /// is not in it, the passing of time is.
    public var remaining: Int {
        state.withLock { $0.table }.remaining(at: clock.elapsed)
    }

    /// How long a person's new request would wait, as far as this process knows (``remaining``).
    public var nextFree: Duration? {
        state.withLock { $0.table }.nextFree(at: clock.elapsed)
    }

    /// The block as far as this process knows (``remaining``).
    public var block: RequestBlock? {
        let block = state.withLock { $0.table.block }
        return block.until > clock.elapsed ? block : nil
    }

    /// Lifts it for all processes; those that wait see it within ``blockPatience``.
    public func liftBlock() async throws { _ = try await exchange(lifts: true) }

    /// How long a waiter sleeps in a block before it looks whether somebody has lifted it.
    static let blockPatience: Duration = .seconds(15)

    /// How many wait; for tests.
    var waiting: Int {
        state.withLock { $0.lines.values.reduce(0) { $0 + $1.waiters.count } }
    }

    public func acquire(for claimant: BudgetClaimant) async throws -> BudgetSlot {
        try Task.checkCancellation()
        let id = state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        defer { state.withLock { _ = $0.cancelled.remove(id) } }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { enqueue(id, claimant, $0) }
        } onCancel: {
            cancel(id, claimant)
        }
    }

    public func release(_ slot: BudgetSlot, _ outcome: BudgetOutcome) async {
        let back = BudgetReturn(
            grant: Int64(bitPattern: slot.id), outcome: BudgetReturn.Outcome(outcome), at: clock.elapsed)
        // What cannot be written now goes with the next transaction; until then the slot stays taken, which is safe.
        _ = try? await exchange(returning: [back])
        // Others of this process may use at once what was not used.
        if outcome == .notSent { for line in state.withLock({ Array($0.lines.keys) }) { poke(line) } }
    }

    private func exchange(
        returning: [BudgetReturn] = [], demand: BudgetDemand? = nil, lifts: Bool = false
    ) async throws -> BudgetAnswer {
        let returns = state.withLock { state in
            defer { state.unreturned = [] }
            return state.unreturned + returning
        }
        do {
            let answer = try await ledger.exchange(returns: returns, demand: demand, lifts: lifts)
            state.withLock { if $0.table.precedes(answer.table) { $0.table = answer.table } }
            return answer
        } catch {
            state.withLock { $0.unreturned += returns }
            throw error
        }
    }
}

// The waiters.
extension SharedBudget {
    /// Puts a waiter into its line; the line works for it from now on, so it gives its activity up.
    private func enqueue(_ id: UInt64, _ claimant: BudgetClaimant, _ continuation: Continuation) {
        let (isCancelled, isNew) = state.withLock { state in
            if state.cancelled.remove(id) != nil { return (true, false) }
            let isNew = state.lines[claimant] == nil
            state.lines[claimant, default: Line()].waiters.append((id, continuation))
            return (false, isNew)
        }
        if isCancelled { return continuation.resume(throwing: CancellationError()) }
        if isNew {
            clock.beginActivity()
            Task {
                await serve(claimant)
                clock.endActivity()
            }
        }
        clock.endActivity()
    }

    private func cancel(_ id: UInt64, _ claimant: BudgetClaimant) {
        let (waiter, isLast) = state.withLock { state -> (Continuation?, Bool) in
            guard let index = state.lines[claimant]?.waiters.firstIndex(where: { $0.id == id }) else {
                state.cancelled.insert(id)
                return (nil, false)
            }
            let waiter = state.lines[claimant]?.waiters.remove(at: index)
            return (waiter?.continuation, state.lines[claimant]?.waiters.isEmpty ?? true)
        }
        guard let waiter else { return }
        // The line gives its place back.
        if isLast { poke(claimant) }
        wake([(waiter, .failure(CancellationError()))])
    }

    private func wake(_ waiters: [(Continuation, Result<BudgetSlot, any Error>)]) {
        for (waiter, result) in waiters {
            clock.beginActivity()
            waiter.resume(with: result)
        }
    }

    private func poke(_ claimant: BudgetClaimant) {
        let nap = state.withLock { state in
            state.lines[claimant]?.isPoked = true
            return state.lines[claimant]?.nap
        }
        nap?.cancel()
    }

    /// Works for a line until nobody is in it.
    private func serve(_ claimant: BudgetClaimant) async {
        while true {
            let wanted = state.withLock { state in
                state.lines[claimant]?.isPoked = false
                return state.lines[claimant]?.waiters.count ?? 0
            }
            let lookAgain: Duration?
            do {
                lookAgain = try await ask(wanted, claimant)
            } catch {
                let waiters = state.withLock { $0.lines.removeValue(forKey: claimant)?.waiters ?? [] }
                return wake(waiters.map { ($0.continuation, .failure(error)) })
            }
            if let lookAgain {
                await nap(until: lookAgain, claimant)
            } else if endIfEmpty(claimant) {
                return
            }
        }
    }

    /// Asks for slots and hands them out; nil if the line has no place among the others any more.
    private func ask(_ wanted: Int, _ claimant: BudgetClaimant) async throws -> Duration? {
        let answer = try await exchange(
            demand: BudgetDemand(run: claimant.run, isSchedule: claimant.priority == .schedule, wanted: wanted))
        let slots = answer.grants.map { BudgetSlot(id: UInt64(bitPattern: $0)) }
        let waiters = state.withLock { state -> [Continuation] in
            let count = min(slots.count, state.lines[claimant]?.waiters.count ?? 0)
            let lucky = state.lines[claimant]?.waiters.prefix(count).map(\.continuation) ?? []
            state.lines[claimant]?.waiters.removeFirst(count)
            return lucky
        }
        wake(zip(waiters, slots).map { ($0, .success($1)) })
        // Those for whom they were have given up meanwhile.
        for slot in slots.dropFirst(waiters.count) { await release(slot, .notSent) }
        return answer.lookAgain
    }

    private func nap(until instant: Duration, _ claimant: BudgetClaimant) async {
        // The nap uses the activity of the line, which waits for nothing else.
        let end = block == nil ? instant : min(instant, clock.elapsed + Self.blockPatience)
        let nap = Task { [clock] in
            do { try await clock.sleep(for: end - clock.elapsed) } catch {}  // Poked.
        }
        let isPoked = state.withLock { state in
            state.lines[claimant]?.nap = nap
            return state.lines[claimant]?.isPoked ?? true
        }
        if isPoked { nap.cancel() }
        await nap.value
        state.withLock { $0.lines[claimant]?.nap = nil }
    }

    private func endIfEmpty(_ claimant: BudgetClaimant) -> Bool {
        state.withLock { state in
            guard state.lines[claimant]?.waiters.isEmpty ?? true else { return false }
            state.lines[claimant] = nil
            return true
        }
    }
}

extension BudgetReturn.Outcome {
    fileprivate init(_ outcome: BudgetOutcome) {
        self =
            switch outcome {
            case .notSent: .notSent
            case .answered, .failed: .sent
            case .limited(let retryAfter): .limited(retryAfter: retryAfter)
            }
    }
}
