/// What an editor may be told; everything has a default.
package struct EditorOptions: Sendable {
    /// Colours for the text, asked at each repaint; not asked for texts of more than ``highlightLimit`` bytes.
    package var highlight: (@Sendable (_ text: String) -> [Span])?
    /// What Tab asks. Without one, Tab inserts ``indentation``.
    package var completer: (any Completer)?
    /// What Tab inserts where only space is before the cursor.
    package var indentation = "    "
    /// Whether spans and prompts have colours; bold, dim and reversed stay either way.
    package var usesColor = true
    /// The editor's own few words.
    package var words = Words()

    /// Longest text, in bytes of UTF-8, that is coloured: a pasted file of thousands of lines would be read again at each key.
    package static let highlightLimit = 32 * 1024

    package init() {}

    /// The words that the editor itself shows.
    package struct Words: Sendable {
        /// Before what is searched, towards older entries.
        package var searchingBack = "search back"
        /// The same towards newer ones.
        package var searchingForward = "search forward"
        /// Before what was not found.
        package var notFound = "not found"
        /// After a list that is cut: `… 12 more`.
        package var more = "more"

        package init() {}
    }
}
