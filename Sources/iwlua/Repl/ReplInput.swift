import Foundation
import Glibc

/// What a person, or a pipe, gives next.
enum ReplTyped: Sendable {
    /// A whole text: one line, or as many as it needs.
    case text(String)
    /// Ctrl-C at the prompt: what was typed is dropped.
    case interrupted
    case end
}

/// Where the texts of a session come from.
protocol ReplInput {
    /// Waits for a whole text.
    ///
    /// - Parameter isComplete: whether a text needs no further lines.
    mutating func next(prompt: String, isComplete: @escaping @Sendable (String) -> Bool) async -> ReplTyped
}

/// Lines as they come: from a pipe, or a terminal that cannot do more.
struct PlainInput: ReplInput {
    /// Whether prompts are written.
    var prompts: Bool

    mutating func next(prompt: String, isComplete: @escaping @Sendable (String) -> Bool) async -> ReplTyped {
        var text = ""
        while true {
            if prompts {
                Terminal.error(text.isEmpty ? prompt : String(repeating: " ", count: max(0, prompt.count - 4)) + "... ")
            }
            guard let line = await Self.line() else { return text.isEmpty ? .end : .text(text) }
            text += text.isEmpty ? line : "\n" + line
            if isComplete(text) { return .text(text) }
        }
    }

    /// On a thread of its own: Swift's pool has few, and this one waits for a person.
    private static func line() async -> String? {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: readLine()) }
        }
    }
}
