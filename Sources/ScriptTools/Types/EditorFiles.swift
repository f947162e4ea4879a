public import Foundation
public import IwinvCatalog
import IwinvWire
import ScriptHost

/// What makes an editor know a script's world: definition files for the Lua language server, its settings, and a
/// standard for luacheck.
///
/// ```swift
/// try EditorFiles(language: .korean).write(to: folder)
/// ```
public struct EditorFiles: Sendable {
    /// One of the files.
    public struct File: Sendable {
        /// Relative to the folder that holds the scripts.
        public var path: String
        public var text: String
        /// People change it, so it is not written over unasked.
        public var isSettings = false
    }

    /// What became of a file.
    public enum Outcome: String, Sendable {
        case written
        /// It was there and says the same.
        case unchanged
        /// It was there and says something else; it was left alone.
        case kept
    }

    private let language: Language

    /// Files whose descriptions are in a language.
    public init(language: Language = .english) {
        self.language = language
    }

    /// The files, in order.
    public var files: [File] {
        [
            File(
                path: "\(Self.folder)/iwinv.lua", text: CloudStubs(catalog: .iwinv, language: language).text),
            File(path: "\(Self.folder)/iwlua.lua", text: LibraryStubs.text(language)),
            File(path: ".luarc.json", text: serverSettings, isSettings: true),
            File(path: ".luacheckrc", text: LuacheckStandard.text, isSettings: true),
        ]
    }

    /// Writes the files into a folder, which is made if it is not there.
    ///
    /// - Parameter replacing: whether settings that say something else are written over.
    /// - Throws: what the file system says.
    @discardableResult
    public func write(to folder: URL, replacing: Bool = false) throws -> [(path: String, outcome: Outcome)] {
        try files.map { file in
            let place = folder.appendingPathComponent(file.path)
            let bytes = Data(file.text.utf8)
            if let present = try? Data(contentsOf: place) {
                if present == bytes { return (file.path, .unchanged) }
                if file.isSettings && !replacing { return (file.path, .kept) }
            }
            try FileManager.default.createDirectory(
                at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
            try bytes.write(to: place, options: .atomic)
            return (file.path, .written)
        }
    }

    private static let folder = ".iwlua/types"

    /// `.luarc.json`: Lua 5.4 without the libraries that the sandbox does not have.
    private var serverSettings: String {
        let settings: JSONValue = [
            "$schema": "https://raw.githubusercontent.com/LuaLS/vscode-lua/master/setting/schema.json",
            "runtime.version": "Lua 5.4",
            "runtime.path": ["?.lua"],
            "runtime.builtin": ["io": "disable", "os": "disable", "debug": "disable"],
            "workspace.library": [.string(Self.folder)],
            "workspace.checkThirdParty": false,
            "diagnostics.globals": .array((ScriptLibrary.globals + TestPrelude.names).map(JSONValue.string)),
        ]
        return String(decoding: JSONCodec.encode(settings, pretty: true), as: UTF8.self) + "\n"
    }
}
