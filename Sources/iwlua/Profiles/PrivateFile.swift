import Clocks
import Foundation
import Glibc
import IwinvCatalog
import ScriptHost

/// Files that decide for a person or hold what is secret: settings, keys, tokens.
///
/// Such a file is read only if nobody else could have written it, as ssh reads its own. It and its folder belong to the
/// user or to root, and so does each link on the way; nobody else may write them.
enum PrivateFile {
    /// Who else may look.
    enum Rule {
        /// Others may read it.
        case settings
        /// Nobody else may.
        case secret
    }

    private static let largest = 1 << 20

    // MARK: - Reading

    static func read(_ path: String, _ rule: Rule = .secret) throws(UsageError) -> String {
        guard let text = try readIfPresent(path, rule) else {
            throw UsageError(FileRefusal(path, .closed(ENOENT)))
        }
        return text
    }

    /// Nil if there is no such file.
    static func readIfPresent(_ path: String, _ rule: Rule) throws(UsageError) -> String? {
        do { return try text(path, rule) } catch { throw UsageError(error) }
    }

    private static func text(_ path: String, _ rule: Rule) throws(FileRefusal) -> String? {
        guard let place = try followed(path, rule) else { return nil }
        // Not to wait for whoever might write into a pipe, and not to become a terminal's process.
        let descriptor = open(place, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileRefusal(path, .closed(errno)) }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw FileRefusal(path, .noFile)
        }
        try check(status, at: place, .file, rule)
        guard let data = try? handle.read(upToCount: largest + 1) ?? Data(), data.count <= largest,
            let text = String(data: data, encoding: .utf8)
        else { throw FileRefusal(path, .noText) }
        return text
    }

    /// The file at the end of links, each of which is somebody's who may be trusted, in a folder that may be, too.
    ///
    /// - Returns: Nil if there is none.
    private static func followed(_ path: String, _ rule: Rule) throws(FileRefusal) -> String? {
        var place = path
        for _ in 0..<40 {
            var status = stat()
            guard lstat(place, &status) == 0 else {
                let code = errno
                // What cannot be looked for is not absent, and neither is what a link leads to.
                guard [ENOENT, ENOTDIR].contains(code) else { throw FileRefusal(path, .closed(code)) }
                if let link = brokenLink(to: path) { throw FileRefusal(path, .leadsNowhere(link)) }
                return nil
            }
            try checkFolder(of: place)
            guard status.st_mode & S_IFMT == S_IFLNK else { return place }
            try checkOwner(status, at: place, .link)
            guard let target = try? FileManager.default.destinationOfSymbolicLink(atPath: place) else {
                throw FileRefusal(path, .closed(errno))
            }
            place = target.hasPrefix("/") ? target : folder(of: place) + "/" + target
        }
        throw FileRefusal(path, .closed(ELOOP))
    }

    /// The link on the way to a path, itself or one of its folders, that leads to nothing.
    private static func brokenLink(to path: String) -> String? {
        var place = path
        while place != "/", place != "." {
            var status = stat()
            if lstat(place, &status) == 0 {
                return status.st_mode & S_IFMT == S_IFLNK && stat(place, &status) != 0 ? place : nil
            }
            place = folder(of: place)
        }
        return nil
    }

    // MARK: - Writing

    /// Makes a folder for its owner only, and those above it, if they are not there.
    static func makeFolder(_ folder: String) throws(UsageError) {
        let code = NewFile.makeFolder(folder, mode: 0o700)
        guard code == 0 else {
            throw UsageError("\(folder): cannot be made: \(String(cString: strerror(code)))", .machine)
        }
    }

    /// Puts a file that only its owner may read in its place in one step.
    static func write(_ text: String, to file: URL) throws(UsageError) {
        try replace(file.path, .secret, mode: 0o600) { _ throws(UsageError) in text }
    }

    /// Changes what a file says in one step: a crash leaves the old text or the new one. Two processes do it one after the
    /// other. Links are followed and stay; the file keeps its mode.
    ///
    /// - Parameter change: Gets the text, nil if there is no file, and returns the new one.
    static func change(
        _ path: String, _ rule: Rule, _ change: (String?) throws(UsageError) -> String
    ) throws(UsageError) {
        try replace(path, rule, mode: nil) { place throws(UsageError) in
            try change(try readIfPresent(place, rule))
        }
    }

    /// - Parameters:
    ///   - mode: The file's; nil for the one that it has, or 0600.
    ///   - text: Gets the place at the end of all links.
    private static func replace(
        _ path: String, _ rule: Rule, mode: mode_t?, _ text: (String) throws(UsageError) -> String
    ) throws(UsageError) {
        while true {
            let place = try target(of: path, rule)
            let lock = try FolderLock(folder(of: place), for: path)
            // Somebody may have led it elsewhere meanwhile.
            guard try target(of: path, rule) == place else { continue }
            let new = try text(place)
            return try put(new, at: place, path, mode: mode, lock)
        }
    }

    /// Where a file is, or is to be.
    private static func target(of path: String, _ rule: Rule) throws(UsageError) -> String {
        do {
            if let place = try followed(path, rule) { return place }
            try checkFolder(of: path)
            return path
        } catch { throw UsageError(error) }
    }

    private static func put(
        _ text: String, at place: String, _ path: String, mode: mode_t?, _ lock: FolderLock
    ) throws(UsageError) {
        func unwritable() -> UsageError {
            UsageError("\(path): cannot be written: \(String(cString: strerror(errno)))", .machine)
        }
        var old = stat()
        let isThere = lstat(place, &old) == 0
        // Nobody else writes here while the folder is locked: one that is there was left by somebody who was killed.
        let temporary = folder(of: place) + "/." + (place as NSString).lastPathComponent + ".part"
        unlink(temporary)
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw unwritable() }
        defer { close(descriptor) }
        // Root may write what is somebody else's, and shall not take it from him.
        let isOwner = !isThere || old.st_uid == geteuid() || fchown(descriptor, old.st_uid, old.st_gid) == 0
        guard isOwner, fchmod(descriptor, mode ?? (isThere ? old.st_mode & 0o777 : 0o600)) == 0,
            WholeWrite.write(Array(text.utf8), to: descriptor) == 0, fsync(descriptor) == 0,
            rename(temporary, place) == 0
        else {
            let problem = unwritable()
            unlink(temporary)
            throw problem
        }
        lock.synchronize()
    }

    // MARK: - Whom to trust

    /// A folder that is there already, and what others could do in it.
    static func checkFolder(_ folder: String) throws(FileRefusal) {
        var status = stat()
        guard stat(folder, &status) == 0 else { return }
        try checkOwner(status, at: folder, .folder)
        // In a sticky folder, such as /tmp, only the owner of a file puts another in its place.
        guard status.st_mode & 0o022 == 0 || status.st_mode & S_ISVTX != 0 else {
            throw FileRefusal(folder, .writable(.folder, mode: status.st_mode & 0o777))
        }
    }

    private static func checkFolder(of path: String) throws(FileRefusal) {
        try checkFolder(folder(of: path))
    }

    private static func folder(of path: String) -> String {
        let folder = (path as NSString).deletingLastPathComponent
        return folder.isEmpty ? "." : folder
    }

    private static func check(
        _ status: stat, at path: String, _ kind: FileRefusal.Kind, _ rule: Rule
    ) throws(FileRefusal) {
        try checkOwner(status, at: path, kind)
        let mode = status.st_mode & 0o777
        if rule == .secret, mode & 0o077 != 0 { throw FileRefusal(path, .readable(mode: mode)) }
        guard mode & 0o022 == 0 else { throw FileRefusal(path, .writable(kind, mode: mode)) }
    }

    private static func checkOwner(
        _ status: stat, at path: String, _ kind: FileRefusal.Kind
    ) throws(FileRefusal) {
        guard status.st_uid == geteuid() || status.st_uid == 0 else {
            throw FileRefusal(path, .foreign(kind, owner: status.st_uid))
        }
    }
}

/// A folder in which only this process changes files of iwlua, until this goes or the process dies.
private final class FolderLock {
    private let descriptor: Int32

    /// How long another process may take for what takes milliseconds.
    private static let patience = 10_000

    /// Waits for it.
    init(_ folder: String, for path: String) throws(UsageError) {
        descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw UsageError("\(path): cannot be written: \(String(cString: strerror(errno)))", .machine)
        }
        let code = FileLock.take(descriptor) { looks in
            usleep(1000)
            return looks < Self.patience
        }
        guard code == 0 else {
            throw UsageError(
                code == EWOULDBLOCK
                    ? "\(path): another process has locked \(folder) for too long: look for a stopped iwlua"
                    : "\(path): \(folder) cannot be locked: \(String(cString: strerror(code)))", .machine)
        }
    }

    /// What was put there outlives a power cut.
    func synchronize() { fsync(descriptor) }

    deinit { close(descriptor) }
}

/// Why a file is not read.
struct FileRefusal: Error, Equatable {
    enum Kind: Equatable {
        case file, folder, link

        var name: LocalizedText {
            switch self {
            case .file: LocalizedText("file", "파일")
            case .folder: LocalizedText("folder", "폴더")
            case .link: LocalizedText("link", "링크")
            }
        }
    }

    enum Reason: Equatable {
        /// Others could have written what it says.
        case writable(Kind, mode: mode_t)
        /// Others could have read what is secret.
        case readable(mode: mode_t)
        case foreign(Kind, owner: uid_t)
        case noFile, noText
        case closed(Int32)
        /// A link on the way, whose goal is not there.
        case leadsNowhere(String)
    }

    var path: String
    var reason: Reason

    init(_ path: String, _ reason: Reason) {
        (self.path, self.reason) = (path, reason)
    }

    /// What is wrong with it.
    var message: LocalizedText {
        switch reason {
        case .writable(let kind, let mode):
            let mode = String(mode, radix: 8)
            return LocalizedText(
                "\(path): others may write this \(kind.name.english) (mode \(mode))",
                "\(path): 다른 사용자가 이 \(kind.name.korean)에 쓸 수 있습니다(모드 \(mode))")
        case .readable(let mode):
            let mode = String(mode, radix: 8)
            return LocalizedText(
                "\(path): others may read this secret (mode \(mode))",
                "\(path): 다른 사용자가 이 비밀 값을 읽을 수 있습니다(모드 \(mode))")
        case .foreign(let kind, let owner):
            return LocalizedText(
                "\(path): this \(kind.name.english) belongs to user \(owner), neither to you (\(geteuid())) nor to root",
                "\(path): 이 \(kind.name.korean)의 소유자는 사용자 \(owner)이며, 현재 사용자(\(geteuid()))도 root도 아닙니다")
        case .noFile: return LocalizedText("\(path): is not a file", "\(path): 파일이 아닙니다")
        case .noText: return LocalizedText("\(path): holds no text", "\(path): 텍스트가 아닙니다")
        case .closed(let code):
            let reason = String(cString: strerror(code))
            return LocalizedText("\(path): cannot be read: \(reason)", "\(path): 읽을 수 없습니다: \(reason)")
        case .leadsNowhere(let link):
            let reason = String(cString: strerror(ENOENT))
            return LocalizedText(
                "\(path): cannot be read: the link \(link) leads nowhere: \(reason)",
                "\(path): 읽을 수 없습니다: 링크 \(link)의 대상이 없습니다: \(reason)")
        }
    }

    /// How to put it right.
    var advice: LocalizedText? {
        switch reason {
        case .writable: LocalizedText("run `chmod go-w \(path)`", "`chmod go-w \(path)`를 실행하세요")
        case .readable: LocalizedText("run `chmod 600 \(path)`", "`chmod 600 \(path)`을 실행하세요")
        case .foreign(.link, _):
            LocalizedText("make the link again yourself", "링크를 직접 다시 만드세요")
        case .foreign:
            LocalizedText(
                "run `chown \(geteuid()) \(path)` as root, or make it again yourself",
                "root로 `chown \(geteuid()) \(path)`를 실행하거나 직접 다시 만드세요")
        case .leadsNowhere(let link):
            LocalizedText("make what it leads to, or remove \(link)", "링크의 대상을 만들거나 \(link)을(를) 삭제하세요")
        case .noFile, .noText, .closed: nil
        }
    }
}

extension UsageError {
    /// A file that is not read, and what to do about it.
    init(_ refusal: FileRefusal) {
        let advice = refusal.advice.map { "; \($0.english)" } ?? ""
        self.init("\(refusal.message.english)\(advice)", as: refusal)
        file = refusal
    }
}
