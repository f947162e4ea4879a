/// A command of the program, and what is recorded of it.
struct GoldenCommand: Sendable, CustomStringConvertible {
    /// Its name below `iwlua`: `["runs", "show"]`; empty for the program itself.
    var words: [String]
    /// Whether it has `--output` and `--lang`. Where it has not, it runs in text only, and IWLUA_LANG says the language.
    var hasDisplayOptions: Bool
    /// With which codes it can end. A death by a signal has none.
    var codes: Set<Int32>
    /// Those of them that need other words for text than for JSON, or cannot come with both.
    var codesOfOneFormat: Set<Int32>
    var cases: [GoldenCase]

    /// - Parameters:
    ///   - hasDisplayOptions: False where the command has neither `--output` nor `--lang`.
    ///   - ofOneFormat: Codes that cannot come in both formats.
    ///   - least: What it cannot do without.
    init(
        _ name: String, display hasDisplayOptions: Bool = true, codes: Set<Int32>, ofOneFormat: Set<Int32> = [],
        least: String = "",
        _ cases: [GoldenCase]
    ) {
        words = GoldenCase.split(name)
        self.hasDisplayOptions = hasDisplayOptions
        self.codes = codes
        codesOfOneFormat = ofOneFormat
        // What holds for every command stands here once.
        self.cases =
            [GoldenCase("help", "--help", 0) { $0.formats = .asTyped }]
            + [GoldenCase("a flag that does not exist", least + " --frobnicate", 2)] + cases
    }

    var description: String { (["iwlua"] + words).joined(separator: " ") }

    /// `runs-show.ko.golden`
    func fileName(_ language: GoldenLanguage) -> String {
        (words.isEmpty ? ["iwlua"] : words).joined(separator: "-") + ".\(language.rawValue).golden"
    }

    /// All runs of its cases in one language.
    ///
    /// What a document says does not depend on the language, and what stands beside it is that of the text: in Korean only
    /// the first case of each exit code runs with JSON, too.
    func runs(_ language: GoldenLanguage) -> [GoldenRun] {
        var seen: Set<GoldenExit> = []
        return cases.flatMap { example in
            let formats: [GoldenFormat] =
                switch (hasDisplayOptions, example.formats) {
                case (true, .textAndJSON):
                    language == .en || seen.insert(example.exit).inserted ? [.text, .json] : [.text]
                case (true, .asTyped): [.asTyped]
                case (true, .text), (false, _): [.text]
                }
            return formats.map { GoldenRun(command: self, example: example, language: language, format: $0) }
        }
    }
}

enum GoldenLanguage: String, CaseIterable, Sendable {
    case en, ko
}

enum GoldenFormat: String, Sendable {
    case text, json
    case asTyped = "as typed"
}

/// A case in a language and a format.
struct GoldenRun: Sendable {
    var command: GoldenCommand
    var example: GoldenCase
    var language: GoldenLanguage
    var format: GoldenFormat

    /// Names its section in the golden file.
    var title: String { "\(example.name) · \(format.rawValue)" }

    /// All words of the command line.
    var words: [String] {
        var words = command.words + example.words
        guard command.hasDisplayOptions else { return words }
        words += ["--lang", language.rawValue]
        return format == .asTyped ? words : words + ["--output", format.rawValue]
    }

    var environment: [String: String] {
        example.environment.merging(command.hasDisplayOptions ? [:] : ["IWLUA_LANG": language.rawValue]) { $1 }
    }
}
