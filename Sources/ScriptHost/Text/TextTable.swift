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
    fileprivate var trimmingTrailingSpaces: String {
        var text = self[...]
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
