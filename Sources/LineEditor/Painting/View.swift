/// What is to be seen: the text with its prompts, and what hangs below it.
package struct View: Sendable {
    package var prompt: StyledText
    /// Before each line but the first.
    package var continuationPrompt: StyledText
    package var buffer: EditBuffer
    package var spans: [Span] = []
    package var below: [StyledText] = []

    package init(prompt: StyledText, continuationPrompt: StyledText, buffer: EditBuffer) {
        self.prompt = prompt
        self.continuationPrompt = continuationPrompt
        self.buffer = buffer
    }
}

/// Columns and rows of a terminal.
package struct ScreenSize: Hashable, Sendable {
    package var columns: Int
    package var rows: Int

    /// Smaller ones are taken as the smallest in which a wide character can stand beside another.
    package init(columns: Int, rows: Int) {
        self.columns = max(4, columns)
        self.rows = max(2, rows)
    }
}

/// The rows that are painted, and the cursor among them.
struct Frame: Hashable, Sendable {
    var rows: [[Cell]]
    var cursor: (row: Int, column: Int)

    static func == (left: Frame, right: Frame) -> Bool { left.rows == right.rows && left.cursor == right.cursor }

    func hash(into hasher: inout Hasher) { hasher.combine(rows) }
}
