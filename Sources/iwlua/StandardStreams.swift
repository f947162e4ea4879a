import Glibc

/// Standard input, output and error, which a program may be started without.
enum StandardStreams {
    /// Takes the numbers of the streams that are closed.
    ///
    /// Whatever is opened next would get them: a socket, or an event descriptor that takes eight bytes of a result for a
    /// number and reports success. What is read from or written to these streams still fails, as it must.
    static func reserve() {
        for stream in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(stream, F_GETFD) < 0 {
            // The lowest free number is the stream's, for those below are taken by now.
            _ = open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY)
        }
    }
}

extension StandardStreams {
    /// The next line of standard input, without its end; nil at the end of the input. Waits where nothing has come yet,
    /// also on a pipe that returns at once.
    static func line() -> [UInt8]? {
        var line: [UInt8] = []
        var byte: UInt8 = 0
        while true {
            let count = read(STDIN_FILENO, &byte, 1)
            if count == 1 {
                if byte == UInt8(ascii: "\n") { return line.last == UInt8(ascii: "\r") ? line.dropLast() : line }
                line.append(byte)
            } else if count < 0, errno == EAGAIN {
                var input = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
                poll(&input, 1, -1)
            } else if count == 0 || errno != EINTR {
                return line.isEmpty ? nil : line
            }
        }
    }
}
