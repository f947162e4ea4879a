import Clocks
import Glibc

/// Entered lines in a file that only its owner reads: one entry a line, `\n` for a line break in it, `\\` for a backslash.
///
/// Entries are added at the end, so that several processes can share it; when it has grown to twice its limit the newest
/// are written to a new file that takes its place.
package struct HistoryFile: Sendable {
    /// Why a history file cannot be used.
    package struct Problem: Error, CustomStringConvertible {
        package var path: String
        package var reason: String

        package var description: String { "\(path): \(reason)" }
    }

    private static let largest = 64 * 1024 * 1024

    package let path: String

    package init(path: String) {
        self.path = path
    }

    /// The newest entries, the oldest of them first. None if there is no file.
    package func load(limit: Int) throws(Problem) -> [String] {
        guard access(path, F_OK) == 0 else { return [] }
        let descriptor = try openLocked()
        defer { close(descriptor) }
        let bytes = try read(descriptor)
        let lines = bytes.split(separator: 0x0A).map { $0 }
        if lines.count > limit * 2 { try replace(with: lines.suffix(limit)) }
        return lines.suffix(limit).map { Self.decoded($0) }
    }

    /// Adds an entry at the end.
    package func append(_ entry: String) throws(Problem) {
        let descriptor = try openLocked()
        defer { close(descriptor) }
        guard Descriptor.write(Self.encoded(entry) + "\n", to: descriptor) else { throw problem("cannot be written") }
    }

    static func encoded(_ entry: String) -> String {
        entry.replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
    }

    static func decoded(_ line: ArraySlice<UInt8>) -> String {
        var bytes: [UInt8] = []
        var isEscaped = false
        for byte in line {
            if isEscaped {
                bytes.append(byte == UInt8(ascii: "n") ? 0x0A : byte)
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Opens it for this process alone. Another one may have put a new file in its place while this one waited.
    private func openLocked() throws(Problem) -> Int32 {
        while true {
            let descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0o600)
            guard descriptor >= 0 else { throw problem(String(cString: strerror(errno))) }
            do { try lock(descriptor) } catch {
                close(descriptor)
                throw error
            }
            var own = stat()
            var present = stat()
            guard fstat(descriptor, &own) == 0, own.st_mode & S_IFMT == S_IFREG, own.st_uid == geteuid() else {
                close(descriptor)
                throw problem("is no file of yours")
            }
            if stat(path, &present) == 0, present.st_ino == own.st_ino, present.st_dev == own.st_dev {
                if own.st_mode & 0o077 != 0 { fchmod(descriptor, 0o600) }
                return descriptor
            }
            close(descriptor)
        }
    }

    /// Another prompt holds it for a line's length. One that is stopped meanwhile keeps nobody from typing.
    private func lock(_ descriptor: Int32) throws(Problem) {
        let code = FileLock.take(descriptor) { looks in
            usleep(1000)
            return looks < 1000
        }
        guard code == 0 else { throw problem("another process holds it") }
    }

    private func read(_ descriptor: Int32) throws(Problem) -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < Self.largest {
            guard let part = Descriptor.read(descriptor) else { continue }
            if part.isEmpty { return bytes }
            bytes += part
        }
        throw problem("is too large for a history")
    }

    private func replace(with lines: some Sequence<ArraySlice<UInt8>>) throws(Problem) {
        let temporary = "\(path).\(String(UInt64.random(in: 0 ... .max), radix: 36)).part"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw problem("cannot be shortened: \(String(cString: strerror(errno)))") }
        let text = lines.map { String(decoding: $0, as: UTF8.self) + "\n" }.joined()
        let isWritten = Descriptor.write(text, to: descriptor) && fsync(descriptor) == 0
        close(descriptor)
        guard isWritten, rename(temporary, path) == 0 else {
            unlink(temporary)
            throw problem("cannot be shortened")
        }
    }

    private func problem(_ reason: String) -> Problem { Problem(path: path, reason: reason) }
}
