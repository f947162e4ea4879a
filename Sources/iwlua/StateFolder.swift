import Foundation
import Glibc
import ScriptHost

/// Where iwlua keeps what it must remember between runs: `IWLUA_STATE`, or `$XDG_STATE_HOME/iwlua`
/// (`~/.local/state/iwlua`).
enum StateFolder {
    static func path(_ environment: [String: String]) -> String {
        if let chosen = environment["IWLUA_STATE"], !chosen.isEmpty {
            return URL(fileURLWithPath: NSString(string: chosen).expandingTildeInPath).path
        }
        let base = environment["XDG_STATE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        let home = HomeFolder.path(environment)
        return (base ?? home + "/.local/state") + "/iwlua"
    }

    /// Makes the folder, for its owner only.
    static func prepare(_ folder: String) throws(UsageError) {
        try PrivateFile.makeFolder(folder)
        guard access(folder, W_OK | X_OK) == 0 else {
            throw UsageError("\(folder): cannot be written: \(String(cString: strerror(errno)))", .machine)
        }
        try check(folder)
    }

    /// Approvals lie in it, which let scripts make changes: others must not be able to write it.
    static func check(_ folder: String) throws(UsageError) {
        do { try PrivateFile.checkFolder(folder) } catch {
            var problem = UsageError(error)
            problem.subject = .store
            throw problem
        }
    }
}
