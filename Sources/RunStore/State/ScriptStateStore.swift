import GRDB
public import IwinvCatalog
import IwinvWire

/// What scripts keep from one run to the next: `state.sqlite`, one row for each key of a script of an account.
///
/// ```swift
/// let store = ScriptStateStore(folder: state, account: account)
/// try await store.set("last", to: "web-07", of: "rolling-reboot.lua")
/// ```
///
/// The file is opened when it is first used. A value is on disk when ``set(_:to:of:)`` returns.
public actor ScriptStateStore {
    private nonisolated let file: StoreFile
    private nonisolated let account: String
    private var queue: DatabaseQueue?

    /// - Parameters:
    ///   - folder: Made with mode 0700 if it is not there; the file has mode 0600.
    ///   - account: Which cloud and whose: others do not see its keys.
    public init(folder: String, account: String) {
        file = StoreFile(folder: folder, name: "state.sqlite", durability: .survivesPowerCut)
        self.account = account
    }

    /// The value of a key; nil if there is none.
    ///
    /// - Throws: ``StoreError``.
    public func value(_ key: String, of script: String) async throws(StoreError) -> JSONValue? {
        let account = account
        let text: String? = try await access { db in
            try String.fetchOne(
                db, sql: "SELECT value FROM entry WHERE account = ? AND script = ? AND key = ?",
                arguments: [account, script, key])
        }
        guard let text else { return nil }
        do { return try JSONCodec.decode(Array(text.utf8)) } catch {
            throw StoreError(.corrupt, path: file.path, detail: "a value is no JSON")
        }
    }

    /// Gives a key a value; nil takes it away.
    ///
    /// - Throws: ``StoreError``.
    public func set(_ key: String, to value: JSONValue?, of script: String) async throws(StoreError) {
        let account = account
        let text = value.map { String(decoding: JSONCodec.encode($0), as: UTF8.self) }
        try await access { db in
            if let text {
                try db.execute(
                    sql: "INSERT INTO entry VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
                    arguments: [account, script, key, text])
            } else {
                try db.execute(
                    sql: "DELETE FROM entry WHERE account = ? AND script = ? AND key = ?",
                    arguments: [account, script, key])
            }
        }
    }

    /// The keys of a script, sorted.
    ///
    /// - Throws: ``StoreError``.
    public func keys(of script: String) async throws(StoreError) -> [String] {
        let account = account
        return try await access { db in
            try String.fetchAll(
                db, sql: "SELECT key FROM entry WHERE account = ? AND script = ? ORDER BY key",
                arguments: [account, script])
        }
    }

    private func access<Value: Sendable>(
        _ work: @escaping @Sendable (Database) throws -> Value
    ) async throws(StoreError) -> Value {
        let queue = try await opened()
        return try await Blocking.run { [file] () throws(StoreError) in
            do { return try queue.write(work) } catch { throw file.problem(error) }
        }
    }

    private func opened() async throws(StoreError) -> DatabaseQueue {
        if let queue { return queue }
        let opened = try await Blocking.run { [file] () throws(StoreError) in try file.open(Self.migrator) }
        // Another call may have opened it meanwhile.
        let kept = queue ?? opened
        queue = kept
        return kept
    }

    private static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("state-1") { db in try db.execute(sql: schema) }
        return migrator
    }

    /// Files with it exist: a change is another migration.
    private static let schema = """
        CREATE TABLE entry (
            account TEXT NOT NULL, script TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL,
            PRIMARY KEY (account, script, key)) STRICT, WITHOUT ROWID;
        """
}
