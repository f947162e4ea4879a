import Clocks
import Foundation
import Glibc
import IwinvCatalog
import LineEditor
import LuaSyntax
import RunEngine
import ScriptHost
import Synchronization

/// Where the texts of a session come from: a person's terminal, or a pipe.
struct ReplInput: Sendable {
    private let reader: LineReader
    private let desk: ReplDesk

    /// - Parameter historyFile: where lines are kept; nil where nobody types.
    init(_ desk: ReplDesk, historyFile: String?) {
        self.desk = desk
        var options = EditorOptions()
        options.completer = ReplCompleter(desk: desk)
        options.usesColor = desk.terminal.stylesErrors
        if desk.terminal.stylesErrors { options.highlight = LuaColours.spans }
        let words = desk.terminal
        options.words.searchingBack = words.say("search back", "이전 검색")
        options.words.searchingForward = words.say("search forward", "다음 검색")
        options.words.notFound = words.say("not found", "없음")
        reader = LineReader(
            // Results go to standard output, and may go elsewhere than the person looks.
            output: STDERR_FILENO, options: options, history: History(keep: ReplHistoryRule.keeps),
            historyFile: historyFile.map { HistoryFile(path: $0) })
    }

    /// Waits for a whole text.
    func next(prompt: String) async -> LineOutcome {
        let room = String(repeating: " ", count: max(0, prompt.displayWidth - 4))
        let tracker = Mutex(LuaInputTracker())
        return await reader.readLine(
            prompt: StyledText(prompt, .bold), continuationPrompt: StyledText(room + "... ", .dim)
        ) { text in
            Self.isComplete(text) { lua in tracker.withLock { !$0.status(of: lua).isIncomplete } }
        }
    }

    /// Throws away what was typed ahead.
    func discard() async { await reader.discardInput() }

    /// Why lines cannot be kept.
    var problem: String? { get async { await reader.historyProblem } }

    /// Whether a text needs no further lines. A command of the prompt is one line, but for the Lua in it.
    private static func isComplete(_ text: String, _ isCompleteLua: (String) -> Bool) -> Bool {
        let line = text.drop { $0 == " " }
        if line.hasPrefix("?") { return true }
        guard line.hasPrefix(":"), !line.hasPrefix("::") else { return isCompleteLua(text) }
        guard line.hasPrefix(":plan ") || line.hasPrefix(":time "), let space = line.firstIndex(of: " ") else {
            return true
        }
        return isCompleteLua(String(line[space...]))
    }
}

/// What Tab knows: the session's names and what it has seen. It asks nobody.
struct ReplCompleter: Completer {
    let desk: ReplDesk

    func completions(in text: String, at cursor: Int) -> Completions {
        guard let session = desk.session else { return .none }
        let (own, libraries) = session.names
        let completion = ReplCompletion(
            own: own, libraries: libraries, seen: session.seen, commands: ReplShell.commands.map(\.name),
            language: desk.terminal.language)
        let before = String(decoding: text.utf8.prefix(cursor), as: UTF8.self)
        let result = completion.complete(before)
        let length = String(before.suffix(result.replaced)).utf8.count
        return Completions(
            replacing: cursor - length..<cursor,
            with: result.candidates.map { candidate in
                Candidate(candidate.text, annotation: candidate.note.isEmpty ? nil : candidate.note)
            })
    }
}

/// The colours of Lua while it is typed.
enum LuaColours {
    @Sendable static func spans(_ text: String) -> [Span] {
        let line = text.drop { $0 == " " }
        if line.hasPrefix(":") || line.hasPrefix("?") { return [] }
        let tree = LuaTree(parsing: text)
        return tree.tokens.flatMap { token -> [Span] in
            var spans: [Span] = []
            if !token.trivia.isEmpty { spans.append(Span(token.trivia, .dim)) }
            if token.kind.isKeyword { spans.append(Span(token.range, .magenta)) }
            if token.kind == .string { spans.append(Span(token.range, .green)) }
            if token.kind == .number { spans.append(Span(token.range, .cyan)) }
            return spans
        }
    }
}
