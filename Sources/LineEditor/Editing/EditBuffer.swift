/// Text of several lines and a cursor between its characters.
///
/// Characters are grapheme clusters in normal form C: whatever is inserted is composed with what stands before and after
/// it, so that a syllable typed or pasted as single jamo is one character. Line breaks are `\n`; of the control
/// characters only the tab is kept.
package struct EditBuffer: Sendable {
    /// A place between two characters.
    package struct Position: Hashable, Comparable, Sendable {
        package var line: Int
        package var column: Int

        package init(line: Int, column: Int) {
            self.line = line
            self.column = column
        }

        package static func < (left: Position, right: Position) -> Bool {
            (left.line, left.column) < (right.line, right.column)
        }
    }

    /// What the last command was, where the next one may continue it.
    enum Continuation {
        case none, typing, killing
    }

    package private(set) var lines: [[Character]] = [[]]
    /// Bytes of UTF-8 of the whole text; kept, so that a long paste is not counted at each of its lines.
    package private(set) var length = 0
    package internal(set) var cursor = Position(line: 0, column: 0)
    /// What was killed last, for ``yank()``.
    package internal(set) var killed = ""
    var continuation = Continuation.none
    var edits: [Edit] = []

    package init() {}

    package init(_ text: String) {
        lines = CleanText.lines(CleanText.clean(text))
        length = Self.length(lines)
        cursor = end
    }

    package var isEmpty: Bool { lines.count == 1 && lines[0].isEmpty }

    /// All lines, with `\n` between them.
    package var text: String {
        var text = ""
        for (number, line) in lines.enumerated() {
            if number > 0 { text.append("\n") }
            text.append(contentsOf: line)
        }
        return text
    }

    /// Where the last line ends.
    package var end: Position {
        Position(line: lines.count - 1, column: lines[lines.count - 1].count)
    }

    /// The line with the cursor, up to it.
    package var lineBeforeCursor: ArraySlice<Character> {
        lines[cursor.line][..<cursor.column]
    }

    /// Bytes of UTF-8 before a position.
    package func byteOffset(of position: Position) -> Int {
        var bytes = position.line
        for line in lines[..<position.line] { bytes += line.reduce(0) { $0 + $1.utf8.count } }
        return bytes + lines[position.line][..<position.column].reduce(0) { $0 + $1.utf8.count }
    }

    /// The position with so many bytes of UTF-8 before it; nil inside a character or after the end.
    package func position(atByte offset: Int) -> Position? {
        var rest = offset
        for (number, line) in lines.enumerated() {
            for column in 0...line.count {
                if rest == 0 { return Position(line: number, column: column) }
                guard column < line.count else { break }
                rest -= line[column].utf8.count
                if rest < 0 { return nil }
            }
            rest -= 1
        }
        return nil
    }

    // MARK: Changing

    /// Inserts at the cursor, which then stands behind it.
    package mutating func insert(_ text: String) {
        let text = CleanText.clean(text)
        guard !text.isEmpty else { return }
        change(cursor, cursor, with: text, as: text.count == 1 && text != "\n" ? .typing : .none)
    }

    /// Deletes the character behind the cursor, or the line break.
    package mutating func deleteForward() {
        delete(to: position(after: cursor))
    }

    /// Deletes the character before the cursor, or the line break.
    package mutating func deleteBackward() {
        delete(to: position(before: cursor))
    }

    /// Deletes from the cursor to a position on either side.
    package mutating func delete(to place: Position) {
        guard place != cursor else { return }
        change(min(place, cursor), max(place, cursor), with: "", as: .none)
    }

    /// Replaces a stretch of text; the cursor then stands behind the new text.
    package mutating func replace(_ range: Range<Position>, with text: String) {
        move(to: range.upperBound)
        delete(to: range.lowerBound)
        let count = edits.count
        insert(text)
        // One command, one undo.
        if edits.count > count, !range.isEmpty { edits[edits.count - 1].isJoined = true }
    }

    /// Replaces everything, with the cursor at the end.
    package mutating func setText(_ text: String) {
        change(Position(line: 0, column: 0), end, with: CleanText.clean(text), as: .none)
    }

    /// Swaps the characters around the cursor, at the end of a line the last two.
    package mutating func transpose() {
        let line = lines[cursor.line]
        guard line.count > 1, cursor.column > 0 else { return }
        let second = min(cursor.column, line.count - 1)
        change(
            Position(line: cursor.line, column: second - 1), Position(line: cursor.line, column: second + 1),
            with: String([line[second], line[second - 1]]), as: .none)
    }

    /// The only way in which the text changes; the cursor then stands behind the new text.
    ///
    /// What is new may join the character before (a vowel after a consonant) or the one behind (before a mark), and so may
    /// two that meet where something is deleted.
    private mutating func change(_ from: Position, _ to: Position, with text: String, as kind: Continuation) {
        let before = from.column > 0 ? lines[from.line][from.column - 1] : nil
        let behind = to.column < lines[to.line].count ? lines[to.line][to.column] : nil
        let left = CleanText.composed((before.map { String($0) } ?? "") + text)
        let leftLines = CleanText.lines(left)
        var whole = CleanText.lines(CleanText.composed(left + (behind.map { String($0) } ?? "")))
        var place = Position(line: from.line + leftLines.count - 1, column: 0)
        place.column = min(leftLines[leftLines.count - 1].count, whole[whole.count - 1].count)
        if leftLines.count == 1 { place.column += from.column - (before == nil ? 0 : 1) }
        // A neighbour that joins nothing is no part of the change.
        var (from, to) = (from, to)
        if let before {
            if whole[0].first == before { whole[0].removeFirst() } else { from.column -= 1 }
        }
        if let behind {
            let last = whole.count - 1
            if whole[last].last == behind { whole[last].removeLast() } else { to.column += 1 }
        }
        record(Edit(at: from, removed: characters(from, to), inserted: whole, cursor: cursor), as: kind)
        splice(from, to, with: whole)
        cursor = place
        continuation = kind
    }

    private static func length(_ lines: [[Character]]) -> Int {
        lines.reduce(lines.count - 1) { $0 + $1.reduce(0) { $0 + $1.utf8.count } }
    }

    mutating func splice(_ from: Position, _ to: Position, with new: [[Character]]) {
        length += Self.length(new) - Self.length(characters(from, to))
        if from.line == to.line, new.count == 1 {
            lines[from.line].replaceSubrange(from.column..<to.column, with: new[0])
            return
        }
        var new = new
        let tail = lines[to.line][to.column...]
        new[0].insert(contentsOf: lines[from.line][..<from.column], at: 0)
        new[new.count - 1].append(contentsOf: tail)
        lines.replaceSubrange(from.line...to.line, with: new)
    }

    func characters(_ from: Position, _ to: Position) -> [[Character]] {
        if from.line == to.line { return [Array(lines[from.line][from.column..<to.column])] }
        return [Array(lines[from.line][from.column...])] + lines[(from.line + 1)..<to.line]
            + [Array(lines[to.line][..<to.column])]
    }
}
