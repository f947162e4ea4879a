import Foundation
import ScriptHost

/// Files that iwlua makes for a person.
enum NewFile {
    /// Writes a file that is there as a whole or not at all, and makes its folder.
    static func write(_ text: String, to path: String, _ content: OutputFile.Content) throws(UsageError) {
        let file = URL(fileURLWithPath: path)
        let code = makeFolder(file.deletingLastPathComponent().path, mode: 0o777)
        guard code == 0 else { throw OutputFile.unwritable(path, code) }
        try OutputFile.write(Array(text.utf8), to: path, content)
    }

    /// Makes a folder, and those above it, if they are not there. Foundation would not say why it cannot.
    ///
    /// - Returns: 0, or the system's reason.
    static func makeFolder(_ folder: String, mode: mode_t) -> Int32 {
        if mkdir(folder, mode) == 0 { return 0 }
        let code = errno
        switch code {
        case EEXIST:
            var status = stat()
            return stat(folder, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR ? 0 : ENOTDIR
        case ENOENT:
            let parent = (folder as NSString).deletingLastPathComponent
            guard !parent.isEmpty, parent != folder else { return code }
            let above = makeFolder(parent, mode: mode)
            // Another process may make it at the same time.
            return above == 0 ? (mkdir(folder, mode) == 0 || errno == EEXIST ? 0 : errno) : above
        default: return code
        }
    }
}
