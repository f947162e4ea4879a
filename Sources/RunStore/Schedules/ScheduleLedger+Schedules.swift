public import Clocks
import GRDB
import IwinvCatalog
import IwinvWire

extension ScheduleLedger {
    /// Keeps a new schedule; its first instant is the first one after `now`.
    ///
    /// - Parameter replacing: Takes the one that has this name away, if there is one.
    /// - Throws: ``StoreError``: `.scheduleExists` if one has this name and is not to be replaced.
    @discardableResult
    public func add(
        _ definition: ScheduleDefinition, replacing: Bool = false, at now: Instant
    ) async throws(StoreError) -> ScheduleRecord {
        let store = store
        return try await store.write { db in
            if let id = try Int64.fetchOne(
                db, sql: "SELECT id FROM schedule WHERE name = ? AND state <> 'removed'", arguments: [definition.name])
            {
                guard replacing else { throw store.error(.scheduleExists, definition.name) }
                try Self.remove(id, at: now, db)
            }
            try db.execute(
                sql: """
                    INSERT INTO schedule (
                        name, added, recurrence, zone, script, text, approval, policy, options, state, changed, cursor,
                        failures)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'active', ?, ?, 0)
                    """,
                arguments: [
                    definition.name, now.nanoseconds, definition.recurrence, definition.zone, definition.script,
                    definition.text, definition.approval, JournalRows.text(JSONCodec.encode(definition.policy)),
                    JournalRows.text(JSONCodec.encode(definition.options)), now.nanoseconds, now.nanoseconds,
                ])
            try Self.revise(db)
            return ScheduleRecord(
                id: db.lastInsertedRowID, definition: definition, added: now, state: .active, changed: now, cursor: now,
                failures: 0)
        }
    }

    /// All schedules, by name.
    public func schedules() async throws(StoreError) -> [ScheduleRecord] {
        let store = store
        return try await store.glance { db in
            try Self.records("state <> 'removed' ORDER BY name", [], store, db)
        }
    }

    /// Some of them, by name.
    public func schedules(limit: Int, offset: Int) async throws(StoreError) -> [ScheduleRecord] {
        let store = store
        return try await store.glance { db in
            try Self.records("state <> 'removed' ORDER BY name LIMIT ? OFFSET ?", [limit, offset], store, db)
        }
    }

    /// How many there are.
    public func count() async throws(StoreError) -> Int {
        try await store.glance { db in
            try Int.fetchOne(db, sql: "SELECT count(*) FROM schedule WHERE state <> 'removed'") ?? 0
        }
    }

    /// One by its number; nil if it was removed.
    public func schedule(id: Int64) async throws(StoreError) -> ScheduleRecord? {
        let store = store
        return try await store.glance { db in
            try Self.records("state <> 'removed' AND id = ?", [id], store, db).first
        }
    }

    /// - Throws: ``StoreError``: `.unknownSchedule`.
    public func schedule(_ name: String) async throws(StoreError) -> ScheduleRecord {
        let store = store
        return try await store.glance { db in try Self.record(name, store, db) }
    }

    /// Lets no instant start from now on; what is under way goes on.
    ///
    /// - Returns: Whether it was active.
    @discardableResult
    public func pause(_ name: String, reason: String, at now: Instant) async throws(StoreError) -> Bool {
        let store = store
        return try await store.write { db in
            let record = try Self.record(name, store, db)
            guard record.state == .active else { return false }
            try Self.pause(record.id, reason, at: now, db)
            return true
        }
    }

    /// Lets a paused schedule go on.
    ///
    /// - Parameter skipping: The instants that have passed meanwhile: they are written down as skipped, those that have a
    ///   row are left alone.
    /// - Returns: Whether it was paused.
    @discardableResult
    public func resume(
        _ name: String, skipping: [OccurrenceChange] = [], at now: Instant
    ) async throws(StoreError) -> Bool {
        let store = store
        return try await store.write { db in
            let record = try Self.record(name, store, db)
            guard record.state != .active else { return false }
            for change in skipping { _ = try Self.apply(change, at: now, epoch: 0, db) }
            try db.execute(
                sql: """
                    UPDATE schedule SET state = 'active', reason = NULL, changed = ?, failures = 0, cursor = max(cursor, ?)
                    WHERE id = ?
                    """, arguments: [now.nanoseconds, now.nanoseconds, record.id])
            try Self.revise(db)
            return true
        }
    }

    /// Takes a schedule away. What became of its instants stays; those that wait are skipped.
    public func remove(_ name: String, at now: Instant) async throws(StoreError) {
        let store = store
        try await store.write { db in
            try Self.remove(try Self.record(name, store, db).id, at: now, db)
            try Self.revise(db)
        }
    }

    private static func remove(_ id: Int64, at now: Instant, _ db: Database) throws {
        try db.execute(
            sql: """
                UPDATE occurrence SET state = 'skipped', word = ?, ended_at = ?
                WHERE schedule = ? AND state = 'waiting' AND attempts = 0
                """, arguments: [SkipReason.removed.rawValue, now.nanoseconds, id])
        // Those that wait for another try have had theirs.
        try db.execute(
            sql: "UPDATE occurrence SET state = 'run', word = 'failed' WHERE schedule = ? AND state = 'waiting'",
            arguments: [id])
        try db.execute(
            sql: "UPDATE schedule SET state = 'removed', changed = ? WHERE id = ?", arguments: [now.nanoseconds, id])
    }

    static func pause(_ id: Int64, _ reason: String, at now: Instant, _ db: Database) throws {
        try db.execute(
            sql: "UPDATE schedule SET state = 'paused', reason = ?, changed = ? WHERE id = ? AND state = 'active'",
            arguments: [reason, now.nanoseconds, id])
        if db.changesCount > 0 { try revise(db) }
    }

    // MARK: - Rows

    static func record(_ name: String, _ store: JournalStore, _ db: Database) throws -> ScheduleRecord {
        guard let record = try records("state <> 'removed' AND name = ?", [name], store, db).first else {
            throw store.error(.unknownSchedule, name)
        }
        return record
    }

    private static func records(
        _ condition: String, _ arguments: StatementArguments, _ store: JournalStore, _ db: Database
    ) throws -> [ScheduleRecord] {
        let cursor = try Row.fetchCursor(
            db,
            sql: """
                SELECT id, name, added, recurrence, zone, script, text, approval, policy, options, state, reason, changed,
                    cursor, failures, last, last_word, last_run
                FROM schedule WHERE \(condition)
                """, arguments: arguments)
        var records: [ScheduleRecord] = []
        while let row = try cursor.next() {
            guard let policy = json(row[8]), let options = json(row[9]) else {
                throw store.error(.altered, "schedule \(row[1] as String)")
            }
            let definition = ScheduleDefinition(
                name: row[1], recurrence: row[3], zone: row[4], script: row[5], text: row[6], approval: row[7],
                policy: policy, options: options)
            let last = (row[15] as Int64?).map { instant in
                ScheduleRecord.Last(instant: Instant(nanoseconds: instant), word: row[16] ?? "", run: row[17])
            }
            records.append(
                ScheduleRecord(
                    id: row[0], definition: definition, added: Instant(nanoseconds: row[2]),
                    state: row[10] == "active" ? .active : .paused(reason: row[11] ?? ""),
                    changed: Instant(nanoseconds: row[12]), cursor: Instant(nanoseconds: row[13]), failures: row[14],
                    last: last))
        }
        return records
    }

    private static func json(_ text: String) -> JSONValue? {
        text == "{}" ? [:] : try? JSONCodec.decode(Array(text.utf8))
    }
}
