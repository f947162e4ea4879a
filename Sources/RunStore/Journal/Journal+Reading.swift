import Clocks
import GRDB
import IwinvCatalog
import IwinvWire

/// Looking at runs; nobody who writes waits for it.
extension Journal {
    /// The entries of a run as they are; none if there is no such run.
    public func entries(of id: String) async throws(StoreError) -> [JournalEntry] {
        let store = store
        return try await store.read { db in
            var entries: [JournalEntry] = []
            try JournalRows.eachEntry(of: id, db) { _, record, _ in
                guard let entry = record.entry else {
                    throw store.error(.altered, "run \(id), entry \(record.sequence)")
                }
                entries.append(entry)
            }
            return entries
        }
    }

    /// A text that was put aside, by its SHA-256.
    public func text(_ hash: String) async throws(StoreError) -> String? {
        try await store.read { db in
            let row = try Row.fetchOne(db, sql: "SELECT body FROM text WHERE hash = ?", arguments: [hash])
            return row.map { String(decoding: JournalRows.bytes($0, 0), as: UTF8.self) }
        }
    }

    /// The run that a person means: an id, the beginning of one, or `last`.
    ///
    /// - Throws: ``StoreError``: `.unknownRun`, `.ambiguousRun`.
    public func find(_ prefix: String) async throws(StoreError) -> RunSummary {
        let store = store
        return try await store.read { db in
            let living = try Self.living(store, db)
            if prefix == "last" {
                guard let last = try Self.summaries("ORDER BY number DESC LIMIT 1", [], living, db).first else {
                    throw store.error(.unknownRun, "yet")
                }
                return last
            }
            if let exact = try Self.summaries("WHERE id = ?", [prefix], living, db).first { return exact }
            // A range of the index; LIKE would take `_` and `%` for more than they are.
            let filter = "WHERE id >= ? AND substr(id, 1, length(?)) = ? ORDER BY id LIMIT 4"
            let found =
                prefix.isEmpty ? [] : try Self.summaries(filter, [prefix, prefix, prefix], living, db)
            guard let first = found.first else { throw store.error(.unknownRun, prefix) }
            guard found.count == 1 else {
                throw store.error(.ambiguousRun, found.prefix(3).map(\.id).joined(separator: ", "))
            }
            return first
        }
    }

    /// Runs, the newest first.
    public func runs(
        _ filter: RunFilter = RunFilter(), limit: Int = 50, offset: Int = 0
    ) async throws(StoreError) -> [RunSummary] {
        let store = store
        return try await store.read { db in
            var conditions: [String] = []
            var arguments: StatementArguments = []
            for (column, value) in [("kind", filter.kind), ("script", filter.script), ("account", filter.account)] {
                guard let value else { continue }
                conditions.append("\(column) = ?")
                arguments += [value]
            }
            if filter.isOpen { conditions.append("ended IS NULL") }
            let clause = conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
            return try Self.summaries(
                "\(clause) ORDER BY number DESC LIMIT ? OFFSET ?", arguments + [limit, offset],
                try Self.living(store, db), db)
        }
    }

    /// A run's entries as lines of JSON, with their hashes: who has them can check the chain without the file.
    ///
    /// - Parameter write: Is given one line after the other, without line ends.
    public func export(_ id: String, to write: @escaping @Sendable (String) -> Void) async throws(StoreError) {
        let store = store
        try await store.read { db in
            try JournalRows.eachEntry(of: id, db) { run, record, hash in
                let line = JSONValue(
                    present: [
                        "run": .string(run), "seq": .integer(record.sequence), "at": .integer(record.at),
                        "kind": .string(String(decoding: record.kind, as: UTF8.self)),
                        "call": record.call.map(JSONValue.integer) ?? .null,
                        // As text: the hash is over these very bytes.
                        "body": .string(String(decoding: record.body, as: UTF8.self)),
                        "hash": .string(SHA256.hex(of: hash)),
                    ])
                write(String(decoding: JSONCodec.encode(line), as: UTF8.self))
            }
        }
    }

    private static func living(_ store: JournalStore, _ db: Database) throws -> Set<String> {
        let rows = try Row.fetchAll(db, sql: "SELECT run, holder, boot FROM holder")
        return Set(rows.filter { store.fate(of: $0) != .dead }.map { $0["run"] as String })
    }

    private static func summaries(
        _ clause: String, _ arguments: StatementArguments, _ living: Set<String>, _ db: Database
    ) throws -> [RunSummary] {
        let columns =
            "number, id, started, kind, script, account, ended, ended_at, changes, unknown, open, entries"
        let cursor = try Row.fetchCursor(
            db.cachedStatement(sql: "SELECT \(columns) FROM run \(clause)"), arguments: arguments)
        var summaries: [RunSummary] = []
        while let row = try cursor.next() {
            let id: String = row[1]
            let state: RunSummary.State =
                if let ended = row[6] as String? {
                    .ended(ended)
                } else {
                    living.contains(id) ? .running : .cut
                }
            summaries.append(
                RunSummary(
                    number: row[0], id: id, started: Instant(nanoseconds: row[2]), kind: row[3], script: row[4],
                    account: row[5], state: state, endedAt: (row[7] as Int64?).map(Instant.init(nanoseconds:)),
                    changes: row[8], unknown: row[9], open: row[10], entries: row[11]))
        }
        return summaries
    }
}
