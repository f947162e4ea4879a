import Clocks
import Foundation
import GRDB
import IwinvCatalog
@testable import RunStore
import Testing

/// Edits by hand of a journal that has something in every table.
@Suite struct JournalVerifyTests {
    private let place = JournalScratch()

    /// Two ended runs, one of them resumed; one cut, one pruned, one under way that was asked to stop; approvals; claims, one
    /// of them taken over.
    private func journal() async throws -> Journal {
        let journal = try await place.journal()
        for id in ["gone", "first", "second"] {
            let claims = [RunClaim("plan \(id == "gone" ? "a" : "b")", isOnce: false)]
            let log = try await journal.begin(
                place.header, id: id, texts: ["return '\(id)'"], claims: claims, clock: place.clock)
            place.clock.advance(by: .seconds(1))
            try await place.change(1, log)
            try await log.end("done", report: ["run": .string(id)])
            if id == "gone" { try await journal.prune(Retention(count: 0), at: place.clock.now) }
        }
        let (again, _) = try await journal.reopen("second", clock: place.clock)
        again.note(.resumed(script: nil, options: [:]))
        try await again.end("failed", report: [:])
        let cut = try await journal.begin(place.header, id: "cut", clock: place.clock)
        try await cut.commit(.sending(call: 1, attempt: 1))
        await cut.letGo()
        let living = try await journal.begin(place.header, id: "living", clock: place.clock)
        _ = try await living.keep(["later"])
        try await journal.requestStop("living", at: place.clock.now)
        for id in ["weekly", "daily"] { try await journal.approve(id, ["script": "f00"], at: place.clock.now) }
        try await journal.forget("weekly", at: place.clock.now)
        return journal
    }

    private func faults(_ db: Database) throws -> [JournalFault] {
        var audit = JournalAudit(progress: { _, _ in })
        try audit.run(db)
        return audit.check.faults
    }

    /// What an edit leaves to be found; nil if SQLite refuses it or nothing is changed by it.
    private func faults(after sql: String, _ db: Database) throws -> [JournalFault]? {
        var found: [JournalFault]?
        try db.inSavepoint {
            do {
                try db.execute(sql: sql)
            } catch let error as DatabaseError
                where [.SQLITE_CONSTRAINT, .SQLITE_MISMATCH, .SQLITE_TOOBIG].contains(error.resultCode)
            {
                return .rollback
            }
            if db.changesCount > 0 { found = try faults(db) }
            return .rollback
        }
        return found
    }

    private func tables(_ db: Database) throws -> [String] {
        try String.fetchAll(
            db, sql: "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name")
    }

    @Test func `an edit of any column of any row of any table is found`() async throws {
        let journal = try await journal()
        try await place.database().writeWithoutTransaction { db in
            #expect(try faults(db) == [])
            let tables = try tables(db)
            #expect(
                tables == ["approval", "claim", "entry", "grdb_migrations", "head", "holder", "run", "stop", "text"])
            for table in tables {
                let keys = try db.primaryKey(table).columns
                for column in try db.columns(in: table) {
                    var found = 0
                    for row in try Row.fetchAll(db, sql: "SELECT * FROM \(table)") {
                        let key = keys.map { "\($0) IS \(literal(row[$0]))" }.joined(separator: " AND ")
                        for value in edits(of: column.name) {
                            let sql =
                                "UPDATE \(table) SET \(column.name) = \(value) WHERE \(key) AND \(column.name) IS NOT \(value)"
                            guard let faults = try faults(after: sql, db) else { continue }
                            found += 1
                            #expect(!faults.isEmpty, "\(sql)")
                        }
                    }
                    #expect(found > 0, "no edit of \(table).\(column.name) was possible")
                }
            }
        }
        withExtendedLifetime(journal) {}
    }

    /// Of whatever type: those that do not fit are refused.
    private func edits(of column: String) -> [String] {
        [
            "\(column) + 1", "\(column) - 1", "-\(column)", "\(column) || 'x'", "\(column) || char(0) || 'x'",
            "upper(\(column))",
            "CAST(\(column) || x'00' AS BLOB)", "CAST(substr(\(column), 2) AS BLOB)", "substr(\(column), 2)", "NULL",
            "0", "''", "x''",
        ]
    }

    private func literal(_ value: DatabaseValue) -> String {
        switch value.storage {
        case .int64(let number): "\(number)"
        case .string(let text): "'\(text)'"
        default: "NULL"
        }
    }

    @Test func `a row that is missing is found, in whatever table`() async throws {
        let journal = try await journal()
        try await place.database().writeWithoutTransaction { db in
            // Rows of living runs come and go.
            for table in try tables(db) where table != "holder" && table != "stop" {
                let keys = try db.primaryKey(table).columns
                for row in try Row.fetchAll(db, sql: "SELECT * FROM \(table)") {
                    let key = keys.map { "\($0) IS \(literal(row[$0]))" }.joined(separator: " AND ")
                    let faults = try faults(after: "DELETE FROM \(table) WHERE \(key)", db)
                    #expect(faults?.isEmpty == false, "\(table) \(key)")
                }
            }
        }
        withExtendedLifetime(journal) {}
    }

    @Test(arguments: [
        // Two bodies change places.
        """
        UPDATE entry SET body = (SELECT body FROM entry AS other WHERE other.run = 'first' AND other.seq = 9 - entry.seq)
        WHERE run = 'first' AND seq IN (4, 5)
        """,
        // Two whole runs change names.
        """
        UPDATE entry SET run = 'between' WHERE run = 'first'; UPDATE entry SET run = 'first' WHERE run = 'second';
        UPDATE entry SET run = 'second' WHERE run = 'between'
        """,
        // An entry more, at the end.
        """
        INSERT INTO entry SELECT run, seq + 1, at, kind, call, body, hash FROM entry
        WHERE run = 'first' ORDER BY seq DESC LIMIT 1
        """,
        "INSERT INTO entry SELECT 'new', seq, at, kind, call, body, hash FROM entry WHERE run = 'first' AND seq = 0",
        "DELETE FROM entry WHERE run = 'first'", "DELETE FROM entry WHERE run = 'living' AND seq = 1",
        "DELETE FROM approval", "DELETE FROM head WHERE number > 3", "DELETE FROM head",
    ]) func `rows that were moved, added or taken away are found`(_ sql: String) async throws {
        let journal = try await journal()
        try await place.database().writeWithoutTransaction { db in
            let found = try faults(after: sql, db)
            #expect(found?.isEmpty == false)
        }
        withExtendedLifetime(journal) {}
    }

    @Test func `an end that was cut off is found though the list was made to fit`() async throws {
        let journal = try await journal()
        let edits = [
            "DELETE FROM entry WHERE run = 'first' AND kind = 'ended'",
            """
            UPDATE run SET ended = NULL, ended_at = NULL, entries = entries - 1,
            head = (SELECT hash FROM entry WHERE entry.run = run.id ORDER BY seq DESC LIMIT 1) WHERE id = 'first'
            """,
        ].joined(separator: ";")
        try await place.database().writeWithoutTransaction { db in
            let faults = try faults(after: edits, db) ?? []
            #expect(faults.map(\.row) == ["first"] && faults.map(\.table) == ["entry"])
        }
        // A run that was wiped out, entries and all, is still in the chain over all.
        try await place.database().writeWithoutTransaction { db in
            let wipe = "DELETE FROM entry WHERE run = 'cut'; DELETE FROM run WHERE id = 'cut'"
            let found = try faults(after: wipe, db)
            #expect(found?.map(\.row) == ["cut"])
        }
        withExtendedLifetime(journal) {}
    }

    @Test func `a fault names its place, and an edited run is not resumed`() async throws {
        let journal = try await journal()
        try await place.database().write { db in
            try db.execute(sql: "UPDATE entry SET body = '{}' WHERE run = 'cut' AND seq = 1")
            try db.execute(sql: "UPDATE run SET script = 'other.lua' WHERE id = 'first'")
            try db.execute(sql: "UPDATE approval SET body = '{}' WHERE number = 2")
        }
        let faults = try await journal.verify().faults
        #expect(
            faults.map { "\($0)" }.sorted() == [
                "approval daily: does not fit the chain", "entry cut, entry 1: does not fit the chain",
                "run cut, open: is not what the entries add up to",
                "run first, script: is not what the entries add up to",
            ])
        let resumed = await #expect(throws: StoreError.self) { try await journal.reopen("cut", clock: place.clock) }
        #expect(resumed?.code == .altered)
        let approvals = await #expect(throws: StoreError.self) { try await journal.approvals() }
        #expect(approvals?.code == .altered)
    }

    @Test(arguments: [
        "DROP INDEX entry_texts", "CREATE TABLE other (x)",
        "CREATE TRIGGER quiet AFTER INSERT ON stop BEGIN DELETE FROM stop; END",
    ])
    func `what was done to the tables themselves is found`(_ sql: String) async throws {
        let journal = try await journal()
        #expect(try await journal.verify().faults.isEmpty)
        try await place.database().write { db in try db.execute(sql: sql) }
        #expect(try await journal.verify().faults.map(\.table) == ["sqlite_schema"])
    }
}
