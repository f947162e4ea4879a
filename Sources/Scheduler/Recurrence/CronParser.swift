import IwinvCatalog

/// Reads the text of a ``CronExpression``.
struct CronParser {
    /// A part of the text, and where it begins.
    struct Part {
        var text: Substring
        /// From 1.
        var column: Int

        func split(_ separator: Character) -> [Part] {
            guard let byte = separator.asciiValue, text.utf8.contains(byte) else { return [self] }
            var column = column
            return text.split(separator: separator, omittingEmptySubsequences: false).map { piece in
                defer { column += piece.count + 1 }
                return Part(text: piece, column: column)
            }
        }

        /// Without its last `count` characters.
        func droppingLast(_ count: Int) -> Part { Part(text: text.dropLast(count), column: column) }
    }

    private let text: String

    init(_ text: String) { self.text = text }

    private static let nicknames = [
        "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *", "@monthly": "0 0 1 * *", "@weekly": "0 0 * * 0",
        "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@hourly": "0 * * * *",
    ]

    private func problem(_ part: Part, _ reason: String) -> CronProblem {
        CronProblem(text: text, column: part.column, reason: reason)
    }

    /// The five fields.
    func fields() throws(CronProblem) -> [Part] {
        let fields = Self.words(text)
        guard let first = fields.first else {
            throw CronProblem(text: text, column: 1, reason: "it is empty; write it like `0 4 * * SUN`")
        }
        if first.text.first == "@" {
            guard fields.count == 1, let meaning = Self.nicknames[first.text.lowercased()] else {
                throw problem(first, Self.advice(onNickname: first.text.lowercased(), fields.count))
            }
            return Self.words(meaning)
        }
        guard fields.count == 5 else {
            let place = fields.count > 5 ? fields[5] : Part(text: "", column: text.count + 1)
            let seconds = fields.count == 6 ? " (there is none for seconds or years)" : ""
            throw problem(
                place,
                "there are five fields, minute hour day-of-month month day-of-week, not \(fields.count)\(seconds)")
        }
        return fields
    }

    private static func words(_ text: String) -> [Part] {
        var parts: [Part] = []
        var column = 1
        if text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) {
            for piece in text.utf8.split(separator: 0x20, omittingEmptySubsequences: false) {
                if !piece.isEmpty { parts.append(Part(text: Substring(piece), column: column)) }
                column += piece.count + 1
            }
            return parts
        }
        for piece in text.split(omittingEmptySubsequences: false, whereSeparator: \.isWhitespace) {
            if !piece.isEmpty { parts.append(Part(text: piece, column: column)) }
            column += piece.count + 1
        }
        return parts
    }

    private static func advice(onNickname word: String, _ count: Int) -> String {
        switch word {
        case "@reboot": return "a schedule knows no reboots: it runs at times"
        case "@every": return "write --every 6h for a steady interval"
        default:
            if nicknames[word] != nil { return "nothing may follow `\(word)`" }
            let hint = Suggestion.nearest(to: word, among: nicknames.keys.sorted())
            return "there is no `\(word)`; " + (hint.map { "did you mean `\($0)`?" } ?? "there is `@daily`, for one")
        }
    }

    // MARK: - Plain fields

    /// A bit for each value of a field.
    func values(_ field: CronField, _ part: Part) throws(CronProblem) -> UInt64 {
        var bits: UInt64 = 0
        for piece in part.split(",") { bits |= try item(field, piece) }
        return bits
    }

    /// `*`, `a`, `a-b`, each perhaps with `/n`.
    private func item(_ field: CronField, _ part: Part) throws(CronProblem) -> UInt64 {
        guard !part.text.isEmpty else { throw problem(part, "\(field.articled) is missing") }
        // Most of ten thousand schedules have a number there.
        if let number = Self.number(part.text), field.range.contains(number) {
            return 1 << UInt64(field == .weekDay ? number % 7 : number)
        }
        let pieces = part.split("/")
        guard pieces.count <= 2 else { throw problem(pieces[2], "one `/` is enough") }
        var step = 1
        if pieces.count == 2 {
            guard let number = Self.number(pieces[1].text), number > 0 else {
                throw problem(pieces[1], "`/` takes a step from 1, not `\(pieces[1].text)`")
            }
            guard number <= field.range.upperBound else {
                throw problem(pieces[1], "a step of \(number) leads out of the \(field.name)s")
            }
            step = number
        }
        let (first, last) = try bounds(field, pieces[0], isOpenEnded: pieces.count == 2)
        var bits: UInt64 = 0
        for value in stride(from: first, through: last, by: step) {
            bits |= 1 << UInt64(field == .weekDay ? value % 7 : value)
        }
        return bits
    }

    /// The ends of a range; of weekdays the last one may lie in the next week.
    private func bounds(
        _ field: CronField, _ part: Part, isOpenEnded: Bool
    ) throws(CronProblem) -> (first: Int, last: Int) {
        if part.text == "*" { return (field.all.lowerBound, field.all.upperBound) }
        let ends = part.split("-")
        guard ends.count <= 2 else { throw problem(ends[2], "a range has two ends") }
        let first = try value(field, ends[0])
        guard ends.count == 2 else {
            return (first, isOpenEnded ? max(first, field.all.upperBound) : first)
        }
        let last = try value(field, ends[1])
        if first <= last { return (first, last) }
        guard field == .weekDay else {
            let (low, high) = (field.range.lowerBound, field.range.upperBound)
            throw problem(
                part, "the range runs backwards; did you mean `\(first)-\(high),\(low)-\(last)` or `\(last)-\(first)`?")
        }
        return (first, last + 7)
    }

    /// A number or a name.
    private func value(_ field: CronField, _ part: Part) throws(CronProblem) -> Int {
        let word = part.text.uppercased()
        if let index = field.names.firstIndex(of: word) { return field.all.lowerBound + index }
        guard let number = Self.number(part.text) else {
            throw problem(part, Self.advice(on: part.text, field))
        }
        guard field.range.contains(number) else {
            throw problem(
                part, "\(field.articled) is from \(field.range.lowerBound) to \(field.range.upperBound), not \(number)")
        }
        return number
    }

    private static func advice(on word: Substring, _ field: CronField) -> String {
        if word.isEmpty { return "\(field.articled) is missing" }
        if word == "*" || word == "?" { return "`\(word)` stands alone" }
        let nearest =
            field.names.first { word.uppercased().hasPrefix($0) }
            ?? Suggestion.nearest(to: word.uppercased(), among: field.names)
        return "`\(word)` is no \(field.name)" + (nearest.map { "; did you mean `\($0)`?" } ?? "")
    }

    private static func number(_ text: some StringProtocol) -> Int? {
        let digits = text.utf8
        guard (1...4).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int(text)
    }

    // MARK: - Days

    func monthDays(_ part: Part) throws(CronProblem) -> CronExpression.MonthDays {
        var days = CronExpression.MonthDays()
        guard part.text != "?" else {
            days.listed = try values(.monthDay, Part(text: "*", column: part.column))
            days.isOpen = true
            return days
        }
        days.isOpen = part.text.first == "*"
        if part.text == "*" {
            days.listed = try item(.monthDay, part)
            return days
        }
        for piece in part.split(",") {
            let word = piece.text.uppercased()
            if word == "L" {
                days.beforeLast |= 1
            } else if word == "LW" || word == "WL" {
                days.isLastWeekday = true
            } else if word.hasPrefix("L-") {
                guard let number = Self.number(word.dropFirst(2)), (1...30).contains(number) else {
                    throw problem(piece, "`L-n` takes 1 to 30 days before the last")
                }
                days.beforeLast |= 1 << UInt64(number)
            } else if word.hasSuffix("W"), !word.contains("-") {
                days.nearest |= 1 << UInt64(try value(.monthDay, piece.droppingLast(1)))
            } else {
                days.listed |= try item(.monthDay, piece)
            }
        }
        return days
    }

    func weekDays(_ part: Part) throws(CronProblem) -> CronExpression.WeekDays {
        var days = CronExpression.WeekDays()
        guard part.text != "?" else {
            days.listed = try values(.weekDay, Part(text: "*", column: part.column))
            days.isOpen = true
            return days
        }
        days.isOpen = part.text.first == "*"
        if part.text == "*" {
            days.listed = try item(.weekDay, part)
            return days
        }
        for piece in part.split(",") {
            let word = piece.text.uppercased()
            if word == "L" {
                throw problem(piece, "which day's last one? Write `FRIL`, or `L` as the day of the month")
            }
            if word.contains("#") {
                let parts = piece.split("#")
                let day = try value(.weekDay, parts[0]) % 7
                guard parts.count == 2, let number = Self.number(parts[1].text), (1...5).contains(number) else {
                    throw problem(piece, "`#` takes the first to the fifth of a month: `FRI#2`")
                }
                days.numbered |= 1 << UInt64(7 * number + day)
            } else if word.hasSuffix("L"), !word.contains("-") {
                days.last |= 1 << UInt64(try value(.weekDay, piece.droppingLast(1)) % 7)
            } else {
                days.listed |= try item(.weekDay, piece)
            }
        }
        return days
    }
}
