import Glibc

/// Reads what a person has named as an input: a file, a pipe such as `<(…)`, standard input as `-`.
package enum InputBytes {
    /// Why there is nothing to read.
    package enum Problem: Error, Hashable, CustomStringConvertible {
        /// The system's reason.
        case system(Int32)
        case tooLarge(limit: Int)

        package var description: String {
            switch self {
            case .system(ENOENT): "there is no such file"
            case .system(EACCES): "permission denied"
            case .system(EISDIR): "it is a folder"
            case .system(let code): String(cString: strerror(code))
            case .tooLarge(let limit): "it is larger than \(limit / 1024) KiB"
            }
        }

        /// Whether it is certain that there is nothing of the name; what cannot be looked for may be there.
        package var isAbsence: Bool { self == .system(ENOENT) || self == .system(ENOTDIR) }
    }

    /// All of it, up to a limit: a device such as `/dev/zero` has no end.
    package static func read(_ path: String, atMost limit: Int) throws(Problem) -> [UInt8] {
        let isInput = path == "-"
        let descriptor = isInput ? STDIN_FILENO : open(path, O_RDONLY | O_NOCTTY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system(errno) }
        defer { if !isInput { close(descriptor) } }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count > 0 {
                bytes += buffer[..<count]
                guard bytes.count <= limit else { throw .tooLarge(limit: limit) }
            } else if count == 0 {
                return bytes
            } else if errno == EAGAIN {
                var input = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
                poll(&input, 1, -1)
            } else if errno != EINTR {
                throw .system(errno)
            }
        }
    }
}
