import GRDB
import Synchronization

/// The file: one connection that writes, and several that read once somebody does.
final class JournalStore: Sendable {
    let file: StoreFile
    let queue: DatabaseQueue
    private let identity: StoreFile.Identity?
    private let openReaders = Mutex<DatabasePool?>(nil)
    let holder: BudgetHolder
    let boot: String
    private let fate: @Sendable (BudgetHolder) -> BudgetHolder.Fate

    /// Blocks its thread.
    init(
        folder: String, name: String = "journal.sqlite", migrator: DatabaseMigrator = JournalSchema.migrator,
        holder: BudgetHolder, boot: String,
        fate: (@Sendable (BudgetHolder) -> BudgetHolder.Fate)?
    ) throws(StoreError) {
        file = StoreFile(folder: folder, name: name, durability: .survivesPowerCut)
        let fate = fate ?? { holder.fate(of: $0) }
        queue = try file.open(migrator) { db in
            // The schedules' file is opened the same way, and has no runs.
            try !db.tableExists("holder")
                ? nil
                : Row.fetchAll(db, sql: "SELECT run, holder, boot FROM holder")
                    .first { Self.fate(of: $0, boot: boot, fate) == .alive }.map { "run \($0["run"] as String)" }
        }
        identity = file.identity
        self.holder = holder
        self.boot = boot
        self.fate = fate
    }

    /// One transaction that writes; on disk when this returns. Goes through even if the calling task is cancelled.
    func write<Value: Sendable>(
        _ work: @escaping @Sendable (Database) throws -> Value
    ) async throws(StoreError) -> Value {
        let result: Result<Value, StoreError> = await withCheckedContinuation { continuation in
            queue.asyncWriteWithoutTransaction { [file] db in
                continuation.resume(returning: Self.transaction(db, file, work))
            }
        }
        return try result.get()
    }

    /// All or nothing.
    static func transaction<Value>(
        _ db: Database, _ file: StoreFile, _ work: (Database) throws -> Value
    ) -> Result<Value, StoreError> {
        do {
            var value: Value?
            try db.inTransaction(.immediate) {
                value = try work(db)
                return .commit
            }
            guard let value else { throw StoreError(.other, path: file.path, detail: "no transaction") }
            return .success(value)
        } catch {
            return .failure(file.problem(error))
        }
    }

    /// One state of the file; does not keep anybody from writing.
    func read<Value: Sendable>(
        _ work: @escaping @Sendable (Database) throws -> Value
    ) async throws(StoreError) -> Value {
        try await Self.read(readers(), file, work)
    }

    /// The same by the connection that writes: for a run's only look, which is not worth opening another one.
    func glance<Value: Sendable>(
        _ work: @escaping @Sendable (Database) throws -> Value
    ) async throws(StoreError) -> Value {
        try await Self.read(queue, file, work)
    }

    private static func read<Value: Sendable>(
        _ database: any DatabaseReader, _ file: StoreFile, _ work: @escaping @Sendable (Database) throws -> Value
    ) async throws(StoreError) -> Value {
        let result: Result<Value, StoreError> = await withCheckedContinuation { continuation in
            database.asyncRead { connection in
                do {
                    continuation.resume(returning: .success(try work(try connection.get())))
                } catch {
                    continuation.resume(returning: .failure(file.problem(error)))
                }
            }
        }
        return try result.get()
    }

    private func readers() throws(StoreError) -> DatabasePool {
        let opened = openReaders.withLock { pool -> Result<DatabasePool, StoreError> in
            if let pool { return .success(pool) }
            do throws(StoreError) {
                let made = try file.readers()
                pool = made
                return .success(made)
            } catch {
                return .failure(error)
            }
        }
        return try opened.get()
    }

    /// Whether the process of a holder's row still lives.
    func fate(of row: Row) -> BudgetHolder.Fate { Self.fate(of: row, boot: boot, fate) }

    private static func fate(
        of row: Row, boot: String, _ fate: (BudgetHolder) -> BudgetHolder.Fate
    ) -> BudgetHolder.Fate {
        // Of another start of the machine, or no holder at all: nobody who lives.
        guard row["boot"] == boot, let holder = BudgetHolder(row["holder"]) else { return .dead }
        return fate(holder)
    }

    /// Whether a living process has the run; one that is out of sight may live.
    func isHeld(_ run: String, _ db: Database) throws -> Bool {
        let sql = "SELECT holder, boot FROM holder WHERE run = ?"
        guard let row = try Row.fetchOne(db.cachedStatement(sql: sql), arguments: [run]) else { return false }
        return fate(of: row) != .dead
    }

    /// SQLite goes on with a file that was moved away, and never looks at the one that others see in its place.
    ///
    /// - Throws: ``StoreError``: `.moved`.
    func checkPlace() throws(StoreError) {
        guard file.identity == identity else { throw error(.moved, "another file") }
    }

    func error(_ code: StoreError.Code, _ detail: String) -> StoreError {
        StoreError(code, path: file.path, detail: detail)
    }
}
