public import Clocks
import GRDB
import IwinvCatalog
import IwinvWire

/// The outbox: what somebody is to be told of is written with what it is about, and stays until it was sent or given up.
extension ScheduleLedger {
    /// Notices that nobody has been chosen for yet, the oldest first.
    public func newNotices(limit: Int = 500) async throws(StoreError) -> [NewNotice] {
        let store = store
        return try await store.glance { db in
            try Row.fetchAll(
                db, sql: "SELECT number, key, body FROM notice WHERE is_new = 1 ORDER BY number LIMIT ?",
                arguments: [limit]
            ).map { row in NewNotice(number: row[0], body: try Self.body(row[2], row[1], store)) }
        }
    }

    /// Makes a delivery to each receiver that was chosen; a notice that nobody wants is done with.
    public func address(_ targets: [Int64: [String]], at now: Instant) async throws(StoreError) {
        let store = store
        try await store.write { db in
            for (number, names) in targets {
                try db.execute(
                    sql: "UPDATE notice SET is_new = 0 WHERE number = ? AND is_new = 1", arguments: [number])
                guard db.changesCount > 0 else { continue }
                for name in names {
                    try db.execute(
                        sql: """
                            INSERT OR IGNORE INTO delivery (target, notice, schedule, state, tries, due)
                            SELECT ?, number, schedule, 'waiting', 0, ? FROM notice WHERE number = ?
                            """, arguments: [name, now.nanoseconds, number])
                }
            }
        }
    }

    /// The oldest delivery that waits, of each receiver and schedule: a receiver hears of a schedule in order.
    public func deliveries() async throws(StoreError) -> [NoticeDelivery] {
        let store = store
        return try await store.glance { db in
            let ledger = try String.fetchOne(db, sql: "SELECT id FROM identity") ?? ""
            // Of a group with `min()` SQLite takes the other columns from the same row.
            return try Row.fetchAll(
                db,
                sql: """
                    SELECT first, target, waiting.schedule, key, body, created, tries, due, instant FROM (
                        SELECT min(notice) AS first, target, schedule, tries, due FROM delivery WHERE state = 'waiting'
                        GROUP BY target, schedule) AS waiting
                    JOIN notice ON number = first ORDER BY first, target
                    """
            ).map { row in
                NoticeDelivery(
                    number: row[0], target: row[1], schedule: row[2], key: "\(ledger)-\(row[3] as String)",
                    body: try Self.body(row[4], row[3], store), created: Instant(nanoseconds: row[5]), tries: row[6],
                    due: Instant(nanoseconds: row[7]), instant: (row[8] as Int64?).map(Instant.init(nanoseconds:)))
            }
        }
    }

    /// What became of a planned instant; nil if nothing is known of it.
    public func occurrence(_ key: OccurrenceKey) async throws(StoreError) -> OccurrenceRecord? {
        try await store.glance { db in
            try Self.occurrences("schedule = ? AND instant = ?", [key.schedule, key.instant.nanoseconds], db).first
        }
    }

    /// The receiver has it.
    public func sent(_ delivery: NoticeDelivery, at now: Instant) async throws(StoreError) {
        try await end(delivery, "sent", now)
    }

    /// It is not tried any more.
    public func givenUp(_ delivery: NoticeDelivery, at now: Instant) async throws(StoreError) {
        try await end(delivery, "given up", now)
    }

    /// It was tried in vain, and is tried again.
    public func postponed(_ delivery: NoticeDelivery, until due: Instant) async throws(StoreError) {
        try await store.write { db in
            try db.execute(
                sql: """
                    UPDATE delivery SET tries = ?, due = ? WHERE target = ? AND notice = ? AND state = 'waiting'
                    """, arguments: [delivery.tries + 1, due.nanoseconds, delivery.target, delivery.number])
        }
    }

    private func end(_ delivery: NoticeDelivery, _ state: String, _ now: Instant) async throws(StoreError) {
        try await store.write { db in
            try db.execute(
                sql: """
                    UPDATE delivery SET state = ?, tries = ?, ended = ?
                    WHERE target = ? AND notice = ? AND state = 'waiting'
                    """, arguments: [state, delivery.tries + 1, now.nanoseconds, delivery.target, delivery.number])
        }
    }

    // MARK: - Rows

    static func insert(_ notice: NoticeDraft, at now: Instant, _ db: Database) throws {
        try db.execute(
            sql: """
                INSERT OR IGNORE INTO notice (key, schedule, instant, body, created, is_new) VALUES (?, ?, ?, ?, ?, 1)
                """,
            arguments: [
                notice.key, notice.schedule, notice.occurrence?.instant.nanoseconds,
                JournalRows.text(JSONCodec.encode(notice.body)), now.nanoseconds,
            ])
    }

    /// Takes old notices away that nobody waits for.
    static func pruneNotices(before instant: Instant, _ db: Database) throws {
        let old = """
            SELECT number FROM notice WHERE created < ? AND is_new = 0 AND NOT EXISTS (
                SELECT 1 FROM delivery WHERE notice = number AND state = 'waiting')
            """
        try db.execute(sql: "DELETE FROM delivery WHERE notice IN (\(old))", arguments: [instant.nanoseconds])
        try db.execute(sql: "DELETE FROM notice WHERE number IN (\(old))", arguments: [instant.nanoseconds])
    }

    private static func body(_ text: String, _ key: String, _ store: JournalStore) throws -> JSONValue {
        do { return try JSONCodec.decode(Array(text.utf8)) } catch { throw store.error(.altered, "notice \(key)") }
    }
}
