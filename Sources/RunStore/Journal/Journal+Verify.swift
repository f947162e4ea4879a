import GRDB
import IwinvWire

extension Journal {
    /// Looks at every row of the journal for edits: each entry against its run's chain, the runs against the chain over
    /// them, the list against the entries, texts against their names.
    ///
    /// Who rewrites all chains from some point on, to the end of the file, is not found.
    ///
    /// - Parameter progress: Is told how many entries were looked at, and how many there are.
    /// - Throws: ``StoreError`` if the file cannot be read.
    public func verify(
        _ progress: @escaping @Sendable (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) async throws(StoreError) -> JournalCheck {
        let store = store
        return try await store.read { db in
            var audit = JournalAudit(progress: progress)
            try audit.run(db)
            return audit.check
        }
    }
}

/// One look at all tables, in one state of the file.
struct JournalAudit {
    let progress: (Int, Int) -> Void
    var check = JournalCheck()
    /// What the chain over all says, by run.
    var heads: [String: [HeadRow]] = [:]
    var approvalHeads: [HeadRow] = []
    /// The last of each claim.
    var claims: [String: HeadRow] = [:]
    /// What the entries add up to, of runs that have any.
    var seen: Set<String> = []
    /// Texts that must be there.
    var wanted: Set<String> = []

    mutating func run(_ db: Database) throws {
        let known = JournalSchema.migrator.migrations.map { SHA256.hex($0) }
        let applied = try texts(db, "SELECT CAST(identifier AS BLOB) FROM grdb_migrations").map { SHA256.hex($0[0]) }
        if Set(applied) != Set(known) { fault("grdb_migrations", "all", "not the migrations of this version") }
        try verifySchema(db)
        try verifyHeads(db)
        try verifyRuns(db)
        try verifyTexts(db)
        try verifyApprovals(db)
        try verifyHolders(db)
        try verifyClaims(db)
    }

    /// Tables, indexes and nothing else: a trigger could write what nobody has written.
    private mutating func verifySchema(_ db: Database) throws {
        let made = try DatabaseQueue()
        try JournalSchema.migrator.migrate(made)
        let wanted = try made.read(Self.schema)
        let found = try Self.schema(db)
        for name in Set(wanted.keys).union(found.keys).sorted() where wanted[name] != found[name] {
            fault("sqlite_schema", name, wanted[name] == nil ? "is not of the journal" : "is not as the journal has it")
        }
    }

    private static func schema(_ db: Database) throws -> [String: String] {
        let rows = try Row.fetchAll(
            db, sql: "SELECT name, type || ' ' || tbl_name || ' ' || coalesce(sql, '') FROM sqlite_schema")
        return Dictionary(rows.map { ($0[0], $0[1]) }, uniquingKeysWith: { first, _ in first })
    }

    mutating func fault(
        _ table: String, _ row: String, sequence: Int64? = nil, column: String? = nil, _ detail: String
    ) {
        check.faults.append(
            JournalFault(table: table, row: row, sequence: sequence, column: column, detail: detail))
    }

    private mutating func verifyHeads(_ db: Database) throws {
        let cursor = try Row.fetchCursor(
            db,
            sql: """
                SELECT number, at, CAST(event AS BLOB), CAST(subject AS BLOB), entries, subject_hash, hash FROM head
                ORDER BY number
                """)
        var (last, number) = (ChainHash.origin, Int64(0))
        while let row = try cursor.next() {
            let head = HeadRow(
                number: row[0], at: row[1], event: String(decoding: JournalRows.bytes(row, 2), as: UTF8.self),
                subject: String(decoding: JournalRows.bytes(row, 3), as: UTF8.self), entries: row[4],
                subjectHash: JournalRows.bytes(row, 5))
            number += 1
            if head.number != number {
                fault("head", "\(head.number)", column: "number", "rows are missing or numbered anew")
                number = head.number
            }
            let hash = JournalRows.bytes(row, 6)
            if head.hash(after: last) != hash { fault("head", "\(number)", "does not fit the chain") }
            last = hash
            switch HeadEvent(rawValue: head.event) {
            case .claimed: claims[head.subject] = head
            case let event? where event.isOfRun: heads[head.subject, default: []].append(head)
            default: approvalHeads.append(head)
            }
        }
    }

    private mutating func verifyTexts(_ db: Database) throws {
        var known: Set<String> = []
        let cursor = try Row.fetchCursor(db, sql: "SELECT CAST(hash AS BLOB), body FROM text")
        while let row = try cursor.next() {
            let name = String(decoding: JournalRows.bytes(row, 0), as: UTF8.self)
            known.insert(name)
            if SHA256.hex(JournalRows.bytes(row, 1)) != name { fault("text", name, "is not what its name says") }
        }
        check.texts = known.count
        for name in wanted.subtracting(known).sorted() { fault("text", name, "is missing") }
    }

    private mutating func verifyApprovals(_ db: Database) throws {
        var last = ChainHash.origin
        var rows: [(ApprovalRow, [UInt8])] = []
        try JournalRows.eachApproval(db) { rows.append(($0, $1)) }
        check.approvals = rows.count
        for (row, hash) in rows {
            if row.hash(after: last) != hash { fault("approval", row.id, "does not fit the chain") }
            last = hash
        }
        // Each has its link in the chain over all, so that the last ones cannot just be cut off.
        let links = approvalHeads.map { [$0.event, $0.subject, "\($0.at)", "\($0.entries)", "\($0.subjectHash)"] }
        let wanted = rows.map { [$0.event, $0.id, "\($0.at)", "\($0.number)", "\($1)"] }
        if links != wanted { fault("approval", "all", "rows and their links in the chain over all differ") }
    }

    /// Each is as its last link in the chain over all says; its run may have been pruned.
    private mutating func verifyClaims(_ db: Database) throws {
        var missing = claims
        for row in try texts(db, "SELECT CAST(subject AS BLOB), CAST(run AS BLOB), seal FROM claim") {
            let fields = row.dropLast().map { String(decoding: $0, as: UTF8.self) }
            let subject = fields.first ?? ""
            let link = missing.removeValue(forKey: subject)
            if link?.subjectHash != row.last || JournalRows.seal(fields) != row.last {
                fault("claim", subject, "is not as written")
            }
        }
        for subject in missing.keys.sorted() { fault("claim", subject, "is missing") }
    }

    private mutating func verifyHolders(_ db: Database) throws {
        let holders = "SELECT CAST(run AS BLOB), CAST(holder AS BLOB), CAST(boot AS BLOB), seal FROM holder"
        try verifySeals("holder", holders, db)
        try verifySeals("stop", "SELECT CAST(run AS BLOB), CAST(CAST(at AS TEXT) AS BLOB), seal FROM stop", db)
    }

    /// Rows of living runs: sealed, each by itself.
    private mutating func verifySeals(
        _ table: String, _ sql: String, _ db: Database
    ) throws {
        for row in try texts(db, sql) {
            let fields = row.dropLast().map { String(decoding: $0, as: UTF8.self) }
            let run = fields.first ?? ""
            if JournalRows.seal(fields) != row.last { fault(table, run, "is not as written") }
            if !seen.contains(run) { fault(table, run, "of no run") }
        }
    }

    /// All rows of a query of nothing but bytes: a text as a String would end at a zero byte.
    private func texts(_ db: Database, _ sql: String) throws -> [[[UInt8]]] {
        try Row.fetchAll(db, sql: sql).map { row in (0..<row.count).map { JournalRows.bytes(row, $0) } }
    }
}
