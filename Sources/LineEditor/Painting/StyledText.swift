/// How text looks: the parameters of a terminal's "select graphic rendition".
///
/// ```swift
/// let keyword = TextStyle.magenta
/// let warning = TextStyle("1;33")
/// ```
package struct TextStyle: Hashable, Sendable {
    /// Numbers with `;` between them; empty for plain text.
    package var parameters: String

    /// - Parameter parameters: numbers with `;` between them, as in `1;36`.
    package init(_ parameters: String) {
        self.parameters = parameters
    }

    package static let plain = TextStyle("")
    package static let bold = TextStyle("1")
    package static let dim = TextStyle("2")
    package static let underlined = TextStyle("4")
    package static let reversed = TextStyle("7")
    package static let red = TextStyle("31")
    package static let green = TextStyle("32")
    package static let yellow = TextStyle("33")
    package static let blue = TextStyle("34")
    package static let magenta = TextStyle("35")
    package static let cyan = TextStyle("36")

    /// Bold, dim, underlined and reversed are no colours: they stay where colours are unwanted.
    var withoutColor: TextStyle {
        ["1", "2", "4", "7"].contains(parameters) ? self : .plain
    }
}

/// Text in one or several styles: a prompt, a line of a menu.
///
/// ```swift
/// let prompt: StyledText = StyledText("live ", .bold) + StyledText("ro", .green) + " 57> "
/// ```
package struct StyledText: Hashable, Sendable, ExpressibleByStringLiteral {
    package struct Part: Hashable, Sendable {
        package var text: String
        package var style: TextStyle
    }

    package var parts: [Part]

    package init(_ text: String, _ style: TextStyle = .plain) {
        parts = text.isEmpty ? [] : [Part(text: text, style: style)]
    }

    package init(stringLiteral text: String) {
        self.init(text)
    }

    /// The text without its styles.
    package var plain: String { parts.map(\.text).joined() }

    package static func + (left: StyledText, right: StyledText) -> StyledText {
        var sum = left
        sum.parts += right.parts
        return sum
    }
}

/// A stretch of the edited text and how it looks.
package struct Span: Hashable, Sendable {
    /// Offsets into the text's UTF-8 bytes. A character that is only partly inside is styled as its first byte is.
    package var range: Range<Int>
    package var style: TextStyle

    package init(_ range: Range<Int>, _ style: TextStyle) {
        self.range = range
        self.style = style
    }
}
