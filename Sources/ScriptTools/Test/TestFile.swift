import Foundation
import IwinvCatalog
import ScriptHost

/// A file of tests: its text, its modules and its recordings.
struct TestFile: Sendable {
    /// As the person named it.
    let path: String
    /// What Lua runs.
    let script: Script
    let recordings: [Recording]

    /// What positions call it.
    var name: String { script.name }
    /// Where it is: the scripts that it names are found from here.
    var folder: URL { URL(fileURLWithPath: path).standardizedFileURL.deletingLastPathComponent() }

    /// Text by the names of positions.
    var sources: [String: String] {
        var sources = script.modules.reduce(into: [:]) { $0["\($1.key).lua"] = $1.value }
        sources[name] = script.source
        return sources
    }

    /// Recordings are long, but not endless.
    private static let maximumBytes = 32 << 20

    /// - Throws: ``ScriptProblem``, ``HeaderProblem`` or ``RecordingProblem``.
    init(path: String) throws {
        self.path = path
        let file = URL(fileURLWithPath: path)
        guard let data = FileManager.default.contents(atPath: path) else {
            throw ScriptProblem("\(path): cannot be read")
        }
        guard data.count <= Self.maximumBytes else {
            throw ScriptProblem("\(path): is larger than \(Self.maximumBytes >> 20) MiB")
        }
        guard let text = String(bytes: data, encoding: .utf8) else {
            throw ScriptProblem("\(path): is not UTF-8 text")
        }
        let (code, recordings) = try Recording.take(from: text)
        self.recordings = recordings
        script = try Script(name: file.lastPathComponent, source: code, folder: file.deletingLastPathComponent())
    }

    /// A file that a test names: inside its folder, or inside the folder that the person is in.
    ///
    /// - Throws: ``ScriptProblem``: a test is a script, and reads nothing else.
    func file(_ name: String) throws(ScriptProblem) -> URL {
        let file = URL(fileURLWithPath: name, relativeTo: folder).standardizedFileURL
        let real = file.resolvingSymlinksInPath().path
        let here = URL(fileURLWithPath: FileManager.default.currentDirectoryPath)
        for root in [folder, here] {
            let root = root.resolvingSymlinksInPath().path
            if real.hasPrefix(root.hasSuffix("/") ? root : root + "/") { return file }
        }
        throw ScriptProblem("\(name): lies neither in the test's folder nor in the current one")
    }
}
