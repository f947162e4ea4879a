import Foundation
import ScriptHost

/// Files that iwlua makes for a person.
enum NewFile {
    /// Writes a file that is there as a whole or not at all, and makes its folder.
    static func write(_ text: String, to path: String) throws(UsageError) {
        let file = URL(fileURLWithPath: path)
        do {
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file, options: .atomic)
        } catch {
            throw UsageError("\(path): cannot be written: \((error as NSError).localizedDescription)", as: error)
        }
    }
}
