import GRDB

/// Reading a run as something to rely on.
enum RunReading {
    /// The entries of a run whose chain is whole.
    ///
    /// - Throws: ``StoreError``: `.unknownRun`, `.altered`.
    static func verified(_ id: String, _ store: JournalStore, _ db: Database) throws -> (RunTally, [JournalEntry]) {
        guard let row = try Row.fetchOne(db, sql: "SELECT entries, head FROM run WHERE id = ?", arguments: [id]) else {
            throw store.error(.unknownRun, id)
        }
        var tally = RunTally(id: id)
        var entries: [JournalEntry] = []
        try JournalRows.eachEntry(of: id, db) { _, record, hash in
            guard record.sequence == tally.entries, record.hash(after: tally.head, run: id) == hash,
                let entry = record.entry
            else { throw store.error(.altered, "run \(id), entry \(tally.entries)") }
            tally.add(entry.event, at: record.at, hash: hash)
            entries.append(entry)
        }
        guard row["entries"] == tally.entries, JournalRows.bytes(row, 1) == tally.head else {
            throw store.error(.altered, "run \(id), end")
        }
        return (tally, entries)
    }
}
