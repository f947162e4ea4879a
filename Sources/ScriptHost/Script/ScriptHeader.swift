import Clocks
public import Gate
import IwinvCatalog

/// What a script says of itself in the comment block at its top.
///
/// ```lua
/// -- ==Script==
/// -- @name     weekly-reboot
/// -- @summary  Reboot every web server, one at a time
/// -- @param    prefix  string    default "web-"   Name prefix of the servers
/// -- @needs    instances:read instances:power
/// -- @limit    changes 50
/// -- ==/Script==
/// ```
///
/// It is read without running the script. A script without a header has no needs and takes no parameters.
public struct ScriptHeader: Sendable {
    public var name: String?
    public var summary: String?
    public var parameters: [ScriptParameter] = []
    /// What the script asks for; what it gets is another matter.
    public var needs: [Grant] = []
    /// The most changes it means to make.
    public var maximumChanges: Int?
    /// How long it means to take, on its clock.
    public var time: Duration?

    public init() {}

    /// Reads the header of a script's text.
    ///
    /// - Throws: ``HeaderProblem`` with the line.
    public init(_ source: String) throws(HeaderProblem) {
        var state = State.before
        for (index, line) in source.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let text = line.trimmed
            guard text.hasPrefix("--") else {
                if !text.isEmpty, !(index == 0 && text.hasPrefix("#!")) { state.passCode() }
                continue
            }
            let words = text.dropFirst(2).trimmed
            switch (state, words) {
            case (.before, "==Script=="): state = .inside(openedAt: index + 1)
            case (.inside, "==/Script=="): return
            // A header that is overlooked would take its limits with it, so what looks like one is one or an error.
            case (.before, let words) where words.lowercased().contains("==script=="):
                throw HeaderProblem(line: index + 1, reason: "a header begins with a line `-- ==Script==` of its own")
            case (.after, let words) where words.lowercased().contains("==script=="):
                throw HeaderProblem(line: index + 1, reason: "a header stands above the first line of code")
            case (.inside, let entry) where entry.hasPrefix("@"):
                do { try read(entry.dropFirst()) } catch {
                    throw HeaderProblem(line: index + 1, reason: error.reason)
                }
            default: break
            }
        }
        if case .inside(let line) = state {
            throw HeaderProblem(line: line, reason: "the header is not closed: `-- ==/Script==` is missing")
        }
    }

    private enum State {
        case before
        case inside(openedAt: Int)
        /// Code has come and no header before it.
        case after

        /// Code inside the header is left to the check that the header is closed.
        mutating func passCode() {
            if case .before = self { self = .after }
        }
    }

    private static let keys = ["name", "summary", "param", "needs", "limit"]

    private mutating func read(_ entry: Substring) throws(EntryProblem) {
        let (key, rest) = entry.firstWord
        switch key {
        case "name": name = String(rest)
        case "summary": summary = String(rest)
        case "param":
            let parameter = try ScriptParameter(parsing: rest)
            guard !parameters.contains(where: { $0.name == parameter.name }) else {
                throw EntryProblem("the parameter `\(parameter.name)` is declared twice")
            }
            parameters.append(parameter)
        case "needs":
            do { needs += try Grant.list(rest) } catch { throw EntryProblem("\(error)") }
        case "limit": try readLimit(rest)
        default:
            let nearest = Suggestion.nearest(to: key, among: Self.keys)
            throw EntryProblem("`@\(key)` is not a header entry" + (nearest.map { "; did you mean `@\($0)`?" } ?? ""))
        }
    }

    private mutating func readLimit(_ rest: Substring) throws(EntryProblem) {
        let (what, value) = rest.firstWord
        switch what {
        case "changes":
            guard let number = Int(value), number >= 0 else {
                throw EntryProblem("`@limit changes` takes a whole number, not `\(value)`")
            }
            maximumChanges = number
        case "time":
            guard let duration = Duration(parsing: value) else {
                throw EntryProblem("`@limit time` takes a duration such as 30m, not `\(value)`")
            }
            time = duration
        default: throw EntryProblem("`@limit` knows `changes` and `time`, not `\(what)`")
        }
    }
}

/// What is wrong with a header, and in which line of the script.
public struct HeaderProblem: Error, Sendable, CustomStringConvertible {
    public var line: Int
    public var reason: String

    public var description: String { "line \(line): \(reason)" }
}

/// What is wrong with one entry; the reader of the header knows its line.
struct EntryProblem: Error {
    var reason: String

    init(_ reason: String) {
        self.reason = reason
    }
}

extension Substring {
    var trimmed: Substring {
        var text = drop(while: \.isWhitespace)
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }

    /// The first word, and what follows it.
    var firstWord: (word: String, rest: Substring) {
        let text = trimmed
        let word = text.prefix { !$0.isWhitespace }
        return (String(word), text.dropFirst(word.count).trimmed)
    }
}
