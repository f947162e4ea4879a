import Clocks

/// Rows of text in columns of even width, by display width, so that Korean and English line up.
public struct TextTable: Sendable {
    public var headings: [String]
    public var rows: [[String]]
    /// The columns that hold numbers.
    public var rightAligned: Set<Int>

    public init(headings: [String], rows: [[String]], rightAligned: Set<Int> = []) {
        self.headings = headings
        self.rows = rows
        self.rightAligned = rightAligned
    }

    /// The table's lines for a screen of so many columns: the text of the last column goes on below where it does not fit.
    ///
    /// - Parameter width: nil where nobody counts columns.
    package func text(width: Int?) -> String {
        let others = headings.indices.dropLast().map { column in
            2 + ([headings] + rows).map { $0.indices.contains(column) ? $0[column].displayWidth : 0 }.reduce(0, max)
        }
        let room = max(24, (width ?? .max) - others.reduce(0, +))
        var wrapped = self
        wrapped.rows = rows.flatMap { row -> [[String]] in
            guard row.count == headings.count, let last = row.last, last.displayWidth > room else { return [row] }
            let lines = last.wrapped(to: room)
            return [row.dropLast() + [lines[0]]]
                + lines.dropFirst().map { [String](repeating: "", count: row.count - 1) + [$0] }
        }
        return wrapped.text(maximumCellWidth: .max)
    }

    /// About how many bytes ``text(maximumCellWidth:)`` has at most, by quick counting.
    var textSize: Int {
        let widths = headings.indices.map { column in
            ([headings] + rows).map { $0.indices.contains(column) ? min(48, $0[column].utf8.count) : 0 }.max() ?? 0
        }
        // A column of a wide letter, or a dash, has up to three bytes.
        let line = widths.reduce(1) { $0 + 3 * $1 + 2 }
        return line * (rows.count + 2)
    }

    /// The table's lines, with a line break after each.
    ///
    /// - Parameter maximumCellWidth: wider cells are cut with an ellipsis.
    public func text(maximumCellWidth: Int = 48) -> String {
        let cells = ([headings] + rows).map { row in row.map { $0.escapedForTerminal() } }
        let widths = headings.indices.map { column in
            min(maximumCellWidth, cells.map { $0.indices.contains(column) ? $0[column].displayWidth : 0 }.max() ?? 0)
        }
        var lines = cells.map { row in
            let line = widths.enumerated().map { column, width in
                (row.indices.contains(column) ? row[column] : "").fitted(
                    to: width, alignedRight: rightAligned.contains(column))
            }.joined(separator: "  ")
            return line.trimmingTrailingSpaces
        }
        lines.insert(widths.map { String(repeating: "─", count: $0) }.joined(separator: "  "), at: 1)
        return lines.joined(separator: "\n") + "\n"
    }
}

extension String {
    /// Lines of at most so many columns, broken between words; a longer word is not broken.
    package func wrapped(to width: Int) -> [String] {
        var lines = [""]
        for word in split(separator: " ") {
            let last = lines[lines.count - 1]
            if last.isEmpty {
                lines[lines.count - 1] = String(word)
            } else if last.displayWidth + 1 + String(word).displayWidth <= width {
                lines[lines.count - 1] = last + " " + word
            } else {
                lines.append(String(word))
            }
        }
        return lines
    }

    fileprivate var trimmingTrailingSpaces: String {
        var text = self[...]
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
