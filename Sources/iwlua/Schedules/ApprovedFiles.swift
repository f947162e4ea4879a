import Foundation
import IwinvCatalog
import IwinvWire
import RunStore

/// The files that a schedule was added with: its script, and those that its parameters were read from.
struct ApprovedFiles {
    var definition: ScheduleDefinition

    /// What became another one of them since; nil if nothing did. Modules are not looked at: their names stand in the script.
    var change: String? {
        if let source = try? Data(contentsOf: URL(fileURLWithPath: definition.script)),
            SHA256.hex([UInt8](source)) != definition.text
        {
            return "\(URL(fileURLWithPath: definition.script).lastPathComponent) was changed since it was approved"
        }
        return changedParameters
    }

    /// The values are those that were approved, whatever the files say now; who changes a file expects it to count.
    var changedParameters: String? {
        let files = definition.options["files"]?.objectValue ?? [:]
        for (path, hash) in files.sorted(by: { $0.key < $1.key }) {
            guard let text = try? ScriptOptions.readFile(path) else {
                return "\(path), which a parameter was read from, cannot be read any more"
            }
            guard SHA256.hex(text) == hash.stringValue else {
                return "\(path), which a parameter was read from, was changed since it was approved"
            }
        }
        return nil
    }
}
