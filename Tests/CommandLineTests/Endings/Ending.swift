import Foundation
import IwinvCatalog
import Testing

/// A way in which the program ends, and all that has to be seen of it.
struct Ending: Sendable, CustomTestStringConvertible {
    let name: String
    var arguments: [String]
    var input = ProgramStart.Input.nothing
    /// Where the streams go; nil: into a file and a pipe by turns.
    var outputSink: ProgramStart.Sink?
    var errorSink: ProgramStart.Sink?
    var isOnTerminal = false
    var steps: [ProgramStart.Step] = []
    /// Whether there is a cloud with servers `web-001` to `web-003`.
    var hasCloud = false
    /// What has been done before, in the place where it starts.
    var preparation: @Sendable (EndingScene) async throws -> Void = { _ in }

    let ending: EndedProgram.Ending
    let output: Said
    let errors: Said
    /// Whether each start says the same, but for the folder in which it is.
    var isAlwaysTheSame = true

    var testDescription: String { name }

    /// - Parameters:
    ///   - line: What stands behind `iwlua`; words are parted by blanks.
    ///   - note: What else is to be known of it.
    init(
        _ line: String, _ note: String? = nil, ends ending: EndedProgram.Ending = .exit(0), output: Said = .nothing,
        errors: Said = .nothing, _ change: (inout Ending) -> Void = { _ in }
    ) {
        arguments = line.split(separator: " ").map(String.init)
        name = "iwlua" + (line.isEmpty ? "" : " " + line) + (note.map { ", " + $0 } ?? "")
        (self.ending, self.output, self.errors) = (ending, output, errors)
        change(&self)
    }

    /// All ways, at least 28.
    static let all = quick + descriptors + runs + histories + signals + terminals

    /// Those that are over while the program still begins. What was going wrong went wrong here: they are tried twice as
    /// often.
    static let quick = answers + mistakes + damages
}

extension ProgramStart.Step {
    /// A signal once standard output, or standard error, has a text.
    static func signal(_ number: Int32, after text: String, in stream: ProgramStart.Stream = .output) -> Self {
        Self(stream: stream, text: text, act: .signal(number))
    }

    /// Keys once the terminal shows a text.
    static func type(_ keys: String, after text: String) -> Self {
        Self(stream: .output, text: text, act: .type(keys))
    }
}
