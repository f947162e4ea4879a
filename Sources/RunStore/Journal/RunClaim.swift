import GRDB
import IwinvCatalog

/// What only one run may do: carry a plan out, take a run back. The look and the claim are one transaction, on a unique key;
/// a claim outlives the run's record.
public struct RunClaim: Sendable, Hashable {
    /// What it is about, such as a plan's digest with its account.
    public var subject: String
    /// Whether a run that has made something of it keeps anybody else from doing it again.
    public var isOnce: Bool

    public init(_ subject: String, isOnce: Bool) {
        (self.subject, self.isOnce) = (subject, isOnce)
    }

    /// To carry out a plan.
    ///
    /// - Parameters:
    ///   - digest: The plan's.
    ///   - isOnce: Whether it makes something that a second time would make once more.
    public static func plan(_ digest: String, account: String, isOnce: Bool) -> RunClaim {
        RunClaim("plan \(digest) \(account)", isOnce: isOnce)
    }

    /// To take back what a run has changed.
    public static func undo(of run: String) -> RunClaim { RunClaim("undo \(run)", isOnce: false) }

    /// The digest of the plan that a run carries out, by its first entry.
    static func digest(in begun: JSONValue) -> String? {
        (begun["header"] ?? begun)["parameters"]?["plan"]?["digest"]?.stringValue
    }
}

/// Why a claim cannot be had.
public struct ClaimConflict: Sendable, Hashable {
    public enum State: Sendable, Hashable {
        /// A living process is at it.
        case underway
        /// It was interrupted, and may go on.
        case interrupted
        /// It has done it.
        case done
        /// It has done it, or may have; its record is gone.
        case pruned
    }

    public var run: String
    public var state: State
}

extension Journal {
    /// The run that has claimed something last; nil if none has.
    public func claimant(of subject: String) async throws(StoreError) -> String? {
        try await store.glance { db in try JournalRows.claimant(of: subject, db) }
    }
}

extension JournalRows {
    static func claimant(of subject: String, _ db: Database) throws -> String? {
        let sql = "SELECT CAST(run AS BLOB) FROM claim WHERE subject = ?"
        return try Row.fetchOne(db, sql: sql, arguments: [subject]).map {
            String(decoding: bytes($0, 0), as: UTF8.self)
        }
    }

    /// The chain over all runs has it, too, so that a claim that was taken away by hand is missed.
    static func setClaim(_ claim: RunClaim, of run: String, at instant: Int64, _ db: Database) throws {
        let seal = seal([claim.subject, run])
        try appendHead(.claimed, subject: claim.subject, entries: 0, hash: seal, at: instant, db)
        try db.execute(
            sql: "INSERT OR REPLACE INTO claim (subject, run, seal) VALUES (?, ?, ?)",
            arguments: [claim.subject, run, blob(seal)])
    }

    /// Who keeps a run from claiming something; nil if nobody does.
    ///
    /// - Parameter makes: Whether a run has made, or may have made, what must not be made twice.
    static func conflict(
        _ claim: RunClaim, makes: (RunHistory) -> Bool, _ store: JournalStore, _ db: Database
    ) throws -> ClaimConflict? {
        guard let owner = try claimant(of: claim.subject, db) else { return nil }
        guard let row = try Row.fetchOne(db, sql: "SELECT ended FROM run WHERE id = ?", arguments: [owner]) else {
            return claim.isOnce ? ClaimConflict(run: owner, state: .pruned) : nil
        }
        if try store.isHeld(owner, db) { return ClaimConflict(run: owner, state: .underway) }
        if (row[0] as String?) == nil { return ClaimConflict(run: owner, state: .interrupted) }
        guard claim.isOnce else { return nil }
        var entries: [JournalEntry] = []
        try eachEntry(of: owner, db) { _, record, _ in
            guard let entry = record.entry else {
                throw store.error(.altered, "run \(owner), entry \(record.sequence)")
            }
            entries.append(entry)
        }
        return makes(RunHistory(entries)) ? ClaimConflict(run: owner, state: .done) : nil
    }
}
