public import Clocks
import GRDB
import IwinvWire

/// The durable record of all runs: `journal.sqlite`.
///
/// ```swift
/// let journal = try await Journal.open(folder: state)
/// let log = try await journal.begin(header, id: "r-7f3a", texts: [script], clock: clock)
/// log.note(.asked(question))                                    // soon on disk
/// try await log.commit(.sending(call: 1, attempt: 1))           // on disk, with all before it; now send
/// try await log.end("done", report: [:])
/// ```
///
/// What a run did is a log that only grows (``JournalEvent``); what it adds up to is a ``RunHistory``. Rows are chained by
/// hashes, and ``verify(_:)`` finds an edit of any of them. It does not find a rewrite of everything.
///
/// A commit is synced to the disk. Commits that come while another is being synced share the next sync.
public final class Journal: Sendable {
    let store: JournalStore
    let writer: JournalWriter

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
    ) async throws(StoreError) -> Journal {
        Journal(
            try await Blocking.run { () throws(StoreError) in
                try JournalStore(folder: folder, holder: holder, boot: boot, fate: fate)
            })
    }

    private init(_ store: JournalStore) {
        self.store = store
        self.writer = JournalWriter(store)
    }

    /// Begins a run; it is on disk, and this process has it, when this returns.
    ///
    /// - Parameters:
    ///   - id: Of the caller's making; unique, and told apart by its first letters.
    ///   - texts: Put aside under their SHA-256: script, modules, long parameters.
    ///   - claims: What nobody else may do meanwhile, or again.
    ///   - makes: Whether a run has made, or may have made, what a claim forbids to be made twice.
    ///   - clock: Dates the run's entries.
    /// - Throws: ``StoreError``: `.runExists`; `.claimed` if another run has a claim; or what keeps the file from being written.
    public func begin(
        _ header: RunHeader, id: String, texts: [String] = [], claims: [RunClaim] = [],
        makes: @escaping @Sendable (RunHistory) -> Bool = { _ in true }, clock: any HostClock
    ) async throws(StoreError) -> RunLog {
        precondition(!id.isEmpty && !id.utf8.contains(0), "a run needs an id")
        let (at, store) = (clock.now, store)
        let kept = texts.map { (hash: SHA256.hex($0), body: $0) }
        let tally = try await store.write { db in
            if try Bool.fetchOne(
                db, sql: "SELECT EXISTS (SELECT 1 FROM head WHERE subject = ? AND event = 'begun')", arguments: [id])
                == true
            {
                throw store.error(.runExists, id)
            }
            for claim in claims {
                if let conflict = try JournalRows.conflict(claim, makes: makes, store, db) {
                    throw store.error(.claimed(conflict), claim.subject)
                }
            }
            // Of all there were: a number is not given twice, and what retention took away leaves its gap.
            let known = try Int64.fetchOne(db, sql: "SELECT count(*) FROM head WHERE event = 'begun'") ?? 0
            let event = JournalEvent.begun(header, number: known + 1, texts: kept.map(\.hash))
            var tally = RunTally(id: id)
            try JournalRows.keep(kept, db)
            try JournalRows.append(EntryRecord(event, sequence: 0, at: at), event, to: &tally, db)
            try JournalRows.insert(tally, db)
            try JournalRows.appendHead(
                .begun, subject: id, entries: 1, hash: tally.head, at: at.nanoseconds, db)
            for claim in claims { try JournalRows.setClaim(claim, of: id, at: at.nanoseconds, db) }
            try JournalRows.setHolder(store.holder, boot: store.boot, of: id, db)
            return tally
        }
        return RunLog(tally, clock: clock, writer: writer)
    }

    /// Takes a run up again that was cut or has ended, to resume it. The caller commits ``JournalEvent/resumed(script:options:)``.
    ///
    /// - Parameters:
    ///   - takesOver: Also from a holder that this process cannot see, such as one in another container.
    /// - Returns: The log to write on, and what is there so far.
    /// - Throws: ``StoreError``: `.unknownRun`; `.runHeld` if a living process has it; `.altered` if an entry was edited.
    public func reopen(
        _ id: String, clock: any HostClock, takesOver: Bool = false
    ) async throws(StoreError) -> (RunLog, [JournalEntry]) {
        let store = store
        let (tally, entries) = try await store.write { db in
            if let row = try Row.fetchOne(db, sql: "SELECT holder, boot FROM holder WHERE run = ?", arguments: [id]) {
                switch store.fate(of: row) {
                case .alive: throw store.error(.runHeld, "\(id) is under way in another process")
                case .outOfSight where !takesOver:
                    throw store.error(.runHeld, "\(id) may be under way in another container")
                default: break
                }
            }
            let (tally, entries) = try RunReading.verified(id, store, db)
            try JournalRows.release(id, db)
            try JournalRows.setHolder(store.holder, boot: store.boot, of: id, db)
            return (tally, entries)
        }
        return (RunLog(tally, clock: clock, writer: writer), entries)
    }

    /// Asks a run to stop before its next request leaves, from whatever process.
    ///
    /// - Returns: Whether it is under way; else nothing happens.
    @discardableResult
    public func requestStop(_ id: String, at instant: Instant) async throws(StoreError) -> Bool {
        let store = store
        return try await store.write { db in
            guard try store.isHeld(id, db) else { return false }
            try db.execute(
                sql: "INSERT OR IGNORE INTO stop (run, at, seal) VALUES (?, ?, ?)",
                arguments: [
                    id, instant.nanoseconds, JournalRows.blob(JournalRows.seal([id, "\(instant.nanoseconds)"])),
                ])
            return true
        }
    }

    /// For a test of a full disk: the file may not grow beyond so many pages.
    package func limitPages(to count: Int) async throws(StoreError) {
        try await store.write { db in _ = try Int.fetchOne(db, sql: "PRAGMA max_page_count = \(count)") }
    }
}
