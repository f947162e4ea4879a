import Clocks
import Foundation
import GRDB

/// A database file that only its owner can read, made on first use.
struct StoreFile: Sendable {
    /// What a commit waits for.
    enum Durability: String, Sendable {
        /// A kill of the process loses nothing; a power cut may lose the last commits, but damages nothing: only when the WAL
        /// is folded into the file is anything synced.
        case survivesKill = "NORMAL"
        /// The disk has it: each commit syncs the WAL.
        case survivesPowerCut = "FULL"
    }

    let folder: String
    let name: String
    var durability = Durability.survivesKill

    var path: String { (folder as NSString).appendingPathComponent(name) }

    /// Makes folder and file, and opens a database whose statements wait for other processes.
    ///
    /// - Parameters:
    ///   - migrator: Brings the schema up to date; one process at a time.
    ///   - user: Names a living process that uses the file as an earlier version made it. Nothing is migrated under it.
    /// - Throws: ``StoreError``.
    func open(
        _ migrator: DatabaseMigrator, user: (Database) throws -> String? = { _ in nil }
    ) throws(StoreError) -> DatabaseQueue {
        if let queue = openAsItIs(migrator) { return queue }
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw StoreError(.unwritable, path: folder, detail: Self.reason(error))
        }
        // One opens at a time: the change to WAL and the first migration do not wait for each other in SQLite.
        let lock = try descriptor(folder, O_RDONLY | O_DIRECTORY)
        defer { close(lock) }
        try lockForOpening(lock)
        // SQLite gives its -wal and -shm the mode of the file.
        let file = try descriptor(path, O_RDWR | O_CREAT)
        fchmod(file, 0o600)
        close(file)
        do {
            let queue = try connect()
            if try queue.read(migrator.hasBeenSuperseded) {
                throw StoreError(.newer, path: path, detail: "unknown migrations")
            }
            let user = try queue.read { db in
                let applied = try migrator.appliedIdentifiers(db)
                return applied.isEmpty || applied == Set(migrator.migrations) ? nil : try user(db)
            }
            if let user { throw StoreError(.older, path: path, detail: user) }
            try migrator.migrate(queue)
            return queue
        } catch {
            throw problem(error)
        }
    }

    /// As long as statements wait for other processes: one that is stopped in the middle keeps nobody for ever.
    private func lockForOpening(_ folder: Int32) throws(StoreError) {
        guard FileLock.take(folder, looksAgain: Self.waits) == 0 else {
            throw StoreError(.busy, path: path, detail: "another process is opening it")
        }
    }

    /// The file of an earlier run, which most often has nothing to be made or mended; nil if it may have.
    private func openAsItIs(_ migrator: DatabaseMigrator) -> DatabaseQueue? {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & 0o777 == 0o600, status.st_size > 0,
            let queue = try? connect(),
            (try? queue.read { db in
                try migrator.appliedIdentifiers(db) == Set(migrator.migrations)
            }) ?? false
        else { return nil }
        return queue
    }

    private func connect() throws -> DatabaseQueue {
        let queue = try DatabaseQueue(path: path, configuration: Self.configuration)
        // Not in `prepareDatabase`: after that GRDB makes it NORMAL for every WAL file.
        try queue.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA synchronous = \(durability.rawValue)")
            // Who opens the file first reads the whole WAL: with SQLite's 1,000 pages that can be a tenth of a start.
            try db.execute(sql: "PRAGMA wal_autocheckpoint = 200")
        }
        return queue
    }

    /// Connections that only read, several at once, each from one state of the file; writers do not wait for them.
    ///
    /// - Throws: ``StoreError``.
    func readers() throws(StoreError) -> DatabasePool {
        var configuration = Self.configuration
        configuration.readonly = true
        do {
            return try DatabasePool(path: path, configuration: configuration)
        } catch {
            throw problem(error)
        }
    }

    /// Which file is there now; nil if there is none.
    var identity: Identity? {
        var status = stat()
        return stat(path, &status) == 0 ? Identity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino)) : nil
    }

    /// What tells a file from another one that comes to its place.
    struct Identity: Sendable, Hashable {
        var device: UInt64
        var inode: UInt64
    }

    /// What kept the file from being used.
    func problem(_ error: any Error) -> StoreError {
        if let error = error as? StoreError { return error }
        guard let error = error as? DatabaseError else {
            return StoreError(.other, path: path, detail: "\(type(of: error))")
        }
        let code: StoreError.Code =
            switch error.resultCode {
            case .SQLITE_BUSY, .SQLITE_LOCKED: .busy
            case .SQLITE_FULL: .diskFull
            case .SQLITE_CORRUPT, .SQLITE_NOTADB: .corrupt
            case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH: .unwritable
            default: .other
            }
        // SQLite's own words for the code: the message of the error could quote values.
        return StoreError(code, path: path, detail: "SQLite \(error.resultCode)")
    }

    private func descriptor(_ path: String, _ flags: Int32) throws(StoreError) -> Int32 {
        let file = Foundation.open(path, flags | O_CLOEXEC, 0o600)
        guard file >= 0 else {
            let code = errno
            throw StoreError(
                code == ENOSPC || code == EDQUOT ? .diskFull : .unwritable, path: path,
                detail: String(cString: strerror(code)))
        }
        return file
    }

    private static func reason(_ error: any Error) -> String {
        let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
        return underlying?.domain == NSPOSIXErrorDomain
            ? String(cString: strerror(Int32(underlying?.code ?? 0))) : "the folder could not be made"
    }

    private static var configuration: GRDB.Configuration {
        var configuration = GRDB.Configuration()
        configuration.journalMode = .wal
        configuration.busyMode = .callback(waits)
        return configuration
    }

    /// Sleeps before another look at what another process holds: some seconds in all.
    ///
    /// SQLite's own waiting grows to 100 ms a look, which is long for transactions of a tenth of a millisecond: sixty of ten
    /// processes at once would take seconds.
    ///
    /// - Returns: Whether there is another look.
    @Sendable private static func waits(_ attempts: Int) -> Bool {
        usleep(attempts < 20 ? 200 : 1000)
        return attempts < 5000
    }
}
