import Clocks

extension EditBuffer {
    /// Moves by characters, over line breaks.
    package mutating func moveLeft() { move(to: position(before: cursor)) }
    package mutating func moveRight() { move(to: position(after: cursor)) }

    /// Moves within the line.
    package mutating func moveToLineStart() { move(to: Position(line: cursor.line, column: 0)) }
    package mutating func moveToLineEnd() { move(to: Position(line: cursor.line, column: lines[cursor.line].count)) }

    /// Moves by words: letters, digits and `_`.
    package mutating func moveWordLeft() { move(to: wordStart) }
    package mutating func moveWordRight() { move(to: wordEnd) }

    package mutating func moveToStart() { move(to: Position(line: 0, column: 0)) }
    package mutating func moveToEnd() { move(to: end) }

    /// Moves to the line above, to the same column if it is long enough.
    ///
    /// - Returns: false on the first line.
    package mutating func moveUp() -> Bool { moveLines(-1) }

    /// Moves to the line below.
    ///
    /// - Returns: false on the last line.
    package mutating func moveDown() -> Bool { moveLines(1) }

    package mutating func move(to position: Position) {
        cursor = position
        continuation = .none
    }

    private mutating func moveLines(_ count: Int) -> Bool {
        continuation = .none
        let line = cursor.line + count
        guard lines.indices.contains(line) else { return false }
        // By columns of the terminal, so that the cursor goes straight up beside Hangul.
        let width = lineBeforeCursor.reduce(0) { $0 + $1.displayWidth }
        var column = 0
        var used = 0
        while column < lines[line].count, used + lines[line][column].displayWidth <= width {
            used += lines[line][column].displayWidth
            column += 1
        }
        cursor = Position(line: line, column: column)
        return true
    }

    // MARK: Places

    func position(after place: Position) -> Position {
        if place.column < lines[place.line].count { return Position(line: place.line, column: place.column + 1) }
        return place.line + 1 < lines.count ? Position(line: place.line + 1, column: 0) : place
    }

    func position(before place: Position) -> Position {
        if place.column > 0 { return Position(line: place.line, column: place.column - 1) }
        return place.line > 0 ? Position(line: place.line - 1, column: lines[place.line - 1].count) : place
    }

    var wordEnd: Position {
        scan(from: cursor, forward: true, over: [{ !Self.isWord($0) }, Self.isWord])
    }

    var wordStart: Position {
        scan(from: cursor, forward: false, over: [{ !Self.isWord($0) }, Self.isWord])
    }

    /// The start of what has no space in it.
    var blankStart: Position {
        scan(from: cursor, forward: false, over: [\.isWhitespace, { !$0.isWhitespace }])
    }

    private func scan(from place: Position, forward: Bool, over kinds: [(Character) -> Bool]) -> Position {
        var place = place
        for kind in kinds {
            while true {
                let next = forward ? position(after: place) : position(before: place)
                guard next != place, kind(character(at: forward ? place : next)) else { break }
                place = next
            }
        }
        return place
    }

    private func character(at place: Position) -> Character {
        place.column < lines[place.line].count ? lines[place.line][place.column] : "\n"
    }

    private static func isWord(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || character == "_"
    }
}
