public import Clocks
import GRDB

/// Leave to write occurrences: one daemon has it.
public struct ScheduleLease: Sendable, Hashable {
    /// Grows with each daemon that takes it: what an earlier one still tries to write is refused.
    public var epoch: Int64
    public var expires: Instant

    public init(epoch: Int64, expires: Instant) {
        self.epoch = epoch
        self.expires = expires
    }
}

extension ScheduleLedger {
    private static let name = "daemon"

    /// Takes the lease, or takes it over from a holder who is dead or whose time is up.
    ///
    /// - Throws: ``StoreError``: `.leaseHeld` if another one has it.
    public func lease(at now: Instant, lasting time: Duration) async throws(StoreError) -> ScheduleLease {
        let store = store
        return try await store.write { db in
            let row = try Row.fetchOne(
                db, sql: "SELECT holder, boot, epoch, expires FROM lease WHERE name = ?", arguments: [Self.name])
            if let row {
                let (fate, expires) = (store.fate(of: row), Instant(nanoseconds: row["expires"]))
                if Self.isHeld(until: expires, fate, at: now, time) {
                    let wait = (expires - now).components.seconds + 1
                    throw store.error(
                        .leaseHeld,
                        fate == .outOfSight
                            ? "in another container; if it is gone, try again in \(wait) s"
                            : BudgetHolder(row["holder"] as String).map { "process \($0.pid)" } ?? "?")
                }
            }
            let lease = ScheduleLease(epoch: (row?["epoch"] ?? 0) + 1, expires: now + time)
            try db.execute(
                sql: "INSERT OR REPLACE INTO lease (name, holder, boot, epoch, expires) VALUES (?, ?, ?, ?, ?)",
                arguments: [
                    Self.name, store.holder.description, store.boot, lease.epoch, lease.expires.nanoseconds,
                ])
            return lease
        }
    }

    /// Of a holder in another container nothing is known but the time, which says nothing if the clock was set back since.
    private static func isHeld(
        until expires: Instant, _ fate: BudgetHolder.Fate, at now: Instant, _ time: Duration
    ) -> Bool {
        switch fate {
        case .alive: expires > now
        case .outOfSight: expires > now && expires <= now + time
        case .dead: false
        }
    }

    /// Keeps the lease for longer.
    ///
    /// - Throws: ``StoreError``: `.leaseLost` if another one has it.
    public func renew(_ lease: ScheduleLease, at now: Instant, lasting time: Duration) async throws(StoreError)
        -> ScheduleLease
    {
        let store = store
        return try await store.write { db in
            try Self.check(lease, store, db)
            try db.execute(
                sql: "UPDATE lease SET expires = ? WHERE name = ?", arguments: [(now + time).nanoseconds, Self.name])
            return ScheduleLease(epoch: lease.epoch, expires: now + time)
        }
    }

    /// Lets go of it, so that the next daemon need not wait.
    public func release(_ lease: ScheduleLease) async throws(StoreError) {
        try await store.write { db in
            try db.execute(
                sql: "UPDATE lease SET expires = 0 WHERE name = ? AND epoch = ?", arguments: [Self.name, lease.epoch])
        }
    }

    /// Whether the last daemon is there.
    public func isServed(at now: Instant) async throws(StoreError) -> Bool {
        let store = store
        return try await store.glance { db in
            let row = try Row.fetchOne(
                db, sql: "SELECT holder, boot, expires FROM lease WHERE name = ?", arguments: [Self.name])
            return row.map { $0["expires"] as Int64 > now.nanoseconds && store.fate(of: $0) != .dead } ?? false
        }
    }

    static func check(_ lease: ScheduleLease, _ store: JournalStore, _ db: Database) throws {
        try store.checkPlace()
        let epoch = try Int64.fetchOne(db, sql: "SELECT epoch FROM lease WHERE name = ?", arguments: [name])
        guard epoch == lease.epoch else { throw store.error(.leaseLost, "lease \(lease.epoch)") }
    }
}
