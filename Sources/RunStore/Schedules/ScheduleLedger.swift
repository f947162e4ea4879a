import Clocks
import GRDB

/// All schedules of this machine and what became of each of their instants: `schedules.sqlite`.
///
/// ```swift
/// let ledger = try await ScheduleLedger.open(folder: state)
/// let lease = try await ledger.lease(at: clock.now, lasting: .seconds(30))
/// let refused = try await ledger.record([.claimed(key, due: due, isCaughtUp: false)], under: lease, at: clock.now)
/// ```
///
/// An instant is inserted and claimed in one transaction, which is on disk when ``record(_:under:at:)`` returns. Whoever
/// claims one that has its row is told so.
public final class ScheduleLedger: Sendable {
    let store: JournalStore

    /// Opens the file, making what is missing: the folder with mode 0700, the file with mode 0600.
    ///
    /// - Parameters:
    ///   - holder: Who this process is to others.
    ///   - boot: Names the machine's current start.
    ///   - fate: Whether another holder lives; nil asks the system.
    /// - Throws: ``StoreError``.
    public static func open(
        folder: String, holder: BudgetHolder = .make(), boot: String = BudgetHolder.currentBoot,
        fate: (@Sendable (BudgetHolder) -> BudgetHolder.Fate)? = nil
    ) async throws(StoreError) -> ScheduleLedger {
        ScheduleLedger(
            try await Blocking.run { () throws(StoreError) in
                try JournalStore(
                    folder: folder, name: "schedules.sqlite", migrator: ScheduleSchema.migrator, holder: holder,
                    boot: boot, fate: fate)
            })
    }

    private init(_ store: JournalStore) { self.store = store }

    /// Grows with each change of a schedule, though not with its occurrences: a daemon sees by it that it must look again.
    ///
    /// - Throws: ``StoreError``: `.moved` if the file is no more where it was opened.
    public func revision() async throws(StoreError) -> Int64 {
        try store.checkPlace()
        return try await store.glance { db in try Int64.fetchOne(db, sql: "SELECT number FROM revision") ?? 0 }
    }

    static func revise(_ db: Database) throws { try db.execute(sql: "UPDATE revision SET number = number + 1") }
}
