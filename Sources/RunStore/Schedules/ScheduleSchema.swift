import GRDB

/// The tables of `schedules.sqlite`.
///
/// One row of `occurrence` for each planned instant of a schedule that has come, whoever saw it come: unique, so that of
/// two who claim it one does. `lease` names the daemon that may write them, with a number that grows with each new one.
/// `notice` is what somebody is to be told of, `delivery` its way to one receiver.
enum ScheduleSchema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("schedules-1") { db in try db.execute(sql: first) }
        migrator.registerMigration("schedules-2") { db in try db.execute(sql: second) }
        return migrator
    }

    /// Files with it exist: a change is another migration.
    static let first = """
        CREATE TABLE schedule (
            id INTEGER PRIMARY KEY, name TEXT NOT NULL, added INTEGER NOT NULL, recurrence TEXT NOT NULL,
            zone TEXT NOT NULL, script TEXT NOT NULL, text TEXT NOT NULL, approval TEXT NOT NULL, policy TEXT NOT NULL,
            options TEXT NOT NULL, state TEXT NOT NULL, reason TEXT, changed INTEGER NOT NULL, cursor INTEGER NOT NULL,
            failures INTEGER NOT NULL, last INTEGER, last_word TEXT, last_run TEXT) STRICT;
        CREATE UNIQUE INDEX schedule_name ON schedule (name) WHERE state <> 'removed';
        CREATE TABLE occurrence (
            schedule INTEGER NOT NULL REFERENCES schedule (id), instant INTEGER NOT NULL, state TEXT NOT NULL,
            word TEXT, run TEXT, due INTEGER NOT NULL, caught_up INTEGER NOT NULL, attempts INTEGER NOT NULL,
            retries INTEGER NOT NULL, timeouts INTEGER NOT NULL, claimed_at INTEGER NOT NULL, begun_at INTEGER,
            ended_at INTEGER, through INTEGER NOT NULL, count INTEGER NOT NULL, epoch INTEGER NOT NULL,
            PRIMARY KEY (schedule, instant)) STRICT, WITHOUT ROWID;
        CREATE INDEX occurrence_open ON occurrence (schedule) WHERE state IN ('waiting', 'running');
        CREATE TABLE lease (
            name TEXT PRIMARY KEY, holder TEXT NOT NULL, boot TEXT NOT NULL, epoch INTEGER NOT NULL,
            expires INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TABLE revision (number INTEGER NOT NULL) STRICT;
        INSERT INTO revision VALUES (0);
        """

    static let second = """
        CREATE TABLE identity (id TEXT NOT NULL) STRICT;
        INSERT INTO identity VALUES (lower(hex(randomblob(8))));
        CREATE TABLE notice (
            number INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, schedule INTEGER NOT NULL, instant INTEGER,
            body TEXT NOT NULL, created INTEGER NOT NULL, is_new INTEGER NOT NULL) STRICT;
        CREATE INDEX notice_new ON notice (number) WHERE is_new = 1;
        CREATE TABLE delivery (
            target TEXT NOT NULL, notice INTEGER NOT NULL REFERENCES notice (number), schedule INTEGER NOT NULL,
            state TEXT NOT NULL, tries INTEGER NOT NULL, due INTEGER NOT NULL, ended INTEGER,
            PRIMARY KEY (target, notice)) STRICT, WITHOUT ROWID;
        CREATE INDEX delivery_notice ON delivery (notice);
        CREATE INDEX delivery_waiting ON delivery (target, schedule, notice) WHERE state = 'waiting';
        """
}
