import Foundation
import Glibc
import TestSupport

/// One start of the program, with descriptors of the test's choice, and all that is seen of it until it has ended.
struct ProgramStart: Sendable {
    enum Input: Sendable {
        /// An empty file.
        case nothing
        /// A pipe that holds this and ends.
        case text(String)
        case closed
    }

    /// Where standard output or standard error goes.
    enum Sink: Sendable {
        case file, pipe, closed
        /// A device without room.
        case full
        /// A pipe that nobody reads.
        case unread
    }

    enum Stream: Sendable { case output, errors }

    /// What is done to the program when a text is seen, behind what was waited for before.
    struct Step: Sendable {
        enum Act: Sendable {
            case signal(Int32)
            case type(String)
        }

        var stream: Stream
        var text: String
        var act: Act
    }

    var arguments: [String]
    var environment: [String: String]
    var folder: URL
    var input = Input.nothing
    var output = Sink.pipe
    var errors = Sink.pipe
    /// All three streams are a terminal of its own; what is seen there is its output.
    var isOnTerminal = false
    /// A stream that a step looks at is a pipe, or the terminal.
    var steps: [Step] = []

    /// After so many seconds it is killed; only a start that fails takes so long.
    static let patience = 120

    /// Starts it and waits for its end, on a thread that nothing else waits for.
    func run() async throws -> EndedProgram {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                do {
                    var course = try ProgramCourse(self)
                    continuation.resume(returning: try course.toTheEnd())
                } catch {
                    continuation.resume(throwing: error)
                }
            }
        }
    }
}

/// What was seen of a program that has ended.
struct EndedProgram: Sendable {
    enum Ending: Equatable, Sendable, CustomStringConvertible {
        case exit(Int32)
        case signal(Int32)

        /// - Parameter status: What `waitpid` says.
        init(status: Int32) {
            self = status & 0x7F == 0 ? .exit(status >> 8 & 0xFF) : .signal(status & 0x7F)
        }

        var description: String {
            switch self {
            case .exit(let code): "exit code \(code)"
            case .signal(let number): "signal \(number)"
            }
        }
    }

    var ending: Ending
    var output: String
    var errors: String
    /// Steps whose text was never seen.
    var stepsLeft: Int
    /// It had to be killed.
    var isLate: Bool
    /// The terminal echoes and edits lines again; true without one.
    var isTerminalInOrder: Bool
}
