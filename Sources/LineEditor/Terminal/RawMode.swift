import Glibc
import Synchronization

/// A terminal in raw mode: each key arrives at once and nothing is echoed. One at a time in a process, because a process
/// that is ended by a signal has to put its terminal in order first.
enum RawMode {
    /// The terminal that is in raw mode; -1 for none.
    private static let input = Atomic<Int32>(-1)
    private static let output = Atomic<Int32>(-1)
    // Written only while `input` is -1, before it is set; read by whoever exchanges `input` for -1, which only one can.
    private nonisolated(unsafe) static let saved = UnsafeMutablePointer<termios>.allocate(capacity: 1)

    private static let pasteOn = "\u{1B}[?2004h"
    private static let pasteOff = Array("\u{1B}[?2004l".utf8)

    // At exit the terminal is put in order even if the program leaves while a line is read.
    private static let restoresAtExit: Bool = {
        atexit { RawMode.leave() }
        return true
    }()

    /// - Returns: false if the descriptor is no terminal, or another one is in raw mode.
    static func enter(input descriptor: Int32, output screen: Int32) -> Bool {
        guard restoresAtExit, input.load(ordering: .acquiring) == -1 else { return false }
        var mode = termios()
        guard tcgetattr(descriptor, &mode) == 0 else { return false }
        saved.pointee = mode
        mode.c_iflag &= ~tcflag_t(IGNBRK | BRKINT | PARMRK | ISTRIP | INLCR | IGNCR | ICRNL | IXON)
        mode.c_lflag &= ~tcflag_t(ECHO | ECHONL | ICANON | ISIG | IEXTEN)
        mode.c_cflag |= tcflag_t(CS8)
        withUnsafeMutableBytes(of: &mode.c_cc) {
            $0[Int(VMIN)] = 1
            $0[Int(VTIME)] = 0
        }
        output.store(screen, ordering: .relaxed)
        input.store(descriptor, ordering: .releasing)
        // Keys typed ahead stay: the change waits for output only.
        guard tcsetattr(descriptor, TCSADRAIN, &mode) == 0 else {
            input.store(-1, ordering: .releasing)
            return false
        }
        Descriptor.write(pasteOn, to: screen)
        return true
    }

    /// Puts the terminal back as it was. Uses nothing that a signal handler may not.
    static func leave() {
        let descriptor = input.exchange(-1, ordering: .acquiringAndReleasing)
        guard descriptor >= 0 else { return }
        tcsetattr(descriptor, TCSADRAIN, saved)
        let screen = output.load(ordering: .relaxed)
        pasteOff.withUnsafeBytes { _ = write(screen, $0.baseAddress, $0.count) }
    }
}
