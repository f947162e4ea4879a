/// Why Lua would refuse a text.
public struct LuaProblem: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of fault; stable, so that tools can name it.
    public enum Code: String, Sendable, CaseIterable {
        /// A token that cannot stand here.
        case unexpected
        /// A byte that no token begins with.
        case symbol
        case number
        case string
        /// A string or comment reaches the end of the text.
        case unfinished
        /// Deeper than ``LuaTree/maximumDepth``.
        case depth
        /// `goto`, a label or `break` without its counterpart.
        case jump
        /// An assignment to a `<const>` or `<close>` variable.
        case constant
        /// An attribute that does not exist, or two `<close>` in one list.
        case attribute
        /// `...` in a function without `...`.
        case varargs
        /// More than 200 local variables, or 255 outer ones, in a function.
        case limit
    }

    public var code: Code
    /// The bytes it is about.
    public var range: Range<Int>
    public var message: String
    /// More text could mend it: it is about the end of the text.
    public var isAtEnd: Bool

    public init(code: Code, range: Range<Int>, message: String, isAtEnd: Bool = false) {
        self.code = code
        self.range = range
        self.message = message
        self.isAtEnd = isAtEnd
    }

    public var description: String { message }

    /// Bytes for a message: short, in one line, and nothing that could steer a terminal.
    static func visible(_ bytes: ArraySlice<UInt8>) -> String {
        let text = String(decoding: bytes.prefix(200), as: UTF8.self)
        var result = ""
        for scalar in text.unicodeScalars.prefix(40) {
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned:
                result += "\\u{\(String(scalar.value, radix: 16))}"
            case .format where scalar != "\u{FEFF}" || text.unicodeScalars.count > 1:
                result += "\\u{\(String(scalar.value, radix: 16))}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return text.unicodeScalars.count > 40 ? result + "…" : result
    }
}
