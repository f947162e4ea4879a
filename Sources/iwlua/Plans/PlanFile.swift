import Clocks
import Foundation
import Gate
import IwinvWire
import ScriptHost

/// A plan on disk.
enum PlanFile {
    /// Writes a file that nobody else may read: it tells of servers and rules. An older file of its name is replaced, and
    /// what it let its owner do is not widened.
    static func write(_ plan: Plan, to path: String) throws(UsageError) {
        let text = JSONCodec.encode(plan.json, pretty: true) + Array("\n".utf8)
        var older = stat()
        var mode: mode_t = 0o600
        if lstat(path, &older) == 0, older.st_mode & S_IFMT == S_IFREG { mode &= older.st_mode }
        if stat(path, &older) == 0, older.st_mode & S_IFMT != S_IFREG {
            throw UsageError("\(path): the plan cannot be written: it is not a file")
        }
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
        let draft = folder.appendingPathComponent(".iwlua-plan-\(UUID().uuidString)").path
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw unwritable(path) }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        do {
            try handle.write(contentsOf: Data(text))
            try handle.synchronize()
        } catch {
            unlink(draft)
            throw UsageError("\(path): the plan cannot be written: \(error.localizedDescription)", as: error)
        }
        guard fchmod(descriptor, mode) == 0, rename(draft, path) == 0 else {
            let problem = unwritable(path)
            unlink(draft)
            throw problem
        }
    }

    private static func unwritable(_ path: String) -> UsageError {
        let code = errno
        return UsageError("\(path): the plan cannot be written: \(String(cString: strerror(code)))", system: code)
    }

    static func read(_ path: String) throws(UsageError) -> Plan {
        let data: Data
        do { data = try Data(contentsOf: URL(fileURLWithPath: path)) } catch {
            throw UsageError("\(path): no readable file", as: error)
        }
        do {
            return try Plan(json: JSONCodec.decode([UInt8](data)))
        } catch {
            throw UsageError("\(path): \(error)")
        }
    }
}
