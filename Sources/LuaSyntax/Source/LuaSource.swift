/// The text of a Lua file, as bytes, with its lines.
///
/// ```swift
/// let source = LuaSource("local 이름 = 1\nreturn 이름")
/// source.position(at: 17)   // line 2, column 1
/// ```
public struct LuaSource: Sendable {
    public let bytes: [UInt8]
    /// Where each line begins. As for Lua, `\n`, `\r`, `\r\n` and `\n\r` each end one line.
    let lineStarts: [Int]

    public init(_ text: String) {
        self.init(bytes: Array(text.utf8))
    }

    public init(bytes: [UInt8]) {
        self.bytes = bytes
        var starts = [0]
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            guard byte == .newline || byte == .carriageReturn else { continue }
            if index < bytes.count, bytes[index] != byte, bytes[index] == .newline || bytes[index] == .carriageReturn {
                index += 1
            }
            starts.append(index)
        }
        lineStarts = starts
    }

    public var lineCount: Int { lineStarts.count }

    /// The text of a range of bytes; bytes that are not UTF-8 become U+FFFD.
    public func text(_ range: Range<Int>) -> String {
        String(decoding: bytes[range], as: UTF8.self)
    }

    /// Line and column of a byte. Costs a search among the lines, and a pass over the line up to there.
    public func position(at offset: Int) -> SourcePosition {
        let offset = min(max(offset, 0), bytes.count)
        let line = lineIndex(at: offset)
        let column = text(lineStarts[line]..<offset).count + 1
        return SourcePosition(line: line + 1, column: column, offset: offset)
    }

    /// The line of a byte, from 1.
    public func line(at offset: Int) -> Int { lineIndex(at: offset) + 1 }

    /// The bytes of a line, from 1, without what ends it.
    public func range(ofLine line: Int) -> Range<Int> {
        guard lineStarts.indices.contains(line - 1) else { return bytes.count..<bytes.count }
        let start = lineStarts[line - 1]
        var end = line < lineStarts.count ? lineStarts[line] : bytes.count
        while end > start, bytes[end - 1] == .newline || bytes[end - 1] == .carriageReturn { end -= 1 }
        return start..<end
    }

    /// The text of a line, from 1.
    public func text(ofLine line: Int) -> String { text(range(ofLine: line)) }

    /// The byte at a line and a column, both from 1; the line's end if the column lies behind it.
    public func offset(line: Int, column: Int) -> Int {
        let range = range(ofLine: line)
        return range.lowerBound + text(range).prefix(max(column - 1, 0)).utf8.count
    }

    private func lineIndex(at offset: Int) -> Int {
        var low = 0
        var high = lineStarts.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if lineStarts[middle] <= offset { low = middle } else { high = middle }
        }
        return low
    }
}

/// A place in a Lua file.
public struct SourcePosition: Sendable, Hashable, Comparable {
    /// From 1.
    public var line: Int
    /// From 1, in characters as a person counts them: a Hangul syllable is one.
    public var column: Int
    /// In bytes, from 0.
    public var offset: Int

    public init(line: Int, column: Int, offset: Int) {
        self.line = line
        self.column = column
        self.offset = offset
    }

    public static func < (first: Self, second: Self) -> Bool { first.offset < second.offset }
}

extension UInt8 {
    static let newline = UInt8(ascii: "\n")
    static let carriageReturn = UInt8(ascii: "\r")

    var isDigit: Bool { self >= 0x30 && self <= 0x39 }
    /// A letter or `_`: what a name begins with. Lua's names are ASCII.
    var isNameStart: Bool { self >= 0x61 && self <= 0x7A || self >= 0x41 && self <= 0x5A || self == 0x5F }
    var isNamePart: Bool { isNameStart || isDigit }
    var isHexDigit: Bool { hexValue != nil }
    var isBlank: Bool { self == 0x20 || self >= 0x09 && self <= 0x0D }
    var isLineBreak: Bool { self == .newline || self == .carriageReturn }

    var hexValue: Int? {
        switch self {
        case 0x30...0x39: Int(self) - 0x30
        case 0x41...0x46: Int(self) - 0x41 + 10
        case 0x61...0x66: Int(self) - 0x61 + 10
        default: nil
        }
    }
}
