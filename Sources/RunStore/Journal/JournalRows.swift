import Foundation
import GRDB

/// Statements on the journal's tables. Hashes are made here, so that no row is written without one.
enum JournalRows {
    // MARK: Entries and their summary

    /// Writes an entry and counts it in.
    static func append(_ record: EntryRecord, _ event: JournalEvent, to tally: inout RunTally, _ db: Database) throws {
        let hash = record.hash(after: tally.head, run: tally.id)
        try db.cachedStatement(
            sql: "INSERT INTO entry (run, seq, at, kind, call, body, hash) VALUES (?, ?, ?, ?, ?, ?, ?)"
        ).execute(arguments: [
            tally.id, record.sequence, record.at, text(record.kind), record.call, text(record.body), blob(hash),
        ])
        tally.add(event, at: record.at, hash: hash)
    }

    static func update(_ tally: RunTally, _ db: Database) throws {
        try db.cachedStatement(
            sql: """
                UPDATE run SET ended = ?, ended_at = ?, changes = ?, unknown = ?, open = ?, entries = ?, head = ?
                WHERE id = ?
                """
        ).execute(arguments: [
            tally.ended, tally.endedAt, tally.changes, tally.unknown, tally.open, tally.entries, blob(tally.head),
            tally.id,
        ])
    }

    static func insert(_ tally: RunTally, _ db: Database) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO run (number, id, started, kind, script, account, ended, ended_at, changes, unknown, open, entries, head)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            tally.number, tally.id, tally.started, tally.kind, tally.script, tally.account, tally.ended, tally.endedAt,
            tally.changes, tally.unknown, tally.open, tally.entries, blob(tally.head),
        ])
    }

    /// Goes through entries in the order of their chains; text as bytes, because a text of SQLite may hold a zero byte,
    /// at which reading it as a string would end.
    ///
    /// - Parameter run: Nil for all runs.
    static func eachEntry(
        of run: String?, from sequence: Int64 = 0, _ db: Database,
        _ visit: (_ run: String, EntryRecord, _ hash: [UInt8]) throws -> Void
    ) throws {
        let columns = "CAST(run AS BLOB), seq, at, CAST(kind AS BLOB), call, CAST(body AS BLOB), hash"
        let filter = run == nil ? "" : "WHERE run = ? AND seq >= ?"
        let cursor = try Row.fetchCursor(
            db.cachedStatement(sql: "SELECT \(columns) FROM entry \(filter) ORDER BY run, seq"),
            arguments: run.map { [$0, sequence] } ?? [])
        while let row = try cursor.next() {
            let record = EntryRecord(
                sequence: row[1], at: row[2], kind: bytes(row, 3), call: row[4], body: bytes(row, 5))
            try visit(String(decoding: bytes(row, 0), as: UTF8.self), record, bytes(row, 6))
        }
    }

    // MARK: Chains beside them

    /// Adds a link to the chain over all runs and approvals.
    static func appendHead(
        _ event: HeadEvent, subject: String, entries: Int64, hash: [UInt8], at: Int64, _ db: Database
    ) throws {
        let last = try lastLink("head", db)
        let row = HeadRow(
            number: last.number + 1, at: at, event: event.rawValue, subject: subject, entries: entries,
            subjectHash: hash)
        try db.cachedStatement(
            sql: """
                INSERT INTO head (number, at, event, subject, entries, subject_hash, hash) VALUES (?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            row.number, row.at, row.event, row.subject, row.entries, blob(hash), blob(row.hash(after: last.hash)),
        ])
    }

    static func appendApproval(_ event: ApprovalEvent, id: String, body: [UInt8], at: Int64, _ db: Database) throws {
        let last = try lastLink("approval", db)
        let row = ApprovalRow(number: last.number + 1, id: id, at: at, event: event.rawValue, body: body)
        let hash = row.hash(after: last.hash)
        try db.cachedStatement(
            sql: "INSERT INTO approval (number, id, at, event, body, hash) VALUES (?, ?, ?, ?, ?, ?)"
        ).execute(arguments: [row.number, id, at, row.event, text(body), blob(hash)])
        let head: HeadEvent = event == .approved ? .approved : .forgotten
        try appendHead(head, subject: id, entries: row.number, hash: hash, at: at, db)
    }

    private static func lastLink(_ table: String, _ db: Database) throws -> (number: Int64, hash: [UInt8]) {
        let sql = "SELECT number, hash FROM \(table) ORDER BY number DESC LIMIT 1"
        guard let row = try Row.fetchOne(db.cachedStatement(sql: sql)) else { return (0, ChainHash.origin) }
        return (row[0], bytes(row, 1))
    }

    // MARK: Texts

    static func keep(_ texts: [(hash: String, body: String)], _ db: Database) throws {
        for text in texts {
            try db.cachedStatement(sql: "INSERT OR IGNORE INTO text (hash, body) VALUES (?, ?)")
                .execute(arguments: [text.hash, blob(Array(text.body.utf8))])
        }
    }

    // MARK: Living runs

    static func setHolder(_ holder: BudgetHolder, boot: String, of run: String, _ db: Database) throws {
        let seal = seal([run, holder.description, boot])
        try db.execute(
            sql: "INSERT OR REPLACE INTO holder (run, holder, boot, seal) VALUES (?, ?, ?, ?)",
            arguments: [run, holder.description, boot, blob(seal)])
    }

    static func release(_ run: String, _ db: Database) throws {
        try db.cachedStatement(sql: "DELETE FROM holder WHERE run = ?").execute(arguments: [run])
        try db.cachedStatement(sql: "DELETE FROM stop WHERE run = ?").execute(arguments: [run])
    }

    static func seal(_ texts: [String]) -> [UInt8] {
        ChainHash.hash(after: ChainHash.origin, texts.map { .text($0) })
    }

    // MARK: Values

    /// For what holds no zero byte, as JSON does not: there GRDB would end it.
    static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    /// As a BLOB.
    static func blob(_ bytes: [UInt8]) -> DatabaseValue { Data(bytes).databaseValue }

    /// A BLOB's bytes; none for what is no BLOB.
    static func bytes(_ row: Row, _ column: Int) -> [UInt8] {
        (try? row.withUnsafeData(atIndex: column) { $0.map(Array.init) }) ?? []
    }
}
