import Foundation
import Glibc
import ScriptHost

/// A file that a person has named for something to be written into.
///
/// A plain file is there as a whole or not at all, and a process that is killed leaves nothing beside it. Links are followed
/// and stay. What is no plain file (a pipe, a device) is written into as it comes, and so is one in whose folder nothing may
/// be made.
final class OutputFile {
    enum Content {
        /// Tells what a run was given, or of servers and rules: nobody else may read it, also where he could before.
        case inputs
        /// A file like any other that the person makes; one that is there keeps its mode.
        case report
    }

    /// As it was named, for errors.
    private let path: String
    /// Where the draft is to be put; nil if it is written in place.
    private let place: String?
    private let descriptor: Int32
    /// The draft's name, where the file system wants one from the beginning.
    private var draft: String?
    private var isOpen = true

    /// - Throws: ``UsageError`` if nothing can be written there.
    init(_ path: String, _ content: Content) throws(UsageError) {
        self.path = path
        var status = stat()
        let isThere = stat(path, &status) == 0
        guard !isThere || status.st_mode & S_IFMT != S_IFDIR else { throw Self.unwritable(path, EISDIR) }
        guard !isThere || status.st_mode & S_IFMT == S_IFREG, !Self.isOfProcess(path) else {
            (place, descriptor) = (nil, try Self.open(path, O_WRONLY | O_NOCTTY))
            return
        }
        let place = try Self.followed(path)
        let folder = (place as NSString).deletingLastPathComponent
        let nameless = Glibc.open(folder.isEmpty ? "." : folder, Self.withoutName | O_WRONLY | O_CLOEXEC, 0o600)
        if nameless >= 0 {
            (self.place, descriptor) = (place, nameless)
        } else if isThere, [EACCES, EPERM, EROFS, EBUSY].contains(errno) {
            (self.place, descriptor) = (nil, try Self.open(path, O_WRONLY | O_TRUNC))
        } else if errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL {
            let name = Self.newName(beside: place)
            (self.place, descriptor) = (place, try Self.open(name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600))
            draft = name
        } else {
            throw Self.unwritable(path, errno)
        }
        fchmod(descriptor, Self.mode(content, isThere ? status : nil))
        // Root may write what is somebody else's, and does not take it from him.
        if isThere, status.st_uid != geteuid() { fchown(descriptor, status.st_uid, status.st_gid) }
    }

    deinit {
        if let draft { unlink(draft) }
        if isOpen { close(descriptor) }
    }

    /// - Returns: 0, or the system's reason.
    func write(_ bytes: [UInt8]) -> Int32 { WholeWrite.write(bytes, to: descriptor) }

    /// Puts it in its place.
    func finish() throws(UsageError) {
        defer {
            close(descriptor)
            isOpen = false
        }
        guard let place else { return }
        guard fsync(descriptor) == 0 else { throw Self.unwritable(path, errno) }
        if draft == nil {
            // For the moment of being put in its place: without a name it cannot take that of a file.
            let name = Self.newName(beside: place)
            guard linkat(AT_FDCWD, "/proc/self/fd/\(descriptor)", AT_FDCWD, name, AT_SYMLINK_FOLLOW) == 0 else {
                throw Self.unwritable(path, errno)
            }
            draft = name
        }
        guard let draft, rename(draft, place) == 0 else { throw Self.unwritable(path, errno) }
        self.draft = nil
    }

    /// One that nobody can have taken or guessed.
    private static func newName(beside place: String) -> String {
        "\(place).\(String(UInt64.random(in: 0 ... .max), radix: 36)).part"
    }

    /// Writes all of it.
    static func write(_ bytes: [UInt8], to path: String, _ content: Content) throws(UsageError) {
        let file = try OutputFile(path, content)
        let code = file.write(bytes)
        guard code == 0 else { throw unwritable(path, code) }
        try file.finish()
    }

    static func unwritable(_ path: String, _ code: Int32) -> UsageError {
        let reason = code == EISDIR ? "it is a folder" : String(cString: strerror(code))
        return UsageError("\(path): cannot be written: \(reason)", system: code)
    }

    // MARK: - Where and how

    /// `O_TMPFILE`, which Swift does not see: the same on x86 and ARM.
    private static let withoutName = 0o20_000_000 | O_DIRECTORY

    private static func open(_ path: String, _ flags: Int32, _ mode: mode_t = 0) throws(UsageError) -> Int32 {
        let descriptor = Glibc.open(path, flags | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw unwritable(path, errno) }
        return descriptor
    }

    /// The names by which a process knows its own open files: another file in their place would be nobody's.
    private static func isOfProcess(_ path: String) -> Bool {
        ["/dev/stdout", "/dev/stderr"].contains(path) || path.hasPrefix("/dev/fd/") || path.hasPrefix("/proc/")
    }

    /// The place at the end of links, where a file is or is to be.
    private static func followed(_ path: String) throws(UsageError) -> String {
        var place = path
        for _ in 0..<40 {
            var status = stat()
            guard lstat(place, &status) == 0, status.st_mode & S_IFMT == S_IFLNK else { return place }
            // In a folder that all may write, such as /tmp, a link may be somebody's trap.
            guard status.st_uid == geteuid() || status.st_uid == 0 else {
                throw UsageError(FileRefusal(path, .foreign(.link, owner: status.st_uid)))
            }
            var target = [UInt8](repeating: 0, count: Int(PATH_MAX))
            let count = target.withUnsafeMutableBytes { bytes in
                bytes.baseAddress.map { readlink(place, $0, bytes.count) } ?? 0
            }
            guard count > 0 else { throw unwritable(path, errno) }
            let text = String(decoding: target[..<count], as: UTF8.self)
            let folder = (place as NSString).deletingLastPathComponent
            place = text.hasPrefix("/") ? text : folder.isEmpty ? text : folder + "/" + text
        }
        throw unwritable(path, ELOOP)
    }

    private static func mode(_ content: Content, _ older: stat?) -> mode_t {
        switch content {
        case .inputs: return 0o600 & (older?.st_mode ?? 0o600)
        case .report:
            if let older { return older.st_mode & 0o777 }
            let mask = umask(0o077)
            umask(mask)
            return 0o666 & ~mask
        }
    }
}
