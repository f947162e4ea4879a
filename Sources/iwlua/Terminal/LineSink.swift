import Foundation
import Glibc
import ScriptHost
import Synchronization

/// Lines of JSON on their way to standard output, or to a file that is there as a whole or not at all.
final class LineSink: Sendable {
    private struct State {
        var bytes: [UInt8] = []
        /// The code of the first write that failed.
        var problem: Int32?
    }

    private static let chunk = 64 * 1024

    private let path: String?
    private let temporary: String
    private let descriptor: Int32
    private let state = Mutex(State())

    /// - Parameter path: Nil for standard output.
    init(path: String?) throws(UsageError) {
        self.path = path
        guard let path else {
            (temporary, descriptor) = ("", STDOUT_FILENO)
            return
        }
        (temporary, descriptor) = try PrivateFile.temporaryFile(beside: path)
    }

    /// Whether nothing more can be written.
    var isBroken: Bool { state.withLock { $0.problem != nil } }

    func write(_ line: String) {
        let line = path == nil ? TerminalText(json: line).written : line
        state.withLock { state in
            state.bytes.append(contentsOf: line.utf8)
            state.bytes.append(UInt8(ascii: "\n"))
            if state.bytes.count >= Self.chunk { flush(&state) }
        }
    }

    /// Puts the file in its place.
    func finish() throws(UsageError) {
        let problem = state.withLock { state in
            flush(&state)
            return state.problem
        }
        guard let path else {
            if let problem, problem != EPIPE { throw Self.problem("standard output", problem) }
            return
        }
        defer { close(descriptor) }
        if let problem {
            unlink(temporary)
            throw Self.problem(path, problem)
        }
        guard fsync(descriptor) == 0, rename(temporary, path) == 0 else {
            let code = errno
            unlink(temporary)
            throw Self.problem(path, code)
        }
    }

    private func flush(_ state: inout State) {
        defer { state.bytes = [] }
        guard state.problem == nil else { return }
        let code = WholeWrite.write(state.bytes, to: descriptor)
        if code != 0 { state.problem = code }
    }

    private static func problem(_ place: String, _ code: Int32) -> UsageError {
        UsageError("\(place): cannot be written: \(String(cString: strerror(code)))", system: code)
    }
}
