import Clocks

/// Text that may be written to a terminal.
///
/// Its ways in are the program's own literals, its own styles, and foreign text that is escaped on the way: what a script,
/// the cloud, a file or an argument says cannot move the cursor, set a title, fill the clipboard or turn a line around.
///
///     let text: TerminalText = "\(path): cannot be read\n"   // a line break in `path` is shown as \n
///     Terminal.error(text)
///
/// A text escaped twice is the same as one escaped once.
struct TerminalText: Sendable, Equatable {
    /// What is written.
    private(set) var written: String

    /// Foreign text on one line.
    init(_ text: some StringProtocol) {
        written = String(text).escapedForTerminal()
    }

    /// Foreign text of several lines: line breaks and tabs stay.
    init(lines text: some StringProtocol) {
        written = String(text).escapedForTerminal(keepingLines: true)
    }

    /// A JSON text. It stays the same document: what is foreign stands in its strings, and there is an escape of JSON's own
    /// for every character.
    init(json text: String) {
        written = text.escapedForTerminal(keepingLines: true) { scalar in
            String(scalar).utf16.map { unit in
                let digits = String(unit, radix: 16)
                return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }.joined()
        }
    }

    private init(own text: String) {
        written = text
    }

    static func + (left: TerminalText, right: TerminalText) -> TerminalText {
        TerminalText(own: left.written + right.written)
    }

    static func += (left: inout TerminalText, right: TerminalText) {
        left.written += right.written
    }

    var isEmpty: Bool { written.isEmpty }

    /// Line by line.
    var lines: [TerminalText] {
        written.split(separator: "\n", omittingEmptySubsequences: false).map { TerminalText(own: String($0)) }
    }

    /// The same in a style, which ends with it.
    func styled(_ style: Terminal.Style) -> TerminalText {
        TerminalText(own: "\u{1B}[\(style.rawValue)m\(written)\u{1B}[0m")
    }
}

extension TerminalText: ExpressibleByStringInterpolation {
    struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var text: String

        init(literalCapacity: Int, interpolationCount: Int) {
            text = ""
            text.reserveCapacity(literalCapacity + interpolationCount * 16)
        }

        mutating func appendLiteral(_ literal: String) { text += literal }

        /// What has been through the door.
        mutating func appendInterpolation(_ part: TerminalText) { text += part.written }

        /// Foreign text: on one line.
        mutating func appendInterpolation(_ value: some CustomStringConvertible) {
            text += value.description.escapedForTerminal()
        }

        /// An error of a library, on one line; the program's own has been through the door.
        mutating func appendInterpolation(_ error: some Error) {
            text += (error as? UsageError)?.text.written ?? "\(error)".escapedForTerminal()
        }

        mutating func appendInterpolation(_ error: some Error & CustomStringConvertible) {
            text += (error as? UsageError)?.text.written ?? error.description.escapedForTerminal()
        }

        /// Foreign text of several lines.
        mutating func appendInterpolation(lines value: some StringProtocol) {
            text += String(value).escapedForTerminal(keepingLines: true)
        }
    }

    init(stringLiteral text: String) {
        written = text
    }

    init(stringInterpolation: StringInterpolation) {
        written = stringInterpolation.text
    }
}

extension Sequence<TerminalText> {
    func joined(separator: TerminalText = "") -> TerminalText {
        var (text, isFirst): (TerminalText, Bool) = ("", true)
        for part in self {
            if !isFirst { text += separator }
            text += part
            isFirst = false
        }
        return text
    }
}

extension String.StringInterpolation {
    /// There is no way back: the styles in it would be escaped at the next door.
    @available(*, unavailable, message: "a terminal's text goes into a terminal's text only")
    mutating func appendInterpolation(_ text: TerminalText) {}
}
