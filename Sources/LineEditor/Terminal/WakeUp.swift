import Glibc

/// A pipe that ends a wait: for signals, and for a task that is cancelled.
final class WakeUp: Sendable {
    let readEnd: Int32
    let writeEnd: Int32

    init() {
        var ends: [Int32] = [-1, -1]
        precondition(pipe(&ends) == 0, "a pipe needs two descriptors, and none is left")
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        readEnd = ends[0]
        writeEnd = ends[1]
    }

    deinit {
        close(readEnd)
        close(writeEnd)
    }

    /// Wakes without a signal: a zero.
    func call() {
        var byte: UInt8 = 0
        _ = write(writeEnd, &byte, 1)
    }

    /// The signals that came, and zero for a call.
    func read() -> Set<Int32> {
        Set((Descriptor.read(readEnd) ?? []).map { Int32($0) })
    }
}
