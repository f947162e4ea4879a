/// What the terminal shows of a line that is edited, and the shortest way to make it show something else.
///
/// Text that is there is not written again. Rows end with a line break of their own, never by running over the border,
/// so that terminals that treat the last column differently show the same.
///
/// ```swift
/// var screen = Screen(size: ScreenSize(columns: 80, rows: 24))
/// write(screen.paint(view))
/// write(screen.paint(changed))  // only the difference
/// write(screen.finish())
/// ```
package struct Screen: Sendable {
    package private(set) var size: ScreenSize
    private let usesColor: Bool
    private var viewport = Viewport()
    private var painted: [[Cell]] = []
    /// Where the terminal's cursor is among the painted rows.
    private var cursor = (row: 0, column: 0)
    private var bytes = ""
    private var style = TextStyle.plain

    /// Most rows that are written when a line is done; of a longer one only the part that was seen stays.
    private static let longestFinish = 500

    package init(size: ScreenSize, usesColor: Bool = true) {
        self.size = size
        self.usesColor = usesColor
    }

    /// What to write so that a view is seen. Nothing painted yet: starts in the cursor's row, at its left.
    package mutating func paint(_ view: View) -> String {
        let frame = viewport.frame(of: view, columns: size.columns, height: size.rows)
        return paint(frame)
    }

    /// What to write when the line is done: all of it is seen, without what hung below, and the cursor is in the row after.
    package mutating func finish(_ view: View, mark: String = "") -> String {
        var last = view
        last.below = []
        last.buffer.moveToEnd()
        var text = ""
        if view.buffer.lines.count <= Self.longestFinish {
            var whole = Viewport()
            let frame = whole.frame(of: last, columns: size.columns, height: Self.longestFinish)
            // Rows that were hidden are written below those that were seen last.
            if frame.rows.count > size.rows { text += clear() }
            text += paint(frame)
        } else {
            text += paint(last)
        }
        painted = []
        cursor = (0, 0)
        viewport = Viewport()
        return text + mark + "\r\n"
    }

    /// What to write so that nothing of this is seen; the next ``paint(_:)`` starts here.
    package mutating func clear() -> String {
        if painted.isEmpty { return "\r\u{1B}[J" }
        move(to: 0, 0)
        let text = takeBytes() + "\r\u{1B}[J"
        painted = []
        cursor = (0, 0)
        return text
    }

    /// Forgets what is painted: somebody else wrote to the terminal, and the cursor is at the left of an empty row.
    package mutating func forget() {
        painted = []
        cursor = (0, 0)
    }

    /// What to write after the terminal has got another size. It may have broken the rows that were wider.
    package mutating func resize(to new: ScreenSize) -> String {
        guard new != size else { return "" }
        func rowsNow(_ width: Int) -> Int { max(1, (width + new.columns - 1) / new.columns) }
        var up = painted.prefix(cursor.row).reduce(0) { $0 + rowsNow($1.reduce(0) { $0 + $1.width }) }
        up += min(cursor.column, size.columns - 1) / new.columns
        size = new
        forget()
        return (up > 0 ? "\u{1B}[\(min(up, new.rows))A" : "") + "\r\u{1B}[J"
    }

    // MARK: Painting

    private mutating func paint(_ frame: Frame) -> String {
        for (number, row) in frame.rows.enumerated() {
            guard number < painted.count else {
                if number > 0 {
                    move(to: number - 1, cursor.row == number - 1 ? cursor.column : 0)
                    bytes += "\r\n"
                    cursor = (number, 0)
                }
                painted.append([])
                write(row[...])
                painted[number] = row
                continue
            }
            let old = painted[number]
            guard old != row else { continue }
            let same = zip(old, row).prefix { $0 == $1 }.count
            move(to: number, width(row[..<same]))
            write(row[same...])
            // Never behind the last column, where erasing would take the last character.
            if width(row[...]) < width(old[...]) {
                select(.plain)
                bytes += "\u{1B}[K"
            }
            painted[number] = row
        }
        if frame.rows.count < painted.count {
            move(to: frame.rows.count, 0)
            bytes += "\u{1B}[J"
            painted.removeLast(painted.count - frame.rows.count)
        }
        select(.plain)
        move(to: frame.cursor.row, frame.cursor.column)
        return takeBytes()
    }

    private mutating func write(_ cells: ArraySlice<Cell>) {
        for cell in cells {
            select(cell.style)
            bytes += cell.text
            cursor.column += cell.width
        }
        select(.plain)
    }

    private mutating func select(_ new: TextStyle) {
        let new = usesColor ? new : new.withoutColor
        guard new != style else { return }
        bytes +=
            new == .plain ? "\u{1B}[0m" : style == .plain ? "\u{1B}[\(new.parameters)m" : "\u{1B}[0;\(new.parameters)m"
        style = new
    }

    private mutating func move(to row: Int, _ column: Int) {
        guard (row, column) != cursor else { return }
        // Behind the last column terminals differ in where the cursor is, and all agree on where its row begins.
        if cursor.column >= size.columns {
            bytes += "\r"
            cursor.column = 0
        }
        if row < cursor.row { bytes += "\u{1B}[\(cursor.row - row)A" }
        if row > cursor.row { bytes += "\u{1B}[\(row - cursor.row)B" }
        let steps = column - cursor.column
        if column == 0, steps != 0 {
            bytes += "\r"
        } else if steps < 0 {
            bytes += steps == -1 ? "\u{8}" : "\u{1B}[\(-steps)D"
        } else if steps > 0 {
            bytes += "\u{1B}[\(steps)C"
        }
        cursor = (row, column)
    }

    private func width(_ cells: ArraySlice<Cell>) -> Int { cells.reduce(0) { $0 + $1.width } }

    private mutating func takeBytes() -> String {
        defer { bytes = "" }
        return bytes
    }
}
