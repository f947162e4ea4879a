import Clocks

/// What stands at one place of the screen: a character, or a part of how one is shown that may not be sent as it is.
struct Cell: Hashable, Sendable {
    var text: String
    /// Columns.
    var width: Int
    var style: TextStyle

    private static let tab = 4

    /// Adds the cells of a character. Tabs become spaces; what could steer the terminal is spelled out.
    ///
    /// - Parameter column: where it stands, for tabs.
    static func append(_ character: Character, at column: Int, style: TextStyle, to cells: inout [Cell]) {
        if let value = character.asciiValue, (0x20..<0x7F).contains(value) {
            cells.append(Cell(text: String(character), width: 1, style: style))
            return
        }
        if character == "\t" {
            for _ in 0..<(tab - column % tab) { cells.append(Cell(text: " ", width: 1, style: style)) }
            return
        }
        let text = String(character)
        let shown = text.escapedForTerminal()
        let width = character.displayWidth
        if shown == text, width > 0 {
            cells.append(Cell(text: text, width: width, style: style))
        } else if shown == text {
            // A mark with nothing to stand on gets a space.
            cells.append(Cell(text: " " + text, width: 1, style: style))
        } else {
            for letter in shown { cells.append(Cell(text: String(letter), width: 1, style: style)) }
        }
    }

    static func cells(_ text: StyledText) -> [Cell] {
        var cells: [Cell] = []
        for part in text.parts {
            for character in part.text { append(character, at: 0, style: part.style, to: &cells) }
        }
        return cells
    }
}
