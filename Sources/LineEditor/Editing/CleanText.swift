import Foundation

/// Text as the editor holds it.
enum CleanText {
    /// In normal form C, with `\n` for every kind of line break and without control characters but the tab.
    static func clean(_ text: String) -> String {
        if text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) || $0 == 0x0A || $0 == 0x09 }) { return text }
        var scalars = String.UnicodeScalarView()
        var followsReturn = false
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\r", "\u{2028}", "\u{2029}", "\u{85}": scalars.append("\n")
            case "\n" where followsReturn: break
            case "\n", "\t": scalars.append(scalar)
            default: if scalar.properties.generalCategory != .control { scalars.append(scalar) }
            }
            followsReturn = scalar == "\r"
        }
        return composed(String(scalars))
    }

    /// In normal form C.
    static func composed(_ text: String) -> String {
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return text }
        // Foundation leaves a syllable without a final and the final behind it apart; from their parts it composes them.
        return text.decomposedStringWithCanonicalMapping.precomposedStringWithCanonicalMapping
    }

    /// At least one line.
    static func lines(_ text: String) -> [[Character]] {
        var lines: [[Character]] = []
        var line: [Character] = []
        for character in text {
            if character == "\n" {
                lines.append(line)
                line = []
            } else {
                line.append(character)
            }
        }
        lines.append(line)
        return lines
    }
}
