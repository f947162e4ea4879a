import Foundation
import GRDB
import IwinvCatalog
import RunStore
import Testing

/// The file of what scripts keep, as earlier versions have left it.
@Suite struct ScriptStateStoreTests {
    /// As the first version made it.
    private func makeEarlier(_ folder: String, _ rows: [[String]]) throws {
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let queue = try DatabaseQueue(path: folder + "/state.sqlite")
        var migrator = DatabaseMigrator()
        migrator.registerMigration("state-1") { db in
            try db.execute(
                sql: """
                    CREATE TABLE entry (
                        account TEXT NOT NULL, script TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL,
                        PRIMARY KEY (account, script, key)) STRICT, WITHOUT ROWID;
                    """)
        }
        try migrator.migrate(queue)
        try queue.write { db in
            for row in rows {
                try db.execute(sql: "INSERT INTO entry VALUES (?, ?, ?, ?)", arguments: StatementArguments(row))
            }
        }
        try queue.close()
    }

    @Test func `what an earlier version kept goes to the first script of that name that asks`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "state-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try makeEarlier(folder, [["acct", "rotate.lua", "last", "\"web-07\""], ["acct", "b.lua", "x", "1"]])
        let state = ScriptStateStore(folder: folder, account: "acct")
        func owner(_ folder: String, _ name: String = "rotate.lua") -> StateOwner {
            StateOwner(file: "\(folder)/\(name)", name: "rotate", fileName: name)
        }
        // A run that an earlier version began reads it where it was.
        #expect(try await state.value("last", of: .earlier("rotate.lua")) == "web-07")
        #expect(try await state.keys(of: owner("/A")) == ["last"])
        #expect(try await state.value("last", of: owner("/A")) == "web-07")
        #expect(try await state.keys(of: owner("/B")) == [])
        #expect(try await state.value("last", of: .earlier("rotate.lua")) == nil)
        #expect(try await ScriptStateStore(folder: folder, account: "other").keys(of: owner("/A", "b.lua")) == [])
        #expect(try await state.keys(of: owner("/C", "b.lua")) == ["x"])
        // Opened again, nothing moves a second time.
        #expect(try await ScriptStateStore(folder: folder, account: "acct").keys(of: owner("/A")) == ["last"])
    }
}
