import IwinvWire
import LuaRuntime

/// What `iwlua --version --verbose` says: whoever reports a fault says it, too.
enum VersionText {
    static var verbose: String {
        var lines = ["iwlua \(Iwlua.version)"]
        let inside = LuaRelease.inside.map { "\($0)" } ?? "unknown"
        let system = LuaRelease.system.map { "\($0)" } ?? "none"
        lines.append("Lua \(inside) (the system's: \(system))")
        lines.append(Signature.library)
        return lines.map { $0 + "\n" }.joined()
    }
}
