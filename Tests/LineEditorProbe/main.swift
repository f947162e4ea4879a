import Foundation
import LineEditor

// Reads lines and says what it read, for tests that sit at its terminal.
//
// `line-editor-probe [--history FILE] [--plain-colors]`: a text is complete when its brackets are closed.

struct Words: Completer {
    static let all = ["iwinv.instances.list", "iwinv.instances.get", "iwinv.zones.list", "print", "웹서버", "웹로그"]

    func completions(in text: String, at cursor: Int) -> Completions {
        let before = String(decoding: text.utf8.prefix(cursor), as: UTF8.self)
        let word = before.reversed().prefix { $0.isLetter || $0 == "." }.reversed()
        let typed = String(word)
        let fitting = Self.all.filter { $0.hasPrefix(typed) }.map { Candidate($0) }
        return Completions(replacing: (cursor - typed.utf8.count)..<cursor, with: fitting)
    }
}

@Sendable func isComplete(_ text: String) -> Bool {
    text.count { "({".contains($0) } <= text.count { ")}".contains($0) }
}

var options = EditorOptions()
options.completer = Words()
options.highlight = { text in
    let bytes = Array(text.utf8)
    return bytes.indices.filter { bytes[$0] == UInt8(ascii: "\"") }.map { Span($0..<($0 + 1), .green) }
}
let arguments = CommandLine.arguments
let file = arguments.firstIndex(of: "--history").map { HistoryFile(path: arguments[$0 + 1]) }
let reader = LineReader(options: options, history: History { !$0.contains("secret") }, historyFile: file)
loop: while true {
    switch await reader.readLine(prompt: StyledText("ro> ", .bold), continuationPrompt: "..> ", isComplete: isComplete)
    {
    case .line(let text):
        let scalars = text.unicodeScalars.count
        print(
            "[\(text.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "|").suffix(200))] \(scalars)"
        )
    case .interrupted: print("interrupted")
    case .endOfFile:
        print("bye")
        break loop
    }
    fflush(nil)
}
