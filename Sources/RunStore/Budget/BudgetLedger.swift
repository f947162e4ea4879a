public import Clocks
import GRDB

/// The budgets of all access keys that this machine's processes share: slots and waiters in `budget.sqlite`.
///
/// ```swift
/// let ledger = try await BudgetLedger.open(folder: state, account: "https://api-kr.iwinv.kr 9f86d0…", terms: terms)
/// let answer = try await ledger.exchange(demand: BudgetDemand(run: "7", isSchedule: false, wanted: 3))
/// // … answer.grants.count requests may leave now; for the rest look again at answer.lookAgain …
/// _ = try await ledger.exchange(returns: [BudgetReturn(grant: answer.grants[0], outcome: .sent, at: clock.elapsed)])
/// ```
///
/// Each exchange is one transaction: it reads the rows of the account, decides in a ``SlotTable`` and writes what changed.
public final class BudgetLedger: Sendable {
    /// Who this ledger is to the others.
    public let holder: BudgetHolder
    public let terms: BudgetTerms
    private let file: StoreFile
    private let queue: DatabaseQueue
    private let rows: BudgetRows
    private let clock: any HostClock
    private let fate: @Sendable (BudgetHolder) -> BudgetHolder.Fate

    /// Opens the file, making what is missing: the folder with mode 0700, the file with mode 0600.
    ///
    /// - Parameters:
    ///   - account: Names the budget; by custom the origin and the SHA-256 of the access key, never the key.
    ///   - clock: Its `elapsed` must count from the start of the machine, for all processes alike.
    ///   - boot: Names the machine's current start.
    ///   - fate: Whether another holder lives; nil asks the system.
    /// - Throws: ``StoreError``.
    public static func open(
        folder: String, account: String, terms: BudgetTerms, clock: any HostClock = SystemClock(),
        holder: BudgetHolder = .make(), boot: String = BudgetHolder.currentBoot,
        fate: (@Sendable (BudgetHolder) -> BudgetHolder.Fate)? = nil
    ) async throws -> BudgetLedger {
        // What a power cut may lose here means nothing after it.
        let file = StoreFile(folder: folder, name: "budget.sqlite", durability: .survivesKill)
        // Opening waits for files and locks: not on a thread that tasks share.
        let queue = try await Blocking.run { () throws(StoreError) in try file.open(BudgetRows.migrator) }
        return BudgetLedger(
            file: file, queue: queue, rows: BudgetRows(account: account, boot: boot, terms: terms), clock: clock,
            holder: holder, fate: fate ?? { holder.fate(of: $0) })
    }

    private init(
        file: StoreFile, queue: DatabaseQueue, rows: BudgetRows, clock: any HostClock, holder: BudgetHolder,
        fate: @escaping @Sendable (BudgetHolder) -> BudgetHolder.Fate
    ) {
        self.file = file
        self.queue = queue
        self.rows = rows
        self.clock = clock
        self.holder = holder
        self.terms = rows.terms
        self.fate = fate
    }

    /// Gives slots back, and asks for others; what the dead held is let go of. With neither it only looks.
    ///
    /// - Parameter lifts: Ends the block of a 429 first.
    ///
    /// Goes through even if the calling task is cancelled: a slot that comes back must not be lost.
    ///
    /// - Throws: ``StoreError``; then nothing of it has happened.
    public func exchange(
        returns: [BudgetReturn] = [], demand: BudgetDemand? = nil, lifts: Bool = false
    ) async throws -> BudgetAnswer {
        let (rows, clock, holder, fate, file) = (rows, clock, holder, fate, file)
        return try await withCheckedThrowingContinuation { continuation in
            queue.asyncWriteWithoutTransaction { db in
                do {
                    var answer = BudgetAnswer(grants: [], table: SlotTable(terms: rows.terms))
                    try db.inTransaction(.immediate) {
                        let (account, before) = try rows.load(db)
                        var table = before
                        // Read under the lock: the wait for it may have been long.
                        let now = clock.elapsed
                        table.bury(at: now, fate)
                        table.give(back: returns, from: holder)
                        if lifts { table.liftBlock() }
                        answer = BudgetAnswer(grants: [], table: table)
                        if let demand {
                            (answer.grants, answer.lookAgain) = table.serve(demand, of: holder, at: now)
                        }
                        answer.table = table
                        try rows.store(table, over: before, account, db)
                        return .commit
                    }
                    continuation.resume(returning: answer)
                } catch {
                    continuation.resume(throwing: file.problem(error))
                }
            }
        }
    }
}
