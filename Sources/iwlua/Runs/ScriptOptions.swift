import ArgumentParser
import Foundation
import Glibc
import IwinvCatalog
import IwinvWire
import ScriptHost

/// A script and its parameters.
struct ScriptOptions: ParsableArguments {
    @Argument(help: "The script; - for standard input.", completion: .file(extensions: ["lua"]))
    var script: String?

    @Option(
        name: .customShort("e"), parsing: .unconditional,
        help: ArgumentHelp("A script's text, in the place of a file.", valueName: "text"))
    var text: String?

    @Option(
        name: .customLong("param"),
        help: ArgumentHelp(
            "A parameter of the script; @FILE reads its value from a file, @- from standard input.",
            valueName: "name=value"))
    var parameters: [String] = []

    func validate() throws {
        if script == nil, text == nil { throw ValidationError("Missing expected argument '<script>'") }
        if script != nil, text != nil { throw ValidationError("-e has the script's text: leave the file out") }
        if script == "-", parameters.contains(where: { $0.hasSuffix("=@-") }) {
            throw ValidationError("standard input is the script, so no parameter can come from it")
        }
    }

    /// - Throws: ``UsageError``.
    func load() throws -> (script: Script, parameters: [String: JSONValue]) {
        let loaded = try loadNotingFiles()
        return (loaded.script, loaded.parameters)
    }

    /// The same, with the files that values come from.
    ///
    /// - Returns: Of each file, by its path, the SHA-256 of what was read.
    /// - Throws: ``UsageError``.
    func loadNotingFiles() throws -> (script: Script, parameters: [String: JSONValue], files: [String: String]) {
        let script = try chosenScript()
        var files: [String: String] = [:]
        do {
            let parameters = try script.bind(try given()) { path in
                let text = try Self.readFile(path)
                if path != "-" { files[URL(fileURLWithPath: path).standardizedFileURL.path] = SHA256.hex(text) }
                return text
            }
            return (script, parameters, files)
        } catch let error as UsageError {
            throw error
        } catch {
            // A line for each parameter that does not fit.
            throw UsageError("\(lines: "\(error)")")
        }
    }

    /// - Throws: ``UsageError``.
    static func script(at path: String) throws -> Script {
        do { return try Script(contentsOf: URL(fileURLWithPath: path)) } catch let problem as HeaderProblem {
            throw UsageError("\(path): \(problem)")
        } catch {
            throw UsageError("\(error)")
        }
    }

    /// What stands beside a text nobody knows, so it requires no modules.
    private func chosenScript() throws -> Script {
        let name = text == nil ? "stdin" : "-e"
        switch (script, text) {
        case (let path?, _) where path != "-": return try Self.script(at: path)
        case (_, let text):
            let source = try text ?? Self.readFile("-")
            guard source.utf8.count <= 64 * 1024 else { throw UsageError("\(name): is larger than 64 KiB") }
            do { return try Script(name: name, source: source) } catch { throw UsageError("\(name): \(error)") }
        }
    }

    private func given() throws -> [String: String] {
        var values: [String: String] = [:]
        for text in parameters {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty else { throw UsageError("--param \(text): write it name=value") }
            guard values.updateValue(String(parts[1]), forKey: String(parts[0])) == nil else {
                throw UsageError("--param \(parts[0]) is given twice")
            }
        }
        return values
    }

    static func readFile(_ path: String) throws -> String {
        let bytes: [UInt8]
        do { bytes = try InputBytes.read(path, atMost: 16 << 20) } catch {
            let hint = path == "-" ? "" : "; a value that begins with @ is written @@"
            throw UsageError("\(path): cannot be read: \(error)\(hint)", as: error)
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw UsageError("\(path): is not UTF-8 text; save it as UTF-8 (in Excel: CSV UTF-8)")
        }
        return text
    }
}
