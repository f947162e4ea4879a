import Clocks
import GRDB
import IwinvWire

/// The rows of one account's ``SlotTable``. Durations are kept as whole nanoseconds.
struct BudgetRows: Sendable {
    let account: String
    let boot: String
    let terms: BudgetTerms

    /// The row number of the account; nil if it has none yet.
    typealias Account = (id: Int64, boot: String)?

    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("budget-1") { db in
            try db.execute(
                sql: """
                    CREATE TABLE account (
                        id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, boot TEXT NOT NULL,
                        blockedUntil INTEGER NOT NULL, sequence INTEGER NOT NULL) STRICT;
                    CREATE TABLE slot (
                        account INTEGER NOT NULL REFERENCES account (id), number INTEGER NOT NULL,
                        readyAt INTEGER NOT NULL, flight INTEGER, holder TEXT, expires INTEGER,
                        PRIMARY KEY (account, number)) STRICT, WITHOUT ROWID;
                    CREATE TABLE ticket (
                        account INTEGER NOT NULL REFERENCES account (id), turn INTEGER NOT NULL,
                        round INTEGER NOT NULL, holder TEXT NOT NULL, run TEXT NOT NULL, isSchedule INTEGER NOT NULL,
                        wanted INTEGER NOT NULL, lookAgain INTEGER NOT NULL,
                        PRIMARY KEY (account, turn)) STRICT, WITHOUT ROWID;
                    """)
        }
        migrator.registerMigration("budget-2") { db in
            // What the 429 that blocks asked for, where less was granted.
            try db.execute(sql: "ALTER TABLE account ADD COLUMN wish INTEGER")
        }
        return migrator
    }

    /// The account as it stands; empty if it was never used, and as a restart leaves it if its rows are from before that.
    func load(_ db: Database) throws -> (Account, SlotTable) {
        var table = SlotTable(terms: terms)
        let sql = "SELECT id, boot, blockedUntil, sequence, wish FROM account WHERE name = ?"
        guard let row = try Row.fetchOne(db.cachedStatement(sql: sql), arguments: [account]) else {
            return (nil, table)
        }
        let (id, knownBoot): (Int64, String) = (row[0], row[1])
        table.block = RequestBlock(
            until: .nanoseconds(row[2] as Int64), wish: (row[4] as Int64?).map { .nanoseconds($0) })
        table.sequence = row[3]
        let slots = try Row.fetchCursor(
            db.cachedStatement(sql: "SELECT number, readyAt, flight, holder, expires FROM slot WHERE account = ?"),
            arguments: [id])
        while let row = try slots.next() {
            var slot = SlotTable.Slot(readyAt: .nanoseconds(row[1] as Int64))
            if let grant = row[2] as Int64?, let expires = row[4] as Int64? {
                slot.flight = SlotTable.Flight(
                    grant: grant, holder: try holder(row[3]), expires: .nanoseconds(expires))
            }
            table.slots[row[0]] = slot
        }
        let tickets = try Row.fetchCursor(
            db.cachedStatement(
                sql: """
                    SELECT turn, holder, run, isSchedule, wanted, lookAgain, round FROM ticket WHERE account = ? ORDER BY turn
                    """),
            arguments: [id])
        while let row = try tickets.next() {
            table.tickets.append(
                SlotTable.Ticket(
                    holder: try holder(row[1]), run: row[2], isSchedule: row[3], wanted: row[4], round: row[6],
                    turn: row[0], lookAgain: .nanoseconds(row[5] as Int64)))
        }
        if knownBoot != boot { table.restart() }
        return ((id, knownBoot), table)
    }

    /// Writes what is different now.
    func store(_ table: SlotTable, over before: SlotTable, _ known: Account, _ db: Database) throws {
        guard known == nil || known?.boot != boot || table != before else { return }
        let id = try header(table, known, db)
        // After a restart `before` is not what the rows say.
        let isNewBoot = known.map { $0.boot != boot } ?? false
        for (number, slot) in table.slots where isNewBoot || slot != before.slots[number] {
            try execute(
                db,
                "INSERT OR REPLACE INTO slot (account, number, readyAt, flight, holder, expires) VALUES (?, ?, ?, ?, ?, ?)",
                [
                    id, number, slot.readyAt.wholeNanoseconds, slot.flight?.grant, slot.flight?.holder.description,
                    slot.flight?.expires.wholeNanoseconds,
                ])
        }
        if isNewBoot { try execute(db, "DELETE FROM ticket WHERE account = ?", [id]) }
        let turns = Set(table.tickets.map(\.turn))
        for ticket in before.tickets where !turns.contains(ticket.turn) {
            try execute(db, "DELETE FROM ticket WHERE account = ? AND turn = ?", [id, ticket.turn])
        }
        for ticket in table.tickets where isNewBoot || !before.tickets.contains(ticket) {
            try execute(
                db,
                """
                INSERT OR REPLACE INTO ticket (account, turn, round, holder, run, isSchedule, wanted, lookAgain)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """,
                [
                    id, ticket.turn, ticket.round, ticket.holder.description, ticket.run, ticket.isSchedule,
                    ticket.wanted,
                    ticket.lookAgain.wholeNanoseconds,
                ])
        }
    }

    private func header(_ table: SlotTable, _ known: Account, _ db: Database) throws -> Int64 {
        guard let known else {
            try execute(
                db, "INSERT INTO account (name, boot, blockedUntil, sequence, wish) VALUES (?, ?, ?, ?, ?)",
                [account, boot, table.block.until.wholeNanoseconds, table.sequence, table.block.wish?.wholeNanoseconds])
            return db.lastInsertedRowID
        }
        try execute(
            db, "UPDATE account SET boot = ?, blockedUntil = ?, sequence = ?, wish = ? WHERE id = ?",
            [boot, table.block.until.wholeNanoseconds, table.sequence, table.block.wish?.wholeNanoseconds, known.id])
        return known.id
    }

    private func execute(_ db: Database, _ sql: String, _ arguments: StatementArguments) throws {
        try db.cachedStatement(sql: sql).execute(arguments: arguments)
    }

    private func holder(_ text: String?) throws -> BudgetHolder {
        guard let holder = text.flatMap(BudgetHolder.init) else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "a holder that is none")
        }
        return holder
    }
}
