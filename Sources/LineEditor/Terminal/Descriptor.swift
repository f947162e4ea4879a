import Glibc

/// Reading and writing of descriptors that may be interrupted or not ready.
enum Descriptor {
    /// - Returns: false if it cannot be written.
    @discardableResult
    static func write(_ text: String, to descriptor: Int32) -> Bool {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                bytes = bytes.dropFirst(count)
            } else if errno == EAGAIN {
                var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                poll(&ready, 1, -1)
            } else if errno != EINTR {
                return false
            }
        }
        return true
    }

    /// What is there; empty at the end (a terminal that has gone is one), nil if nothing is there after all.
    static func read(_ descriptor: Int32) -> [UInt8]? {
        let room = 64 * 1024
        var problem: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
            let got = Glibc.read(descriptor, buffer.baseAddress, room)
            problem = got < 0 ? errno : 0
            count = max(0, got)
        }
        return problem == EAGAIN || problem == EINTR ? nil : bytes
    }

    /// Whether a read would not wait.
    static func isReady(_ descriptor: Int32) -> Bool {
        var ready = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&ready, 1, 0) > 0
    }

    static func screenSize(_ descriptor: Int32) -> ScreenSize {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
            return ScreenSize(columns: 80, rows: 24)
        }
        return ScreenSize(columns: Int(size.ws_col), rows: Int(size.ws_row))
    }
}
