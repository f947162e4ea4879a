import Foundation

/// A text that tries to steer a terminal in every way, and the search for what of it got through.
enum HostileText {
    /// By these it is found again, however the rest is shown.
    static let begin = "Qbegin", end = "Qend"

    /// One of each kind. No line breaks: some ways in are lines.
    static let parts = [
        "\u{1B}]52;c;QUFB\u{7}", "\u{1B}[2J", "\u{1B}[31m", "\u{9B}31m", "\u{9D}0;t\u{9C}", "\u{90}q", "\u{202E}",
        "\u{2066}", "\u{200F}", "\u{200B}", "\u{8}", "\u{7F}", "\u{AD}", "\u{61C}", "\u{FEFF}", "\u{E0041}",
    ]

    /// On one line.
    static let line = begin + parts.joined(separator: ".") + end

    /// With everything that breaks lines, and a line that the program has not written.
    static let text =
        begin + parts.joined(separator: ".") + "\u{2028}\u{2029}\u{85}\u{B}\u{C}\r\n" + forged + "\r" + forged + end

    /// A line that begins so is forged.
    static let forged = "Qforged"

    /// Whether something of it is there, raw or not; a long one may have been cut at either end.
    static func isShown(in output: String) -> Bool {
        [begin, end, "QUFB"].contains { output.contains($0) }
    }

    /// A literal of Lua.
    static func lua(_ text: String) -> String {
        "\"" + text.utf8.map { "\\" + String(repeating: "0", count: 3 - String($0).count) + String($0) }.joined() + "\""
    }

    /// What steers a terminal in an output: nothing, where the door is shut.
    ///
    /// - Parameter isTerminal: Whether the program's own styles, and lines redrawn in place, are expected.
    static func raw(in output: String, isTerminal: Bool = false) -> [String] {
        var rest = output
        if isTerminal {
            rest = rest.replacing("\r\n", with: "\n").replacing("\r\u{1B}[K", with: "")
            // The hostile texts hold one of these, too: it is followed by what else they hold.
            rest = rest.replacing(#/\u{1B}\[(0|1|2|31|33|36)m/#, with: "")
        }
        return rest.unicodeScalars.filter(isSteering).map { "U+" + String($0.value, radix: 16) }
    }

    static func hasForgedLine(_ output: String) -> Bool {
        output.split(whereSeparator: { $0 == "\n" || $0 == "\r\n" }).contains { $0.hasPrefix(forged) }
    }

    /// Written down here once more, so that a slip in the program's own list is seen.
    private static func isSteering(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A: false
        case 0...0x1F, 0x7F...0x9F, 0xAD, 0x61C, 0x180E, 0x200B, 0x200C, 0x200E, 0x200F, 0x2028...0x202E,
            0x2060...0x206F,
            0xFEFF, 0xFFF9...0xFFFB, 0xE0001, 0xE0020...0xE007F:
            true
        default: false
        }
    }
}
