extension EditBuffer {
    /// Kills to the end of the line; at its end, the line break.
    package mutating func killToLineEnd() {
        let end = Position(line: cursor.line, column: lines[cursor.line].count)
        kill(to: cursor == end ? position(after: cursor) : end)
    }

    /// Kills to the start of the line; at its start, the line break before it.
    package mutating func killToLineStart() {
        kill(to: cursor.column == 0 ? position(before: cursor) : Position(line: cursor.line, column: 0))
    }

    package mutating func killWordForward() { kill(to: wordEnd) }
    package mutating func killWordBackward() { kill(to: wordStart) }

    /// Kills back to a space, as `C-w` does in a shell.
    package mutating func killBlankBackward() { kill(to: blankStart) }

    /// Inserts what was killed last.
    package mutating func yank() {
        insert(killed)
        continuation = .none
    }

    private mutating func kill(to place: Position) {
        guard place != cursor else { return }
        let isForward = place > cursor
        let text = characters(min(place, cursor), max(place, cursor)).map { String($0) }.joined(separator: "\n")
        if continuation == .killing {
            killed = isForward ? killed + text : text + killed
        } else {
            killed = text
        }
        delete(to: place)
        continuation = .killing
    }
}
