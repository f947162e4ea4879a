/// Writes keys and texts so that they are read as what they are.
struct YAMLWriter {
    /// By how many columns each level is indented.
    var step: Int

    /// The lines of a key and its value, without line ends.
    func block(_ entry: SettingsText.Value.Entry, indentation: Int) -> [String] {
        let start = String(repeating: " ", count: indentation) + Self.scalar(entry.key) + ":"
        switch entry.value {
        case .text(let text): return [start + " " + Self.scalar(text)]
        case .mapping(let entries):
            return [start] + entries.flatMap { block($0, indentation: indentation + step) }
        }
    }

    /// The same on one line, in braces.
    static func flow(_ value: SettingsText.Value) -> String {
        switch value {
        case .text(let text): quoted(text)
        case .mapping(let entries):
            "{" + entries.map { "\(scalar($0.key)): \(flow($0.value))" }.joined(separator: ", ") + "}"
        }
    }

    /// A text on one line, plain if nothing else could be read there.
    static func scalar(_ text: String) -> String { isPlain(text) ? text : quoted(text) }

    private static func isPlain(_ text: String) -> Bool {
        let scalars = Array(text.unicodeScalars)
        guard let first = scalars.first, isLetter(first) || first == "/" else { return false }
        // What YAML takes for a truth value or nothing.
        guard !["y", "n", "yes", "no", "on", "off", "true", "false", "null"].contains(text.lowercased()) else {
            return false
        }
        return scalars.indices.allSatisfy { index in
            let scalar = scalars[index]
            if isLetter(scalar) || ("0"..."9").contains(scalar) || "_./-+@=~%".unicodeScalars.contains(scalar) {
                return true
            }
            // An address's: in front of a blank or at the end it would make a key.
            guard scalar == ":", scalars.indices.contains(index + 1) else { return false }
            return !" \t".unicodeScalars.contains(scalars[index + 1])
        }
    }

    private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": result.unicodeScalars.append(contentsOf: ["\\", scalar])
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            // Line ends of YAML's own are none in quotes.
            case "\u{2028}", "\u{2029}": result += "\\u" + String(scalar.value, radix: 16)
            case " "..."~", "\u{A1}"..."\u{D7FF}":
                result.unicodeScalars.append(scalar)
            default:
                let digits = String(scalar.value, radix: 16, uppercase: true)
                let (mark, count) = scalar.value > 0xFFFF ? ("U", 8) : ("u", 4)
                result += "\\\(mark)" + String(repeating: "0", count: count - digits.count) + digits
            }
        }
        return result + "\""
    }
}
