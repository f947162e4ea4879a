import Clocks
import Foundation
import GRDB
import IwinvCatalog
@testable import RunStore
import Testing

@Suite struct JournalFailureTests {
    private let place = JournalScratch()

    @Test func `on a full disk nothing is half written, and the log says no from then on`() async throws {
        let journal = try await place.journal()
        let log = try await journal.begin(place.header, id: "r1", clock: place.clock)
        try await place.change(1, log)
        try await log.flush()
        let before = try await journal.entries(of: "r1").count
        try await journal.limitPages(to: 1)  // No page more than there are.
        log.note(.drawn(name: "small", value: 1))
        let big = JournalEvent.drawn(name: "big", value: .string(String(repeating: "x", count: 500_000)))
        let error = await #expect(throws: StoreError.self) { try await log.commit(big) }
        #expect(error?.code == .diskFull && error?.description.contains("no space") == true)
        #expect(try await journal.entries(of: "r1").count == before)
        // Room again: it does not matter, what was to stand there is missing.
        try await journal.limitPages(to: 1_000_000)
        let later = await #expect(throws: StoreError.self) { try await log.commit(.sending(call: 2, attempt: 1)) }
        #expect(later == error && log.failure == error)
        log.note(.stopped(reason: "full"))
        #expect(log.dropped == 2)
        await log.letGo()
        #expect(try await journal.verify().faults == [])
        // It goes on from what is there.
        let (again, entries) = try await journal.reopen("r1", clock: place.clock)
        #expect(entries.count == before)
        try await again.end("done", report: [:])
        #expect(try await journal.verify().faults == [])
    }

    @Test func `a run that cannot be written does not keep others from being written later`() async throws {
        let journal = try await place.journal()
        let (a, b) = (
            try await journal.begin(place.header, id: "a", clock: place.clock),
            try await journal.begin(place.header, id: "b", clock: place.clock)
        )
        try await journal.limitPages(to: 1)
        let big = JournalEvent.drawn(name: "big", value: .string(String(repeating: "x", count: 500_000)))
        await #expect(throws: StoreError.self) { try await a.commit(big) }
        try await journal.limitPages(to: 1_000_000)
        try await b.end("done", report: [:])
        #expect(try await journal.find("b").state == .ended("done"))
    }

    @Test func `a file of the first version becomes one of this, and a newer one is refused`() async throws {
        // As `journal-1` made it; migrations that follow are tried on it.
        let fixture = try #require(
            Bundle.module.url(forResource: "journal-1", withExtension: "sql", subdirectory: "schemas"))
        try FileManager.default.createDirectory(atPath: place.scratch.path, withIntermediateDirectories: true)
        try await place.database().write { db in
            try db.execute(sql: String(contentsOf: fixture, encoding: .utf8))
        }
        let journal = try await place.journal()
        #expect(try await journal.verify().faults == [])
        let run = try await journal.find("old")
        #expect(run.changes == 1 && run.unknown == 1 && run.state == .cut && run.script == "rename.lua")
        let (log, entries) = try await journal.reopen("old", clock: place.clock)
        #expect(entries.count == 4)
        try await log.end("done", report: [:])
        #expect(try await journal.approvals().map(\.id) == ["weekly"])
        #expect(try await journal.verify().faults == [])
        try await place.database().write { db in
            try db.execute(sql: "INSERT INTO grdb_migrations (identifier) VALUES ('from-the-future')")
        }
        let newer = await #expect(throws: StoreError.self) { try await place.journal() }
        #expect(newer?.code == .newer)
    }

    @Test func `an earlier schema is brought up to date`() throws {
        // The way a next version will do it, on a file of this one.
        var next = JournalSchema.migrator
        next.registerMigration("journal-next") { try $0.execute(sql: "ALTER TABLE run ADD COLUMN parent TEXT") }
        let file = StoreFile(folder: place.scratch.path, name: "journal.sqlite", durability: .survivesPowerCut)
        _ = try file.open(JournalSchema.migrator)
        let columns = try file.open(next).read { try $0.columns(in: "run").map(\.name) }
        #expect(columns.contains("parent"))
        let error = #expect(throws: StoreError.self) { try file.open(JournalSchema.migrator) }
        #expect(error?.code == .newer)
    }
}
