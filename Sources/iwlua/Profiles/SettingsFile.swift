import Foundation
import IwinvCatalog
import ScriptHost
import SettingsEditing

/// `config.yaml`, as commands change it: in its place, so that everything that a person has written there stays.
extension ConfigFile {
    /// Changes the file; one process at a time.
    ///
    /// - Parameter edits: What is to be different, from what is there now.
    /// - Returns: What the file says then.
    @discardableResult
    static func edit(
        in folder: URL, _ edits: (ConfigFile) throws(UsageError) -> [SettingsText.Edit]
    ) throws(UsageError) -> ConfigFile {
        let file = folder.appendingPathComponent("config.yaml").path
        var result = ConfigFile()
        try PrivateFile.makeFolder(folder.path)
        try PrivateFile.change(file, .settings) { text throws(UsageError) in
            let edited = try Self.edited(text ?? "", in: file, edits)
            result = edited.config
            return edited.text
        }
        return result
    }

    /// Finds out whether the file can be changed so, before a person is asked for anything.
    static func check(
        in folder: URL, _ edits: (ConfigFile) throws(UsageError) -> [SettingsText.Edit]
    ) throws(UsageError) {
        let file = folder.appendingPathComponent("config.yaml").path
        _ = try Self.edited(try PrivateFile.readIfPresent(file, .settings) ?? "", in: file, edits)
    }

    private static func edited(
        _ text: String, in file: String, _ edits: (ConfigFile) throws(UsageError) -> [SettingsText.Edit]
    ) throws(UsageError) -> (text: String, config: ConfigFile) {
        let edits = try edits(try ConfigFile(text, of: file))
        let edited: String
        do { edited = try SettingsText(text).applying(edits).text } catch {
            throw UsageError(error, in: file, all: edits)
        }
        return (edited, try ConfigFile(edited, of: file))
    }
}

extension UsageError {
    /// A layout that is not edited, and what a person writes there.
    init(_ problem: SettingsText.Problem, in file: String, all edits: [SettingsText.Edit]) {
        let place: TerminalText = problem.line.map { "\(file), line \($0)" } ?? "\(file)"
        let reason: TerminalText =
            switch problem.reason {
            case .braces: "what stands in braces is not edited"
            case .alias: "what stands elsewhere (`*name`) is not edited"
            case .others: "the edit would change other settings too, which share these lines"
            case .layout: "what is written so is not edited"
            case .unreadable: "is not one YAML document of names and values"
            case .noSuchKey: "there is no such name any more, or the new one is taken"
            }
        let byHand = edits.flatMap { edit -> [String] in
            switch edit {
            case .set: edit.lines ?? []
            case .remove(let path): ["(without \(path.joined(separator: ".")))"]
            case .rename(let path, let name): ["(\(path.joined(separator: ".")) is called \(name))"]
            }
        }
        let text = byHand.map { "  \($0)" }.joined(separator: "\n")
        self.init("\(place): \(reason); nothing was changed. Write it there by hand:\n\(lines: text)", as: problem)
    }
}
