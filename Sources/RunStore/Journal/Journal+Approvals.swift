public import Clocks
import GRDB
public import IwinvCatalog
import IwinvWire

/// A yes that a person gave and that is to last.
public struct Approval: Sendable, Hashable {
    public var id: String
    public var made: Instant
    /// What was approved: script and modules by SHA-256, parameters, account, grants, limits; the caller's.
    public var body: JSONValue
}

extension Journal {
    /// The approvals that hold, by age.
    ///
    /// - Throws: ``StoreError``: `.altered` if any was edited: nothing is done on the word of such a list.
    public func approvals() async throws(StoreError) -> [Approval] {
        let store = store
        return try await store.glance { db in
            var approvals: [Approval] = []
            var last = ChainHash.origin
            try JournalRows.eachApproval(db) { row, hash in
                guard row.hash(after: last) == hash, let event = ApprovalEvent(rawValue: row.event),
                    let body = try? JSONCodec.decode(row.body)
                else { throw store.error(.altered, "approval \(row.id)") }
                last = hash
                approvals.removeAll { $0.id == row.id }
                guard event == .approved else { return }
                approvals.append(Approval(id: row.id, made: Instant(nanoseconds: row.at), body: body))
            }
            return approvals
        }
    }

    /// Keeps an approval; it takes the place of one with this id.
    public func approve(_ id: String, _ body: JSONValue, at instant: Instant) async throws(StoreError) {
        let bytes = JSONCodec.encode(body)
        try await store.write { db in
            try JournalRows.appendApproval(.approved, id: id, body: bytes, at: instant.nanoseconds, db)
        }
    }

    /// Takes an approval back.
    public func forget(_ id: String, at instant: Instant) async throws(StoreError) {
        try await store.write { db in
            try JournalRows.appendApproval(.forgotten, id: id, body: Array("null".utf8), at: instant.nanoseconds, db)
        }
    }
}

extension JournalRows {
    static func eachApproval(_ db: Database, _ visit: (ApprovalRow, _ hash: [UInt8]) throws -> Void) throws {
        let cursor = try Row.fetchCursor(
            db,
            sql: """
                SELECT number, CAST(id AS BLOB), at, CAST(event AS BLOB), CAST(body AS BLOB), hash FROM approval
                ORDER BY number
                """)
        while let row = try cursor.next() {
            let approval = ApprovalRow(
                number: row[0], id: String(decoding: bytes(row, 1), as: UTF8.self), at: row[2],
                event: String(decoding: bytes(row, 3), as: UTF8.self), body: bytes(row, 4))
            try visit(approval, bytes(row, 5))
        }
    }
}
