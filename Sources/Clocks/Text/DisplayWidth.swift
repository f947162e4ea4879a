extension String {
    /// How many columns a terminal uses for this text: two for Hangul, Han and other wide characters and for emoji, none for
    /// combining marks.
    public var displayWidth: Int {
        isPrintableASCII ? utf8.count : reduce(0) { $0 + $1.displayWidth }
    }

    /// Most texts are: a column for each byte, and nothing that steers a terminal.
    private var isPrintableASCII: Bool { utf8.allSatisfy { (0x20...0x7E).contains($0) } }

    /// This text with what could steer a terminal made visible: control characters, and marks that reorder text.
    ///
    /// - Parameter keepingLines: lets line breaks and tabs through.
    public func escapedForTerminal(keepingLines: Bool = false) -> String {
        escapedForTerminal(keepingLines: keepingLines) { scalar in
            scalar == "\n" ? "\\n" : "\\u{\(String(scalar.value, radix: 16))}"
        }
    }

    /// The same, with an escape of one's own.
    public func escapedForTerminal(keepingLines: Bool, _ escape: (Unicode.Scalar) -> String) -> String {
        if isPrintableASCII { return self }
        if unicodeScalars.allSatisfy({ !$0.isUnsafeOnTerminal || (keepingLines && ($0 == "\n" || $0 == "\t")) }) {
            return self
        }
        var text = ""
        for scalar in unicodeScalars {
            if scalar.isUnsafeOnTerminal, !(keepingLines && (scalar == "\n" || scalar == "\t")) {
                text += escape(scalar)
            } else {
                text.unicodeScalars.append(scalar)
            }
        }
        return text
    }

    /// This text with spaces up to a width, or cut to it with an ellipsis.
    public func fitted(to width: Int, alignedRight: Bool = false) -> String {
        let own = displayWidth
        if own <= width {
            let padding = String(repeating: " ", count: width - own)
            return alignedRight ? padding + self : self + padding
        }
        var text = ""
        var used = 0
        for character in self {
            guard used + character.displayWidth <= width - 1 else { break }
            text.append(character)
            used += character.displayWidth
        }
        return text + "…" + String(repeating: " ", count: max(0, width - 1 - used))
    }
}

extension Character {
    /// How many columns a terminal uses for this character.
    package var displayWidth: Int {
        guard let first = unicodeScalars.first else { return 0 }
        if unicodeScalars.contains(where: { $0.properties.isEmojiPresentation || $0.value == 0xFE0F }) { return 2 }
        return first.displayWidth
    }
}

extension Unicode.Scalar {
    fileprivate var displayWidth: Int {
        switch properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format, .control: return 0
        default: break
        }
        switch value {
        case 0x1160...0x11FF: return 0  // Hangul vowels and finals that join the letter before
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
            0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6,
            0x1F300...0x1F64F, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
            return 2
        default: return 1
        }
    }

    fileprivate var isUnsafeOnTerminal: Bool {
        switch properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator, .surrogate: true
        case .format: value != 0x200D  // a joiner holds emoji together
        default: false
        }
    }
}
