public import Clocks
import GRDB

extension ScheduleLedger {
    /// Writes steps down, all or none.
    ///
    /// - Parameters:
    ///   - notices: What somebody is to be told of them, kept with them.
    ///   - lease: This daemon's leave to do so.
    /// - Returns: The occurrences that were claimed or skipped and have their row already: somebody else has seen to them.
    /// - Throws: ``StoreError``: `.leaseLost` if another daemon has taken over.
    public func record(
        _ changes: [OccurrenceChange], notices: [NoticeDraft] = [], under lease: ScheduleLease, at now: Instant
    ) async throws(StoreError) -> Set<OccurrenceKey> {
        let store = store
        return try await store.write { db in
            try Self.check(lease, store, db)
            var refused: Set<OccurrenceKey> = []
            for change in changes {
                if let key = try Self.apply(change, at: now, epoch: lease.epoch, db) { refused.insert(key) }
            }
            for notice in notices where notice.occurrence.map({ !refused.contains($0) }) ?? true {
                try Self.insert(notice, at: now, db)
            }
            return refused
        }
    }

    /// Asks for a run beside the planned ones, as soon as the daemon sees it and nothing of the schedule is before it.
    ///
    /// - Returns: Its occurrence, of this instant.
    /// - Throws: ``StoreError``: `.unknownSchedule`, `.schedulePaused`.
    @discardableResult
    public func request(_ name: String, at now: Instant) async throws(StoreError) -> OccurrenceKey {
        let store = store
        return try await store.write { db in
            let record = try Self.record(name, store, db)
            guard record.state == .active else { throw store.error(.schedulePaused, name) }
            var key = OccurrenceKey(schedule: record.id, instant: now)
            // The cursor stays: instants that are due and not yet seen to would be passed over.
            while try Self.insert(
                key, "waiting", nil, due: now, isCaughtUp: false, through: key.instant, count: 1, at: now, epoch: 0,
                movesCursor: false, db) != nil
            { key.instant = key.instant + .nanoseconds(1) }
            try Self.revise(db)
            return key
        }
    }

    /// The occurrences that are not over, by schedule and instant.
    public func openOccurrences() async throws(StoreError) -> [OccurrenceRecord] {
        try await store.glance { db in
            try Self.occurrences("state IN ('waiting', 'running') ORDER BY schedule, instant", [], db)
        }
    }

    /// Takes old occurrences away that are over, but for the newest hundred of each schedule, and schedules that were
    /// removed once nothing of them is left.
    public func prune(before instant: Instant) async throws(StoreError) {
        try await store.write { db in
            try Self.pruneNotices(before: instant, db)
            try db.execute(
                sql: """
                    DELETE FROM occurrence AS old WHERE through < ? AND state IN ('run', 'skipped') AND instant < (
                        SELECT instant FROM occurrence WHERE schedule = old.schedule
                        ORDER BY instant DESC LIMIT 1 OFFSET 99)
                    """, arguments: [instant.nanoseconds])
            try db.execute(
                sql: """
                    DELETE FROM schedule WHERE state = 'removed' AND changed < ? AND NOT EXISTS (
                        SELECT 1 FROM occurrence WHERE occurrence.schedule = schedule.id)
                    """, arguments: [instant.nanoseconds])
        }
    }

    /// What became of a schedule's instants, the newest first.
    public func occurrences(of schedule: Int64, limit: Int) async throws(StoreError) -> [OccurrenceRecord] {
        try await store.glance { db in
            try Self.occurrences("schedule = ? ORDER BY instant DESC LIMIT ?", [schedule, limit], db)
        }
    }

    /// What became of the newest instants of some schedules, the newest first, in one query.
    public func newestOccurrences(
        of schedules: [Int64], each limit: Int
    ) async throws(StoreError) -> [Int64: [OccurrenceRecord]] {
        let list = schedules.map(String.init).joined(separator: ", ")
        let found = try await store.glance { db in
            try Self.occurrences(
                """
                schedule IN (\(list)) AND instant >= coalesce((
                    SELECT instant FROM occurrence AS other WHERE other.schedule = occurrence.schedule
                    ORDER BY instant DESC LIMIT 1 OFFSET ?), 0)
                ORDER BY schedule, instant DESC
                """, [limit - 1], db)
        }
        return Dictionary(grouping: found, by: \.key.schedule)
    }

    /// - Returns: The occurrence if it has its row already, and so was neither claimed nor skipped.
    static func apply(
        _ change: OccurrenceChange, at now: Instant, epoch: Int64, _ db: Database
    ) throws -> OccurrenceKey? {
        switch change {
        case .claimed(let key, let due, let isCaughtUp):
            return try insert(
                key, "waiting", nil, due: due, isCaughtUp: isCaughtUp, through: key.instant, count: 1, at: now,
                epoch: epoch, db)
        case .skipped(let key, let reason, let through, let count):
            try db.cachedStatement(
                sql: """
                    UPDATE occurrence SET state = 'skipped', word = ?, ended_at = ?
                    WHERE schedule = ? AND instant = ? AND state = 'waiting' AND attempts = 0
                    """
            ).execute(arguments: [reason.rawValue, now.nanoseconds, key.schedule, key.instant.nanoseconds])
            if db.changesCount == 0,
                let refused = try insert(
                    key, "skipped", reason.rawValue, due: key.instant, isCaughtUp: false, through: through,
                    count: count, at: now, epoch: epoch, db)
            {
                return refused
            }
            try setLast(key.schedule, through, reason.rawValue, nil, db)
        case .begun(let key, let run):
            try update(
                key, "state = 'running', run = ?, attempts = attempts + 1, begun_at = ?", [run, now.nanoseconds], db)
        case .retried(let key, let due, let isTimeout):
            let counter = isTimeout ? "timeouts" : "retries"
            try update(key, "state = 'waiting', due = ?, \(counter) = \(counter) + 1", [due.nanoseconds], db)
        case .returned(let key):
            try update(key, "state = 'waiting', attempts = attempts - 1", [], db)
        case .ended(let key, let word, let verdict):
            try update(key, "state = 'run', word = ?, ended_at = ?", [word, now.nanoseconds], db)
            let failures = verdict == .success ? "0" : verdict == .failure ? "failures + 1" : "failures"
            try db.execute(
                sql: "UPDATE schedule SET failures = \(failures) WHERE id = ?", arguments: [key.schedule])
            let run = try String.fetchOne(
                db, sql: "SELECT run FROM occurrence WHERE schedule = ? AND instant = ?",
                arguments: [key.schedule, key.instant.nanoseconds])
            try setLast(key.schedule, key.instant, word, run, db)
        case .paused(let schedule, let reason): try pause(schedule, reason, at: now, db)
        }
        return nil
    }

    private static func insert(
        _ key: OccurrenceKey, _ state: String, _ word: String?, due: Instant, isCaughtUp: Bool, through: Instant,
        count: Int, at now: Instant, epoch: Int64, movesCursor: Bool = true, _ db: Database
    ) throws -> OccurrenceKey? {
        try db.cachedStatement(
            sql: """
                INSERT OR IGNORE INTO occurrence (
                    schedule, instant, state, word, due, caught_up, attempts, retries, timeouts, claimed_at, ended_at,
                    through, count, epoch)
                VALUES (?, ?, ?, ?, ?, ?, 0, 0, 0, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            key.schedule, key.instant.nanoseconds, state, word, due.nanoseconds, isCaughtUp, now.nanoseconds,
            word == nil ? nil : now.nanoseconds, through.nanoseconds, count, epoch,
        ])
        let isRefused = db.changesCount == 0
        guard movesCursor else { return isRefused ? key : nil }
        try db.cachedStatement(sql: "UPDATE schedule SET cursor = max(cursor, ?) WHERE id = ?")
            .execute(arguments: [through.nanoseconds, key.schedule])
        return isRefused ? key : nil
    }

    private static func update(
        _ key: OccurrenceKey, _ assignments: String, _ arguments: StatementArguments, _ db: Database
    ) throws {
        try db.cachedStatement(
            sql: """
                UPDATE occurrence SET \(assignments)
                WHERE schedule = ? AND instant = ? AND state IN ('waiting', 'running')
                """
        ).execute(arguments: arguments + [key.schedule, key.instant.nanoseconds])
    }

    private static func setLast(
        _ schedule: Int64, _ instant: Instant, _ word: String, _ run: String?, _ db: Database
    ) throws {
        try db.cachedStatement(
            sql: "UPDATE schedule SET last = ?, last_word = ?, last_run = ? WHERE id = ? AND coalesce(last, ?) <= ?"
        ).execute(arguments: [instant.nanoseconds, word, run, schedule, instant.nanoseconds, instant.nanoseconds])
    }

    static func occurrences(
        _ condition: String, _ arguments: StatementArguments, _ db: Database
    ) throws -> [OccurrenceRecord] {
        let cursor = try Row.fetchCursor(
            db,
            sql: """
                SELECT schedule, instant, state, word, run, due, caught_up, attempts, retries, timeouts, claimed_at,
                    begun_at, ended_at, through, count
                FROM occurrence WHERE \(condition)
                """, arguments: arguments)
        var records: [OccurrenceRecord] = []
        while let row = try cursor.next() {
            records.append(
                OccurrenceRecord(
                    key: OccurrenceKey(schedule: row[0], instant: Instant(nanoseconds: row[1])),
                    state: state(row[2], row[3]), run: row[4], due: Instant(nanoseconds: row[5]), isCaughtUp: row[6],
                    attempts: row[7], retries: row[8], timeouts: row[9], claimed: Instant(nanoseconds: row[10]),
                    begun: (row[11] as Int64?).map(Instant.init(nanoseconds:)),
                    ended: (row[12] as Int64?).map(Instant.init(nanoseconds:)), through: Instant(nanoseconds: row[13]),
                    count: row[14]))
        }
        return records
    }

    private static func state(_ state: String, _ word: String?) -> OccurrenceRecord.State {
        switch state {
        case "waiting": .waiting
        case "running": .running
        case "run": .run(word: word ?? "")
        default: .skipped(word.flatMap(SkipReason.init) ?? .missed)
        }
    }
}
