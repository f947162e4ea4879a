/// What a golden file has of one run: command lines, exit codes, and what was written.
///
/// ```
/// == a run that nobody knows · text
/// given: a journal of three runs
/// $ iwlua runs show rnone --lang en --output text
/// exit 2
/// 2| iwlua: there is no run rnone
/// ```
///
/// `0|` is standard input, `1|` standard output, `2|` standard error, `f|` a line of a file that was written. A last line
/// without a line break ends in `⏎̸`.
struct GoldenSection: Sendable {
    var title: String
    var lines: [String]

    static let mark = "== "

    init(title: String, lines: [String]) {
        self.title = title
        self.lines = lines
    }

    init(_ run: GoldenRun, _ result: GoldenProcess.Result) {
        title = run.title
        let example = run.example
        lines = []
        if example.setup.name != GoldenSetup.empty.name { lines.append("given: \(example.setup.name)") }
        lines += example.faults.map { "given: the cloud's fault `\($0)`" }
        if let companion = example.companion {
            lines.append("given: beside it `\((["iwlua"] + companion.words).joined(separator: " "))`")
        }
        if let typing = example.typing {
            lines.append("given: a terminal; `\(Self.escaped(typing.text))` is typed after `\(typing.after)`")
        }
        if example.writesToFullDisk { lines.append("given: standard output is /dev/full") }
        if let signal = example.signal {

            let text = signal.after(in: run).map { "`\(Self.escaped($0))`" } ?? "a request has come"
            lines.append("signal \(signal.number) after \(text)")
        }
        add(run.words, run.environment, example.input, result)
    }

    mutating func add(
        _ words: [String], _ environment: [String: String], _ input: String, _ result: GoldenProcess.Result
    ) {
        let variables = environment.sorted { $0.key < $1.key }.map { "\($0.key)=\(Self.quoted($0.value)) " }.joined()
        lines.append("$ " + variables + (["iwlua"] + words.map(Self.quoted)).joined(separator: " "))
        lines += Self.marked("0", input)
        lines.append("\(result.exit)")
        lines += Self.marked("1", result.output) + Self.marked("2", result.errors)
    }

    mutating func add(file path: String, _ text: String?) {
        lines.append("file \(path)" + (text == nil ? ": is not there" : ""))
        lines += Self.marked("f", text ?? "")
    }

    mutating func add(folder path: String, _ names: [String]) {
        lines.append("folder \(path)")
        lines += names.map { "f| \($0)" }
    }

    private static func marked(_ mark: String, _ text: String) -> [String] {
        guard !text.isEmpty else { return [] }
        // A terminal ends lines with two characters, and Swift takes them for one.
        var lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
            .map { String($0).replacing("\r", with: "␍") }
        if lines.last == "" { lines.removeLast() } else { lines[lines.count - 1] += "⏎̸" }
        return lines.map { $0.isEmpty ? "\(mark)|" : "\(mark)| \($0)" }
    }

    private static func escaped(_ text: String) -> String { text.replacing("\n", with: "\\n") }

    private static func quoted(_ word: String) -> String {
        word.isEmpty || word.contains(where: { " '\"()[]{}*;$".contains($0) }) ? "'\(word)'" : word
    }

    var text: String { ([Self.mark + title] + lines).map { $0 + "\n" }.joined() }
}
