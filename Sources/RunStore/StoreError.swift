/// A file of the tool's own that cannot be read or written.
public struct StoreError: Error, Sendable, Hashable {
    public enum Code: Sendable, Hashable {
        /// The folder or the file cannot be made or written.
        case unwritable
        case diskFull
        /// The file is not a database, or a broken one.
        case corrupt
        /// Another process kept the file locked for too long.
        case busy
        /// The file was written by a newer version of the tool.
        case newer
        case other
    }

    public var code: Code
    /// The folder or file.
    public var path: String
    /// What the system or SQLite said; holds no values.
    public var detail: String

    public init(_ code: Code, path: String, detail: String) {
        self.code = code
        self.path = path
        self.detail = detail
    }
}

extension StoreError: CustomStringConvertible {
    public var description: String {
        let elsewhere = "set IWLUA_STATE to a folder that you can write to"
        return switch code {
        case .unwritable: "cannot write \(path) (\(detail)): \(elsewhere)"
        case .diskFull: "no space left for \(path): free some, or \(elsewhere)"
        case .corrupt:
            "\(path) is damaged (\(detail)): when no iwlua runs, delete it with its -wal and -shm files and wait a minute; or \(elsewhere)"
        case .busy: "\(path) was locked by another process for too long: look for a stopped iwlua"
        case .newer: "\(path) was written by a newer iwlua: use that one, or \(elsewhere)"
        case .other: "cannot use \(path) (\(detail)): \(elsewhere)"
        }
    }
}
