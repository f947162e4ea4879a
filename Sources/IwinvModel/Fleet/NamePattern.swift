/// A name with a place for a number: `web-%03d`.
struct NamePattern {
    private enum Part {
        case text(String)
        /// At least so many digits.
        case number(width: Int)
    }

    private var parts: [Part] = []

    /// Whether there is a place for a number.
    var hasNumber: Bool {
        parts.contains { part in
            if case .number = part { true } else { false }
        }
    }

    /// Reads a pattern; nil if a percent sign stands for nothing.
    init?(_ pattern: String) {
        var rest = pattern[...]
        while let percent = rest.firstIndex(of: "%") {
            parts.append(.text(String(rest[..<percent])))
            rest = rest[rest.index(after: percent)...]
            if rest.first == "%" {
                parts.append(.text("%"))
                rest = rest.dropFirst()
                continue
            }
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            rest = rest.dropFirst(digits.count)
            guard rest.first == "d", digits.count <= 2 else { return nil }
            parts.append(.number(width: Int(digits) ?? 1))
            rest = rest.dropFirst()
        }
        parts.append(.text(String(rest)))
    }

    func name(_ number: Int) -> String {
        parts.map { part in
            switch part {
            case .text(let text): return text
            case .number(let width):
                let digits = String(number)
                return String(repeating: "0", count: max(0, width - digits.count)) + digits
            }
        }.joined()
    }

    /// Whether some number gives this name.
    func matches(_ name: String) -> Bool {
        Self.matches(name[...], parts[...])
    }

    private static func matches(_ name: Substring, _ parts: ArraySlice<Part>) -> Bool {
        switch parts.first {
        case nil: return name.isEmpty
        case .text(let text): return name.hasPrefix(text) && matches(name.dropFirst(text.count), parts.dropFirst())
        case .number(let width):
            let digits = name.prefix { $0.isASCII && $0.isNumber }
            return (1...max(1, digits.count)).contains { count in
                digits.count >= count && count >= width && matches(name.dropFirst(count), parts.dropFirst())
            }
        }
    }
}
