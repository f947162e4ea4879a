public import Clocks
import GRDB

/// How much history is kept; a run goes when it exceeds either.
public struct Retention: Sendable, Hashable {
    /// Counted from the run's start.
    public var age: Duration?
    /// So many of the newest stay.
    public var count: Int?

    public init(age: Duration? = nil, count: Int? = nil) {
        self.age = age
        self.count = count
    }
}

extension Journal {
    /// Takes old runs away; the chain says that it did, and keeps the hash of each one's last entry.
    ///
    /// Runs that a process has stay, and so do runs that were cut with a change under way: of those nobody has been told
    /// the end. The file does not shrink; what is free is used again.
    ///
    /// - Returns: The ids of the runs that are gone.
    @discardableResult
    public func prune(_ retention: Retention, at now: Instant) async throws(StoreError) -> [String] {
        // Most often there is nothing to do: then nobody who writes is kept waiting.
        let store = store
        guard
            try await store.glance({ db in
                try !Self.candidates(retention, at: now, limit: 1, store, db).isEmpty
            })
        else { return [] }
        var gone: [String] = []
        while true {
            // A part at a time, so that no living run waits long.
            let part = try await pruneSome(retention, at: now)
            guard !part.isEmpty else { break }
            gone += part
        }
        try await store.write { db in try Self.dropUnusedTexts(db) }
        return gone
    }

    /// The runs that ``prune(_:at:)`` would take away now.
    public func prunable(_ retention: Retention, at now: Instant) async throws(StoreError) -> [String] {
        let store = store
        return try await store.read { db in
            try Self.candidates(retention, at: now, limit: .max, store, db).map { $0[0] as String }
        }
    }

    private func pruneSome(_ retention: Retention, at now: Instant) async throws(StoreError) -> [String] {
        let store = store
        return try await store.write { db in
            let rows = try Self.candidates(retention, at: now, limit: 20, store, db)
            var gone: [String] = []
            for row in rows {
                let id: String = row[0]
                try JournalRows.appendHead(
                    .pruned, subject: id, entries: row[1], hash: JournalRows.bytes(row, 2), at: now.nanoseconds, db)
                try JournalRows.release(id, db)
                try db.execute(sql: "DELETE FROM entry WHERE run = ?", arguments: [id])
                try db.execute(sql: "DELETE FROM run WHERE id = ?", arguments: [id])
                gone.append(id)
            }
            return gone
        }
    }

    /// The oldest runs that may go: id, entries, head.
    private static func candidates(
        _ retention: Retention, at now: Instant, limit: Int, _ store: JournalStore, _ db: Database
    ) throws -> [Row] {
        let oldest = retention.age.map { (now + (.zero - $0)).nanoseconds } ?? Int64.min
        let newest = try Int64.fetchOne(
            db, sql: "SELECT number FROM run ORDER BY number DESC LIMIT 1 OFFSET ?",
            arguments: [retention.count ?? Int.max])
        let candidates = try Row.fetchCursor(
            db,
            sql: """
                SELECT id, entries, head FROM run WHERE (started < ? OR number <= ?) AND (open = 0 OR ended IS NOT NULL)
                ORDER BY number
                """, arguments: [oldest, newest ?? -1])
        var rows: [Row] = []
        while rows.count < limit, let row = try candidates.next() {
            if try !store.isHeld(row[0], db) { rows.append(row.copy()) }
        }
        return rows
    }

    private static func dropUnusedTexts(_ db: Database) throws {
        try db.execute(
            sql: """
                DELETE FROM text WHERE hash NOT IN (
                    SELECT value FROM entry, json_each(entry.body, '$.texts') WHERE entry.kind IN ('begun', 'kept'))
                """)
    }
}
