/// A terminal of the tests: what a person would see after so many bytes.
///
/// Behind the last column it waits, as terminals do, before it goes to the next row; made narrower it breaks rows that no
/// longer fit, as most do.
struct VirtualScreen: Sendable {
    private(set) var columns: Int
    private(set) var height: Int
    /// A wide character is followed by an empty cell.
    private(set) var cells: [[String]]
    private(set) var row = 0
    private(set) var column = 0
    private(set) var isBracketingPaste = false
    /// Sequences that it does not know: there should be none.
    private(set) var unknown: [String] = []
    private var bytes: [UInt8] = []
    private var sequence: String?
    private var last: (row: Int, column: Int)?

    init(columns: Int, height: Int) {
        self.columns = columns
        self.height = height
        cells = [[String]](repeating: [], count: height)
    }

    /// Rows without the empty ones below and the space at their ends.
    var lines: [String] {
        var lines = cells.map { row in
            var text = row.map { $0 }.joined()
            while text.last == " " { text.removeLast() }
            return text
        }
        while lines.last?.isEmpty == true { lines.removeLast() }
        return lines
    }

    mutating func feed(_ new: [UInt8]) {
        bytes += new
        var whole = bytes.count
        // A character cut by a read stays.
        for back in 1...3 where back <= bytes.count && bytes[bytes.count - back] >= 0xC0 {
            let lead = bytes[bytes.count - back]
            if (lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2) > back { whole = bytes.count - back }
        }
        for scalar in String(decoding: bytes[..<whole], as: UTF8.self).unicodeScalars { take(scalar) }
        bytes.removeFirst(whole)
    }

    mutating func feed(_ text: String) { feed(Array(text.utf8)) }

    mutating func resize(columns new: Int) {
        var rows: [[String]] = []
        var place = (row: 0, column: 0)
        for (number, cells) in cells.enumerated() {
            let first = rows.count
            var rest = cells
            while rest.last == " " || (rest.last?.isEmpty == true && rest.count > new) { rest.removeLast() }
            repeat {
                var count = min(new, rest.count)
                if count < rest.count, rest[count].isEmpty { count -= 1 }
                rows.append(Array(rest.prefix(count)))
                rest.removeFirst(count)
            } while !rest.isEmpty
            if number == row { place = (first + min(column, columns - 1) / new, min(column, columns - 1) % new) }
        }
        while rows.count > height, rows.last?.isEmpty == true, rows.count - 1 > place.row { rows.removeLast() }
        let gone = max(0, rows.count - height)
        cells = Array(rows.dropFirst(gone))
        while cells.count < height { cells.append([]) }
        (row, column, columns, last) = (max(0, place.row - gone), place.column, new, nil)
    }

    private mutating func take(_ scalar: Unicode.Scalar) {
        if let before = sequence {
            let now = before + String(scalar)
            sequence = now
            if now == "\u{1B}[" { return }
            if (0x40...0x7E).contains(scalar.value) {
                sequence = nil
                run(now)
            }
            return
        }
        switch scalar {
        case "\u{1B}": sequence = "\u{1B}"
        case "\r": column = 0
        case "\n": lineFeed()
        case "\u{8}": column = max(0, min(column, columns - 1) - 1)
        case "\u{7}": break
        default: print(scalar)
        }
        if scalar.value < 0x20 { last = nil }
    }

    private mutating func print(_ scalar: Unicode.Scalar) {
        if let last, cells[last.row].indices.contains(last.column) {
            let joined = cells[last.row][last.column] + String(scalar)
            if joined.count == 1 || Self.isWithoutWidth(scalar.value) {
                cells[last.row][last.column] = joined
                return
            }
        }
        let width = Self.isWide(scalar.value) ? 2 : 1
        if column + width > columns {
            column = 0
            lineFeed()
        }
        while cells[row].count < column + width { cells[row].append(" ") }
        // Half of a wide character that is overwritten goes as a whole.
        if cells[row][column].isEmpty, column > 0 { cells[row][column - 1] = " " }
        if cells[row].indices.contains(column + width), cells[row][column + width].isEmpty {
            cells[row][column + width] = " "
        }
        cells[row][column] = String(scalar)
        if width == 2 { cells[row][column + 1] = "" }
        last = (row, column)
        column += width
    }

    private static func isWide(_ value: UInt32) -> Bool {
        switch value {
        case 0x1100...0x115F, 0x3041...0x33FF, 0x4E00...0x9FFF, 0xAC00...0xD7A3, 0xFF00...0xFF60, 0x1F300...0x1F9FF:
            true
        default: false
        }
    }

    /// Marks, joiners, and the parts of syllables that stand on the one before.
    private static func isWithoutWidth(_ value: UInt32) -> Bool {
        switch value {
        case 0x0300...0x036F, 0x1160...0x11FF, 0x200D: true
        default: false
        }
    }

    private mutating func lineFeed() {
        if row == height - 1 {
            cells.removeFirst()
            cells.append([])
        } else {
            row += 1
        }
    }

    private mutating func run(_ sequence: String) {
        last = nil
        let number = Int(sequence.dropFirst(2).dropLast())
        switch sequence.last {
        case "A": row = max(0, row - (number ?? 1))
        case "B": row = min(height - 1, row + (number ?? 1))
        case "C": column = min(columns - 1, column + (number ?? 1))
        case "D": column = max(0, min(column, columns - 1) - (number ?? 1))
        case "H": (row, column) = (0, 0)
        case "K": cells[row].removeLast(max(0, cells[row].count - min(column, columns - 1)))
        case "J":
            let first = number == 2 ? 0 : row + 1
            if number != 2 { cells[row].removeLast(max(0, cells[row].count - min(column, columns - 1))) }
            for line in first..<max(first, height) { cells[line] = [] }
        case "m": break
        case "h" where sequence == "\u{1B}[?2004h": isBracketingPaste = true
        case "l" where sequence == "\u{1B}[?2004l": isBracketingPaste = false
        default: unknown.append(sequence)
        }
    }
}
