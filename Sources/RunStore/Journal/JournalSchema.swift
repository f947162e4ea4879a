import GRDB
import IwinvCatalog
import IwinvWire

/// The tables of `journal.sqlite`.
///
/// History, of which `verify` finds any edit: `entry` (each run's chain), `head` (one chain over all runs and approvals),
/// `text` (content under its hash), `approval` (a chain), and `run`, a summary of `entry` that makes lists fast.
/// Of a living run only: `holder` and `stop`; of what must not be done twice: `claim`. Each of their rows is sealed by a
/// hash of its own.
enum JournalSchema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("journal-1") { db in try db.execute(sql: first) }
        migrator.registerMigration("journal-2") { db in
            try db.execute(sql: second)
            try claimForEarlierRuns(db)
        }
        return migrator
    }

    /// Files with it exist: a change is another migration.
    static let first = """
        CREATE TABLE entry (
            run TEXT NOT NULL, seq INTEGER NOT NULL, at INTEGER NOT NULL, kind TEXT NOT NULL, call INTEGER,
            body TEXT NOT NULL, hash BLOB NOT NULL, PRIMARY KEY (run, seq)) STRICT, WITHOUT ROWID;
        CREATE INDEX entry_texts ON entry (run) WHERE kind IN ('begun', 'kept');
        CREATE TABLE run (
            number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, started INTEGER NOT NULL, kind TEXT NOT NULL,
            script TEXT NOT NULL, account TEXT NOT NULL, ended TEXT, ended_at INTEGER, changes INTEGER NOT NULL,
            unknown INTEGER NOT NULL, open INTEGER NOT NULL, entries INTEGER NOT NULL, head BLOB NOT NULL) STRICT;
        CREATE TABLE text (hash TEXT PRIMARY KEY, body BLOB NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TABLE head (
            number INTEGER PRIMARY KEY, at INTEGER NOT NULL, event TEXT NOT NULL, subject TEXT NOT NULL,
            entries INTEGER NOT NULL, subject_hash BLOB NOT NULL, hash BLOB NOT NULL) STRICT;
        CREATE TABLE approval (
            number INTEGER PRIMARY KEY, id TEXT NOT NULL, at INTEGER NOT NULL, event TEXT NOT NULL,
            body TEXT NOT NULL, hash BLOB NOT NULL) STRICT;
        CREATE TABLE holder (
            run TEXT PRIMARY KEY, holder TEXT NOT NULL, boot TEXT NOT NULL, seal BLOB NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TABLE stop (run TEXT PRIMARY KEY, at INTEGER NOT NULL, seal BLOB NOT NULL) STRICT, WITHOUT ROWID;
        """

    /// What only one run may do.
    static let second = """
        CREATE TABLE claim (subject TEXT PRIMARY KEY, run TEXT NOT NULL, seal BLOB NOT NULL) STRICT, WITHOUT ROWID;
        """

    /// Plans that an earlier version has carried out are claimed by the runs that did.
    private static func claimForEarlierRuns(_ db: Database) throws {
        let sql = """
            SELECT run.id, CAST(entry.body AS BLOB), account, entry.at FROM run JOIN entry ON entry.run = run.id AND entry.seq = 0
            WHERE run.kind IN ('apply', 'undo') ORDER BY run.number
            """
        for row in try Row.fetchAll(db, sql: sql) {
            // What cannot be read was edited, and `verify` says so.
            guard let body = try? JSONCodec.decode(JournalRows.bytes(row, 1)),
                let digest = RunClaim.digest(in: body)
            else { continue }
            try JournalRows.setClaim(.plan(digest, account: row[2], isOnce: true), of: row[0], at: row[3], db)
        }
    }
}
