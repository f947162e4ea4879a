import GRDB

/// The tables of `journal.sqlite`.
///
/// History, of which `verify` finds any edit: `entry` (each run's chain), `head` (one chain over all runs and approvals),
/// `text` (content under its hash), `approval` (a chain), and `run`, a summary of `entry` that makes lists fast.
/// Of a living run only: `holder` and `stop`, each row sealed by a hash of its own.
enum JournalSchema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("journal-1") { db in try db.execute(sql: first) }
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
}
