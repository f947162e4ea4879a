import Clocks
import GRDB

/// What waits of one run, on its way through one transaction.
struct RunBatch {
    let log: RunLog
    var items: [JournalWriter.Item]
    private var tally: RunTally
    private var isStopRequested = false
    /// Of this run alone; the others of the transaction are written.
    private var failure: StoreError?
    private var results: [Result<Void, StoreError>] = []

    init(_ log: RunLog, _ item: JournalWriter.Item) {
        self.log = log
        items = [item]
        tally = log.takeTally()
    }

    mutating func write(_ store: JournalStore, _ db: Database) throws {
        // Broken by the batch before.
        if let known = log.failure {
            failure = known
            return
        }
        let row = try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT entries, EXISTS (SELECT 1 FROM stop WHERE run = id) AS stops, holder FROM run
                    LEFT JOIN holder ON holder.run = id WHERE id = ?
                    """),
            arguments: [tally.id])
        // Nobody else writes a run that is held, unless it was taken over from out of sight, or cleaned away by hand.
        guard let row, row["entries"] == tally.entries, row["holder"] == store.holder.description else {
            failure = store.error(.runHeld, "\(tally.id) was taken over by another process")
            return
        }
        isStopRequested = row["stops"]
        for item in items { results.append(try write(item, store, db)) }
        try JournalRows.update(tally, db)
    }

    private mutating func write(
        _ item: JournalWriter.Item, _ store: JournalStore, _ db: Database
    ) throws -> Result<Void, StoreError> {
        guard let (event, record) = item.entry else { return .success(()) }
        try JournalRows.keep(item.texts, db)
        if case .sending(let call, let attempt, _) = event, isStopRequested {
            let instead = JournalEvent.withheld(call: call, attempt: attempt)
            let at = Instant(nanoseconds: record.at)
            try JournalRows.append(
                EntryRecord(instead, sequence: record.sequence, at: at), instead, to: &tally, db)
            return .failure(store.error(.stopRequested, tally.id))
        }
        try JournalRows.append(record, event, to: &tally, db)
        if case .ended = event {
            try JournalRows.appendHead(
                .ended, subject: tally.id, entries: tally.entries, hash: tally.head, at: record.at, db)
            try JournalRows.release(tally.id, db)
        }
        return .success(())
    }

    /// Tells those who wait what has become of it.
    func finish(_ result: Result<Void, StoreError>) {
        var problem = failure
        if case .failure(let error) = result { problem = problem ?? error }
        if let problem {
            log.fail(problem, losing: items.count { $0.waiter == nil })
            for item in items { item.waiter?.resume(returning: .failure(problem)) }
        } else {
            log.advance(to: tally, isStopRequested: isStopRequested)
            for (item, result) in zip(items, results) { item.waiter?.resume(returning: result) }
        }
    }
}
