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
