extension EditBuffer {
    /// A change that can be taken back.
    struct Edit: Sendable {
        var at: Position
        var removed: [[Character]]
        var inserted: [[Character]]
        /// Where the cursor stood before.
        var cursor: Position
        /// Undone together with the edit before it.
        var isJoined = false

        var end: Position {
            let last = inserted[inserted.count - 1].count
            return inserted.count == 1
                ? Position(line: at.line, column: at.column + last)
                : Position(line: at.line + inserted.count - 1, column: last)
        }
    }

    private static var longestMemory: Int { 1000 }

    /// Takes the last change back: a word typed, a stretch killed, a paste.
    ///
    /// - Returns: false if there is none.
    @discardableResult
    package mutating func undo() -> Bool {
        continuation = .none
        guard var edit = edits.popLast() else { return false }
        takeBack(edit)
        while edit.isJoined, let before = edits.popLast() {
            edit = before
            takeBack(edit)
        }
        return true
    }

    private mutating func takeBack(_ edit: Edit) {
        splice(edit.at, edit.end, with: edit.removed)
        cursor = edit.cursor
    }

    mutating func record(_ edit: Edit, as kind: Continuation) {
        if kind == .typing, continuation == .typing, let last = edits.last, last.inserted.count == 1,
            last.inserted[0].last?.isWhitespace == edit.inserted[0].last?.isWhitespace, last.end == edit.cursor
        {
            // A word is one edit. The new one holds again the characters that it joined.
            let overlap = edit.cursor.column - edit.at.column
            var joined = last
            let start = joined.inserted[0].count - overlap
            if start >= 0, edit.removed[0].count == overlap {
                joined.inserted[0].replaceSubrange(start..., with: edit.inserted[0])
                edits[edits.count - 1] = joined
                return
            }
        }
        edits.append(edit)
        if edits.count > Self.longestMemory { edits.removeFirst(Self.longestMemory / 10) }
    }
}
