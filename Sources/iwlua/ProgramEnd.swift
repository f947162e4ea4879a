@preconcurrency import Glibc
import LineEditor

/// The one way in which the program ends, however it ends.
///
/// Threads may be at work: in libcrypto, in SQLite, in a good-bye to the cloud. `exit` would take the libraries down under
/// them, and a crash would take the place of the exit code. So what people see is flushed, the terminal is put in order,
/// and the kernel ends everything at once. Nothing is lost by that: whatever must outlive the process (the journal, the
/// budget, files) is on disk before the program goes on.
enum ProgramEnd {
    static func now(_ code: Int32) -> Never {
        LineReader.restoreTerminal()
        Screen.shared.release()
        // Only these: to flush all streams would wait for whoever reads from standard input.
        fflush(stdout)
        fflush(stderr)
        _exit(code)
    }
}
