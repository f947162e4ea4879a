import Foundation
import LuaRuntime
import Testing

/// A file of `Tests/Hostile`: an attack, and how it has to end.
struct HostileScript: Sendable, CustomTestStringConvertible {
    /// How a run ends.
    enum End: Sendable, Equatable {
        case ok
        case killed(LuaKill)
        /// The message contains the text.
        case error(String)
    }

    let name: String
    let source: String
    let expected: End
    /// How it ends in a worker, where that differs: what the system gives the process ends, not the Lua heap alone.
    private(set) var jailed: End?
    /// MiB of the Lua heap.
    var memory = 16
    /// Milliseconds of processor time.
    var cpu = 100
    /// For an evaluation of a session that is interrupted by `stop()`.
    private(set) var isSession = false

    /// Of a memory fault of liblua: it has a process of its own (FaultTests).
    var isFault: Bool { name.hasPrefix("fault-") }

    var testDescription: String { name }

    init?(_ file: URL) {
        guard let data = try? Data(contentsOf: file) else { return nil }
        name = file.deletingPathExtension().lastPathComponent
        source = String(decoding: data, as: UTF8.self)
        var end: End?
        // Where the library has a fault that makes `__concat` refused.
        var refused: End?
        for line in source.split(separator: "\n").prefix(while: { $0.hasPrefix("-- ") }) {
            let parts = line.dropFirst(3).split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { continue }
            let value = parts[1].trimmingPrefix(" ")
            switch parts[0] {
            case "expect": end = Self.end(String(value))
            case "jailed": jailed = Self.end(String(value))
            case "refused": refused = Self.end(String(value))
            case "session": isSession = value == "yes"
            case "memory": memory = Int(value) ?? memory
            case "cpu": cpu = Int(value) ?? cpu
            default: break
            }
        }
        guard let end else { return nil }
        expected = LuaLibrary.refusesConcat ? refused ?? end : end
    }

    private static func end(_ text: String) -> End? {
        let words = text.split(separator: " ", maxSplits: 1)
        switch words.first {
        case "ok": return .ok
        case "error": return .error(words.count > 1 ? String(words[1]) : "")
        case "killed":
            let reasons: [Substring: LuaKill] = ["cpu": .cpu, "memory": .memory, "output": .output, "calls": .calls]
            return words.count > 1 ? reasons[words[1]].map { .killed($0) } : nil
        default: return nil
        }
    }

    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Hostile")

    static let all: [HostileScript] = {
        let files = (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
        return files.filter { $0.pathExtension == "lua" }.sorted { $0.path < $1.path }.compactMap { HostileScript($0) }
    }()
}
