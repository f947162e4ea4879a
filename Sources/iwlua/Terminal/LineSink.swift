import Foundation
import Glibc
import ScriptHost
import Synchronization

/// Lines of JSON on their way to standard output, or to a file that is there as a whole or not at all.
final class LineSink: Sendable {
    private struct State {
        var bytes: [UInt8] = []
        /// Nil for standard output.
        var file: OutputFile?
        /// The code of the first write that failed.
        var problem: Int32?
    }

    private static let chunk = 64 * 1024

    private let path: String?
    private let state: Mutex<State>

    /// - Parameter path: Nil for standard output.
    init(path: String?, _ content: OutputFile.Content) throws(UsageError) {
        self.path = path
        var file: OutputFile?
        if let path { file = try OutputFile(path, content) }
        state = Mutex(State(file: file))
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
            if let problem, problem != EPIPE { throw OutputFile.unwritable("standard output", problem) }
            return
        }
        if let problem { throw OutputFile.unwritable(path, problem) }
        let result = state.withLock { state -> Result<Void, UsageError> in
            do throws(UsageError) {
                try state.file?.finish()
                return .success(())
            } catch {
                return .failure(error)
            }
        }
        try result.get()
    }

    private func flush(_ state: inout State) {
        defer { state.bytes = [] }
        guard state.problem == nil else { return }
        let code = state.file?.write(state.bytes) ?? WholeWrite.write(state.bytes, to: STDOUT_FILENO)
        if code != 0 { state.problem = code }
    }
}
