/// How a process ends.
enum GoldenExit: Hashable, Sendable, CustomStringConvertible {
    case code(Int32)
    case signal(Int32)

    var description: String {
        switch self {
        case .code(let code): "exit \(code)"
        case .signal(let number): "killed by signal \(number)"
        }
    }
}

extension GoldenExit: ExpressibleByIntegerLiteral {
    init(integerLiteral code: Int32) { self = .code(code) }
}

/// One invocation of a command, as a person would type it, and how it ends.
struct GoldenCase: Sendable {
    /// A signal that the test sends once the program has written a text.
    struct Signal: Sendable {
        var number: Int32
        /// What standard output or standard error holds by then; nil if a request has come to the setup's cloud.
        var after: String?
        /// The same in Korean, or as JSON, where it is not the same.
        var korean: String?
        var json: String?

        func after(in run: GoldenRun) -> String? {
            (run.format == .json ? json : nil) ?? (run.language == .ko ? korean : nil) ?? after
        }
    }

    /// What a person types at a question.
    struct Typing: Sendable {
        var text: String
        var after = "[y/N] "
    }

    /// Another process of the program that lives meanwhile, and is ended afterwards.
    struct Companion: Sendable {
        var words: [String]
        /// What standard output or standard error holds before the case begins.
        var ready: String
    }

    /// In which formats it runs, where the command has `--output`.
    enum Formats: Sendable {
        case textAndJSON
        /// The document is long, or there is none.
        case text
        /// Its words say all: help, say, or `--output` itself.
        case asTyped
    }

    /// Unique among those of the command.
    var name: String
    /// What follows the command's name.
    var words: [String]
    var exit: GoldenExit
    var setup = GoldenSetup.empty
    var formats = Formats.textAndJSON
    var input = ""
    /// Variables besides those of the setup.
    var environment: [String: String] = [:]
    /// What goes wrong in the setup's cloud.
    var faults: [String] = []
    var signal: Signal?
    var companion: Companion?
    /// Standard output is a disk without room.
    var writesToFullDisk = false
    /// What is typed once a text is there; then standard input, output and error are a terminal.
    var typing: Typing?
    /// Files that it leaves behind, by their paths.
    var files: [String] = []
    /// Folders that it leaves behind: the names of the files in them are recorded.
    var folders: [String] = []
    /// Commands that look at what it left; they are recorded with it.
    var then: [[String]] = []

    /// - Parameter words: Separated by blanks; a word with blanks stands in single quotes.
    init(
        _ name: String, _ words: String, _ exit: GoldenExit, _ setup: GoldenSetup = .empty,
        _ change: (inout GoldenCase) -> Void = { _ in }
    ) {
        self.name = name
        self.words = Self.split(words)
        self.exit = exit
        self.setup = setup
        change(&self)
    }

    /// A mistake of usage, of which the program says the same in both formats: it is recorded in text only. Each command has
    /// other mistakes in both.
    static func slip(
        _ name: String, _ words: String, _ setup: GoldenSetup = .empty,
        _ change: (inout GoldenCase) -> Void = { _ in }
    ) -> GoldenCase {
        GoldenCase(name, words, 2, setup) {
            $0.formats = .text
            change(&$0)
        }
    }

    /// The same in text only, where the document says nothing that another case does not.
    var inText: GoldenCase {
        var example = self
        example.formats = .text
        return example
    }

    static func split(_ text: String) -> [String] {
        var (words, word, isQuoted, isWord) = ([String](), "", false, false)
        for character in text {
            switch character {
            case "'": (isQuoted, isWord) = (!isQuoted, true)
            case " " where !isQuoted:
                if isWord { words.append(word) }
                (word, isWord) = ("", false)
            default:
                word.append(character)
                isWord = true
            }
        }
        return isWord ? words + [word] : words
    }
}
