import GRDB

/// The rows of one script of an account, in one transaction.
struct StatePlace {
    let db: Database
    let account: String
    let owner: StateOwner

    /// Takes over what a version kept that knew the script by its file's name, if nobody has yet.
    func claim() throws {
        guard owner.file != StateOwner.unclaimed else { return }
        try db.execute(
            sql: "UPDATE OR REPLACE kept SET file = ?, name = ? WHERE account = ? AND file = ? AND name = ?",
            arguments: [owner.file, owner.name, account, StateOwner.unclaimed, owner.earlierName])
    }

    func text(of key: String) throws -> String? {
        try String.fetchOne(
            db, sql: "SELECT value FROM kept WHERE account = ? AND file = ? AND name = ? AND key = ?",
            arguments: [account, owner.file, owner.name, key])
    }

    func set(_ key: String, to text: String?) throws {
        if let text {
            try db.execute(
                sql: "INSERT INTO kept VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
                arguments: [account, owner.file, owner.name, key, text])
        } else {
            try db.execute(
                sql: "DELETE FROM kept WHERE account = ? AND file = ? AND name = ? AND key = ?",
                arguments: [account, owner.file, owner.name, key])
        }
    }

    func keys() throws -> [String] {
        try String.fetchAll(
            db, sql: "SELECT key FROM kept WHERE account = ? AND file = ? AND name = ? ORDER BY key",
            arguments: [account, owner.file, owner.name])
    }

    // MARK: - Turns

    func isDone(_ turn: StateTurn) throws -> Bool {
        try Bool.fetchOne(
            db, sql: "SELECT EXISTS (SELECT 1 FROM turn WHERE run = ? AND call = ?)",
            arguments: [turn.run, Int64(clamping: turn.call)]) ?? false
    }

    /// Remembers a turn as long as its run could ask for it again. It can only for the calls that were under way when it
    /// was cut.
    func note(_ turn: StateTurn) throws {
        let call = Int64(clamping: turn.call)
        try db.execute(sql: "INSERT INTO turn (run, call) VALUES (?, ?)", arguments: [turn.run, call])
        let number = db.lastInsertedRowID
        try db.execute(
            sql: "DELETE FROM turn WHERE run = ? AND call < ? OR number <= ?",
            arguments: [turn.run, call - Self.callsUnderWay, number - Self.mostTurns])
    }

    private static let callsUnderWay: Int64 = 1000
    private static let mostTurns: Int64 = 100_000

    // MARK: - Schema

    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("state-1") { db in try db.execute(sql: byFileName) }
        migrator.registerMigration("state-2") { db in try db.execute(sql: byPath) }
        return migrator
    }

    /// Files with it exist: a change is another migration.
    private static let byFileName = """
        CREATE TABLE entry (
            account TEXT NOT NULL, script TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL,
            PRIMARY KEY (account, script, key)) STRICT, WITHOUT ROWID;
        """

    private static let byPath = """
        CREATE TABLE kept (
            account TEXT NOT NULL, file TEXT NOT NULL, name TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL,
            PRIMARY KEY (account, file, name, key)) STRICT, WITHOUT ROWID;
        INSERT INTO kept SELECT account, '\(StateOwner.unclaimed)', script, key, value FROM entry;
        DROP TABLE entry;
        CREATE TABLE turn (
            number INTEGER PRIMARY KEY AUTOINCREMENT, run TEXT NOT NULL, call INTEGER NOT NULL,
            UNIQUE (run, call)) STRICT;
        """
}
