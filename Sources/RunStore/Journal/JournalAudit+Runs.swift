import GRDB

/// Entries, and what says something about them: the chain over all runs, and the list.
extension JournalAudit {
    mutating func verifyRuns(_ db: Database) throws {
        let total = try Int.fetchOne(db, sql: "SELECT count(*) FROM entry") ?? 0
        var walk: RunWalk?
        // The visitor may not change `self` while it is read from.
        var audit = self
        try JournalRows.eachEntry(of: nil, db) { run, record, hash in
            if walk?.tally.id != run {
                if let walk { try audit.close(walk, db) }
                walk = RunWalk(run)
            }
            walk?.visit(record, hash, &audit)
            audit.check.entries += 1
            if audit.check.entries.isMultiple(of: 1000) { progress(audit.check.entries, total) }
        }
        if let walk { try audit.close(walk, db) }
        self = audit
        progress(check.entries, total)
        for id in try String.fetchAll(db, sql: "SELECT id FROM run") where !seen.contains(id) {
            fault("run", id, "has no entries")
        }
        for (id, heads) in heads where heads.last?.event != HeadEvent.pruned.rawValue && !seen.contains(id) {
            fault("entry", id, "the run is missing")
        }
    }

    private mutating func close(_ walk: RunWalk, _ db: Database) throws {
        let tally = walk.tally
        let id = tally.id
        seen.insert(id)
        check.runs += 1
        let links = heads[id] ?? []
        if links.last?.event == HeadEvent.pruned.rawValue { fault("entry", id, "was taken away, and is there") }
        let marks = links.filter { $0.event != HeadEvent.pruned.rawValue }
        // One link when it began and one for each end; each knows the chain up to there, and when that was.
        let wanted = walk.marks
        if marks.map(\.event) != wanted.map(\.event) || marks.map(\.entries) != wanted.map(\.entries)
            || marks.map(\.subjectHash) != wanted.map(\.subjectHash) || marks.map(\.at) != wanted.map(\.at)
        {
            fault("entry", id, "its beginning and its ends are not those in the chain over all runs")
        }
        try compare(tally, db)
    }

    /// The row of the list with what the entries add up to; compared by SQLite, which does not stop at a zero byte.
    private mutating func compare(_ tally: RunTally, _ db: Database) throws {
        let wanted: [(column: String, value: DatabaseValue)] = [
            ("number", tally.number.databaseValue), ("started", tally.started.databaseValue),
            ("kind", tally.kind.databaseValue), ("script", tally.script.databaseValue),
            ("account", tally.account.databaseValue), ("ended", tally.ended?.databaseValue ?? .null),
            ("ended_at", tally.endedAt?.databaseValue ?? .null), ("changes", tally.changes.databaseValue),
            ("unknown", tally.unknown.databaseValue), ("open", tally.open.databaseValue),
            ("entries", tally.entries.databaseValue), ("head", JournalRows.blob(tally.head)),
        ]
        let comparisons = wanted.map { "\($0.column) IS ?" }.joined(separator: ", ")
        let statement = try db.cachedStatement(sql: "SELECT \(comparisons) FROM run WHERE id = ?")
        let arguments = StatementArguments(wanted.map(\.value)) + [tally.id]
        guard let row = try Row.fetchOne(statement, arguments: arguments) else {
            return fault("run", tally.id, "is missing")
        }
        for (index, column) in wanted.map(\.column).enumerated() where row[index] == false {
            fault("run", tally.id, column: column, "is not what the entries add up to")
        }
    }
}

/// The way along the chain of one run.
struct RunWalk {
    struct Mark {
        var event: String
        var entries: Int64
        var subjectHash: [UInt8]
        var at: Int64
    }

    private(set) var tally: RunTally
    /// What the chain over all runs must say.
    private(set) var marks: [Mark] = []

    init(_ run: String) {
        tally = RunTally(id: run)
    }

    mutating func visit(_ record: EntryRecord, _ hash: [UInt8], _ audit: inout JournalAudit) {
        let id = tally.id
        if record.sequence != tally.entries {
            audit.fault("entry", id, sequence: record.sequence, column: "seq", "entries are missing or moved")
        }
        if record.hash(after: tally.head, run: id) != hash {
            audit.fault("entry", id, sequence: record.sequence, "does not fit the chain")
        }
        let entry = record.entry
        if entry == nil { audit.fault("entry", id, sequence: record.sequence, column: "body", "is no JSON") }
        // After a fault the walk goes on from what is there, so that what follows is judged by itself.
        tally.add(entry?.event, at: record.at, hash: hash)
        switch entry?.event {
        case .begun: mark(.begun, record.at)
        case .ended: mark(.ended, record.at)
        default: break
        }
        for text in entry?.event.texts ?? [] { audit.wanted.insert(text) }
    }

    private mutating func mark(_ event: HeadEvent, _ at: Int64) {
        marks.append(Mark(event: event.rawValue, entries: tally.entries, subjectHash: tally.head, at: at))
    }
}
