/// Chooses the rows of a long text that are seen: as many as the screen has, with the cursor among them.
///
/// Only lines near the cursor are looked at, so that a key costs the same in a text of ten lines and of ten thousand.
struct Viewport: Sendable {
    /// The first row seen: a line and a row of it.
    private var top = (line: 0, row: 0)

    /// - Parameter height: how many rows there are for the text and what hangs below.
    mutating func frame(of view: View, columns: Int, height: Int) -> Frame {
        let below = view.below.suffix(max(0, min(view.below.count, height / 2)))
        let room = height - below.count
        let wrap = Wrapping(view: view, columns: columns)
        let cursorLine = view.buffer.cursor.line
        let current = wrap.line(cursorLine)
        let caret = current.caret ?? (0, 0)

        if top.line >= view.buffer.lines.count || (cursorLine, caret.row) < (top.line, top.row) {
            top = (cursorLine, caret.row)
        }
        // From the cursor upwards: how much fits above it.
        var first = (line: cursorLine, row: caret.row)
        var above = 0
        while above < room - 1, first.line > top.line || (first.line == top.line && first.row > top.row) {
            step(&first, wrap)
            above += 1
        }
        top = first
        var rows = self.rows(from: top, count: room, wrap)
        // No empty rows below while text is hidden above.
        while rows.count < room, top.line > 0 || top.row > 0 {
            step(&top, wrap)
            above += 1
            rows = self.rows(from: top, count: rows.count + 1, wrap)
        }
        let hanging = below.map {
            WrappedLine(prompt: Self.cut(Cell.cells($0), to: columns), characters: [], columns: columns)
        }
        return Frame(rows: rows + hanging.flatMap(\.rows), cursor: (above, caret.column))
    }

    /// One row up.
    private func step(_ place: inout (line: Int, row: Int), _ wrap: Wrapping) {
        if place.row > 0 {
            place.row -= 1
        } else {
            place.line -= 1
            place.row = wrap.line(place.line).rows.count - 1
        }
    }

    private func rows(from top: (line: Int, row: Int), count: Int, _ wrap: Wrapping) -> [[Cell]] {
        var rows: [[Cell]] = []
        var line = top.line
        while rows.count < count, line < wrap.view.buffer.lines.count {
            rows += wrap.line(line).rows.dropFirst(line == top.line ? top.row : 0)
            line += 1
        }
        return Array(rows.prefix(count))
    }

    private static func cut(_ cells: [Cell], to columns: Int) -> [Cell] {
        var used = 0
        return Array(
            cells.prefix {
                used += $0.width
                return used <= columns
            })
    }
}

/// The lines of a view, wrapped when they are asked for.
private final class Wrapping {
    let view: View
    private let columns: Int
    private let prompt: [Cell]
    private let continuationPrompt: [Cell]
    private var lines: [Int: WrappedLine] = [:]

    init(view: View, columns: Int) {
        self.view = view
        self.columns = columns
        prompt = Cell.cells(view.prompt)
        continuationPrompt = Cell.cells(view.continuationPrompt)
    }

    func line(_ number: Int) -> WrappedLine {
        if let line = lines[number] { return line }
        let styles = self.styles(of: number)
        let line = WrappedLine(
            prompt: number == 0 ? prompt : continuationPrompt, characters: view.buffer.lines[number], columns: columns,
            caret: number == view.buffer.cursor.line ? view.buffer.cursor.column : nil,
            style: { styles.isEmpty ? .plain : styles[$0] })
        lines[number] = line
        return line
    }

    /// A style for each character of a line; empty if all are plain. Later spans win.
    private func styles(of number: Int) -> [TextStyle] {
        guard !view.spans.isEmpty else { return [] }
        let characters = view.buffer.lines[number]
        let start = view.buffer.byteOffset(of: EditBuffer.Position(line: number, column: 0))
        var offsets: [Int] = []
        var offset = start
        for character in characters {
            offsets.append(offset)
            offset += character.utf8.count
        }
        var styles = [TextStyle](repeating: .plain, count: characters.count)
        for span in view.spans where span.range.lowerBound < offset && span.range.upperBound > start {
            for place in offsets.indices where span.range.contains(offsets[place]) { styles[place] = span.style }
        }
        return styles
    }
}
