/// A text as lines, cut where YAML cuts it, each with the end that it has.
struct SettingsLines {
    typealias Line = [Unicode.Scalar]

    private(set) var lines: [Line] = []

    init(_ text: String) {
        var line: Line = []
        let scalars = Array(text.unicodeScalars)
        for (index, scalar) in scalars.enumerated() {
            line.append(scalar)
            let isHalf = scalar == "\r" && index + 1 < scalars.count && scalars[index + 1] == "\n"
            if Self.breaks.contains(scalar), !isHalf {
                lines.append(line)
                line = []
            }
        }
        if !line.isEmpty { lines.append(line) }
    }

    /// libyaml's, which tells where a key stands.
    private static let breaks: Set<Unicode.Scalar> = ["\n", "\r", "\u{85}", "\u{2028}", "\u{2029}"]
    private static let blanks: Set<Unicode.Scalar> = [" ", "\t", "\u{FEFF}"]

    var text: String {
        var text = ""
        for line in lines { text.unicodeScalars.append(contentsOf: line) }
        return text
    }

    var count: Int { lines.count }

    /// A line without its end.
    func content(_ index: Int) -> Line {
        guard lines.indices.contains(index) else { return [] }
        return lines[index].reversed().drop { Self.breaks.contains($0) }.reversed()
    }

    /// The column of the first mark of a line that is none of blank; nil for a blank line.
    func indentation(_ index: Int) -> Int? { content(index).firstIndex { !Self.blanks.contains($0) } }

    func isComment(_ index: Int) -> Bool { indentation(index).map { content(index)[$0] == "#" } ?? false }

    /// Neither blank nor a comment, nor a mark between documents.
    func isContent(_ index: Int) -> Bool {
        guard let start = indentation(index), !isComment(index) else { return false }
        let marks: [Line] = [["-", "-", "-"], [".", ".", "."]]
        return start > 0 || !marks.contains { content(index).starts(with: $0) }
    }

    // MARK: - Edits

    mutating func replace(line: Int, columns: Range<Int>, with text: String) {
        lines[line].replaceSubrange(columns, with: Array(text.unicodeScalars))
    }

    mutating func remove(_ range: Range<Int>) { lines.removeSubrange(range) }

    /// Puts lines in front of the one at an index, with line ends as the file has them.
    mutating func insert(_ new: [String], at index: Int) {
        let end = lineEnd
        if index > 0, index == lines.count, lines[index - 1] == content(index - 1) {
            lines[index - 1] += end
        }
        lines.insert(contentsOf: new.map { Array($0.unicodeScalars) + end }, at: index)
    }

    private var lineEnd: Line {
        let first = lines.first.map { Array($0.dropFirst(content(0).count)) } ?? []
        return first.isEmpty ? ["\n"] : first
    }
}
