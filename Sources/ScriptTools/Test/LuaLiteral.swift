package import LuaRuntime

/// Values as a person would write them in Lua.
package enum LuaLiteral {
    /// The value on one line.
    package static func line(_ value: LuaValue) -> String {
        switch value {
        case .array(let elements):
            elements.isEmpty ? "{}" : "{ " + elements.map(line).joined(separator: ", ") + " }"
        case .object(let members):
            members.isEmpty
                ? "{}"
                : "{ " + members.keys.sorted().map { key(of: $0) + line(members[$0] ?? .nil) }.joined(separator: ", ")
                    + " }"
        default: scalar(value)
        }
    }

    /// The value on as many lines as it has parts; parts that fit into the width stay on one.
    ///
    /// - Parameter width: 0 for a line for each.
    package static func lines(_ value: LuaValue, width: Int = 0, indent: String = "") -> [String] {
        let whole = line(value)
        if indent.count + whole.count <= width { return [whole] }
        let inner = indent + "    "
        let parts: [(String, LuaValue)]
        switch value {
        case .array(let elements) where !elements.isEmpty: parts = elements.map { ("", $0) }
        case .object(let members) where !members.isEmpty:
            parts = members.keys.sorted().map { (key(of: $0), members[$0] ?? .nil) }
        default: return [whole]
        }
        var lines = ["{"]
        for (key, part) in parts {
            var written = self.lines(part, width: width - key.count - 1, indent: inner)
            written[0] = inner + key + written[0]
            written[written.count - 1] += ","
            lines += written
        }
        return lines + [indent + "}"]
    }

    /// A text in double quotes.
    package static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": quoted += "\\\(scalar)"
            case "\n": quoted += "\\n"
            case "\t": quoted += "\\t"
            case "\r": quoted += "\\r"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                quoted += "\\u{" + String(scalar.value, radix: 16) + "}"
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }

    private static func scalar(_ value: LuaValue) -> String {
        switch value {
        case .nil: "nil"
        case .boolean(let flag): flag ? "true" : "false"
        case .integer(let number): number == .min ? "math.mininteger" : String(number)
        case .number(let number):
            number.isNaN ? "0/0" : number.isInfinite ? (number < 0 ? "-1/0" : "1/0") : String(number)
        case .string(let text): quoted(text)
        case .bytes(let bytes):
            "\"" + bytes.map { "\\x" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() + "\""
        case .handle(let handle): "<\(handle.kind)>"
        case .array, .object: "{}"
        }
    }

    private static let keywords: Set = [
        "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in", "local", "nil",
        "not", "or", "repeat", "return", "then", "true", "until", "while",
    ]

    private static func key(of name: String) -> String {
        let isName =
            !name.isEmpty && name.first?.isNumber == false && !keywords.contains(name)
            && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
        return isName ? "\(name) = " : "[\(quoted(name))] = "
    }
}
