/// Goes over a string in quotes to its end; the value of the string is read on the way if wanted.
struct LuaStringScan {
    enum State {
        case closed
        /// A line break came before the closing quote: nothing that follows can close it.
        case cut
        /// The text ended. It goes on from `resume`, inside an escape that lets a string go over the line.
        case open(resume: Int)
    }

    struct Fault {
        var range: Range<Int>
        var message: String
    }

    private(set) var state = State.cut
    private(set) var end: Int
    private(set) var fault: Fault?
    private(set) var value: [UInt8] = []
    private let bytes: [UInt8]

    /// - Parameter start: behind the opening quote, or at an escape where an earlier scan stopped.
    init(_ bytes: [UInt8], from start: Int, quote: UInt8, decoding: Bool = false) {
        self.bytes = bytes
        end = start
        while end < bytes.count {
            let byte = bytes[end]
            if byte == quote {
                end += 1
                state = .closed
                return
            }
            if byte.isLineBreak { return }
            guard byte == UInt8(ascii: "\\") else {
                if decoding { value.append(byte) }
                end += 1
                continue
            }
            let escape = end
            if !readEscape() {
                end = bytes.count
                state = .open(resume: escape)
                return
            }
        }
        // The last line of a file without a line break at its end.
        state = .cut
    }

    /// Reads one escape; false if the text ends inside one that reaches over the line.
    private mutating func readEscape() -> Bool {
        let start = end
        end += 1
        guard end < bytes.count else { return false }
        let byte = bytes[end]
        switch byte {
        case UInt8(ascii: "a"): take(7)
        case UInt8(ascii: "b"): take(8)
        case UInt8(ascii: "f"): take(12)
        case UInt8(ascii: "n"): take(10)
        case UInt8(ascii: "r"): take(13)
        case UInt8(ascii: "t"): take(9)
        case UInt8(ascii: "v"): take(11)
        case UInt8(ascii: "\\"), UInt8(ascii: "\""), UInt8(ascii: "'"): take(byte)
        case UInt8(ascii: "x"): readHex(start)
        case UInt8(ascii: "u"): readUnicode(start)
        case UInt8(ascii: "z"):
            end += 1
            while end < bytes.count, bytes[end].isBlank { end += 1 }
            return end < bytes.count
        case .newline, .carriageReturn:
            take(.newline)
            if end < bytes.count, bytes[end].isLineBreak, bytes[end] != byte { end += 1 }
            // A line break at the very end: the string goes on in a line that has not come yet.
            return end < bytes.count
        case let digit where digit.isDigit: readDecimal(start)
        default:
            end += 1
            fail(start, "Lua knows no escape `\(LuaProblem.visible(bytes[start..<end]))`; a backslash is `\\\\`")
        }
        return true
    }

    private mutating func take(_ byte: UInt8) {
        value.append(byte)
        end += 1
    }

    private mutating func readHex(_ start: Int) {
        end += 1
        var number = 0
        for _ in 0..<2 {
            guard end < bytes.count, let digit = bytes[end].hexValue else {
                return fail(start, "`\\x` takes two hexadecimal digits")
            }
            number = number * 16 + digit
            end += 1
        }
        value.append(UInt8(truncatingIfNeeded: number))
    }

    private mutating func readDecimal(_ start: Int) {
        var number = 0
        var count = 0
        while count < 3, end < bytes.count, bytes[end].isDigit {
            number = number * 10 + Int(bytes[end] - 0x30)
            end += 1
            count += 1
        }
        if number > 255 { fail(start, "`\\\(number)` is above 255, the largest byte") }
        value.append(UInt8(truncatingIfNeeded: number))
    }

    private mutating func readUnicode(_ start: Int) {
        end += 1
        guard end < bytes.count, bytes[end] == UInt8(ascii: "{") else { return fail(start, "write `\\u{…}`") }
        end += 1
        var number = 0
        var count = 0
        while end < bytes.count, let digit = bytes[end].hexValue {
            number = min(number * 16 + digit, 1 << 32)
            end += 1
            count += 1
        }
        if count == 0 { return fail(start, "`\\u{…}` takes hexadecimal digits") }
        if number >= 1 << 31 { return fail(start, "the code point in `\\u{…}` is above 7FFFFFFF") }
        guard end < bytes.count, bytes[end] == UInt8(ascii: "}") else { return fail(start, "`\\u{` needs a `}`") }
        end += 1
        value += Self.utf8(number)
    }

    /// The UTF-8 of numbers up to 2³¹, as Lua writes it.
    private static func utf8(_ number: Int) -> [UInt8] {
        if number < 0x80 { return [UInt8(number)] }
        var rest = number
        var tail: [UInt8] = []
        var first = 0x3F
        repeat {
            tail.insert(UInt8(0x80 | rest & 0x3F), at: 0)
            rest >>= 6
            first >>= 1
        } while rest > first
        return [UInt8(truncatingIfNeeded: ~first << 1 | rest)] + tail
    }

    private mutating func fail(_ start: Int, _ message: String) {
        if fault == nil { fault = Fault(range: start..<max(end, start + 1), message: message) }
    }
}

/// The value of a literal string.
enum LuaStringLiteral {
    /// The bytes that a string token stands for; what is wrong in it is left out.
    static func value(_ bytes: [UInt8], _ range: Range<Int>) -> [UInt8] {
        guard let first = range.first.map({ bytes[$0] }) else { return [] }
        guard first == UInt8(ascii: "[") else {
            let own = Array(bytes[range])
            return LuaStringScan(own, from: 1, quote: first, decoding: true).value
        }
        let level = bytes[range].dropFirst().prefix { $0 == UInt8(ascii: "=") }.count
        guard range.count >= 2 * (level + 2) else { return [] }
        var body = bytes[range].dropFirst(level + 2).dropLast(level + 2)
        if let byte = body.first, byte.isLineBreak {
            body = body.dropFirst()
            if let next = body.first, next.isLineBreak, next != byte { body = body.dropFirst() }
        }
        guard body.contains(.carriageReturn) else { return Array(body) }
        var value: [UInt8] = []
        while let byte = body.popFirst() {
            if byte.isLineBreak, let next = body.first, next.isLineBreak, next != byte { body = body.dropFirst() }
            value.append(byte == .carriageReturn ? .newline : byte)
        }
        return value
    }
}
