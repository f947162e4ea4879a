/// One line of text with its prompt, cut into the rows of a screen.
struct WrappedLine {
    private(set) var rows: [[Cell]] = [[]]
    /// Where the caret stands, if it is in this line.
    private(set) var caret: (row: Int, column: Int)?
    private var column = 0
    private let columns: Int

    /// - Parameters:
    ///   - caret: how many characters are before it.
    ///   - style: of each character, by its place.
    init(
        prompt: [Cell], characters: [Character], columns: Int, caret caretColumn: Int? = nil,
        style: (Int) -> TextStyle = { _ in .plain }
    ) {
        self.columns = columns
        for cell in prompt { add(cell) }
        let indent = column
        var cells: [Cell] = []
        for (number, character) in characters.enumerated() {
            cells.removeAll(keepingCapacity: true)
            Cell.append(character, at: column - indent, style: style(number), to: &cells)
            // In front of a wide character that no longer fits is behind the row's end.
            if let first = cells.first, column + first.width > columns { breakRow() }
            if number == caretColumn { caret = (rows.count - 1, column) }
            for cell in cells { add(cell) }
        }
        if caretColumn == characters.count {
            if column >= columns { breakRow() }
            caret = (rows.count - 1, column)
        }
    }

    private mutating func add(_ cell: Cell) {
        if column + cell.width > columns { breakRow() }
        rows[rows.count - 1].append(cell)
        column += cell.width
    }

    private mutating func breakRow() {
        rows.append([])
        column = 0
    }
}
