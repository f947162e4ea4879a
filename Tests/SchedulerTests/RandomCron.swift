import TestSupport

/// Cron expressions by chance, of every form, with a few times a day.
struct RandomCron: RandomNumberGenerator {
    private var dice: Dice

    init(seed: UInt64) { dice = Dice(state: seed) }

    mutating func next() -> UInt64 { dice.next() }

    private static let days = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]
    private static let months = [
        "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
    ]

    mutating func expression() -> String {
        "\(minute()) \(hour()) \(list(monthDay, of: 3)) \(month()) \(list(weekDay, of: 3))"
    }

    private mutating func number(_ range: ClosedRange<Int>) -> Int { .random(in: range, using: &self) }
    private mutating func isOneIn(_ count: Int) -> Bool { number(1...count) == 1 }

    private mutating func minute() -> String {
        switch number(0...5) {
        case 0: "*/20"
        case 1: "\(number(0...29)),\(number(30...59))"
        case 2: "\(number(40...49))-\(number(50...59))/7"
        case 3: "30/15"
        default: "\(number(0...59))"
        }
    }

    /// Most clocks change in the night.
    private mutating func hour() -> String {
        switch number(0...6) {
        case 0: "*/\(number(3...11))"
        case 1: "*"
        case 2: "0-4/2"
        case 3: "\(number(5...12)),\(number(13...23))"
        default: "\(number(0...3))"
        }
    }

    private mutating func month() -> String {
        switch number(0...7) {
        case 0: Self.months[number(0...5)] + "-" + Self.months[number(6...11)]
        case 1: "MAR,oct,\(number(1...12))"
        case 2: "*/\(number(2...5))"
        default: "*"
        }
    }

    private mutating func list(_ item: (inout Self) -> String, of most: Int) -> String {
        guard isOneIn(4) else { return item(&self) }
        return (0..<number(2...most)).map { _ in specific(item) }.joined(separator: ",")
    }

    /// One that stands in a list.
    private mutating func specific(_ item: (inout Self) -> String) -> String {
        while true {
            let text = item(&self)
            if text.first != "?", text.first != "*" { return text }
        }
    }

    private var monthDay: (inout Self) -> String {
        { dice in
            switch dice.number(0...11) {
            case 0: "?"
            case 1: "L"
            case 2: "L-\(dice.number(1...30))"
            case 3: "LW"
            case 4: "\(dice.number(1...31))W"
            case 5: "*/\(dice.number(2...9))"
            case 6: "\(dice.number(1...15))-\(dice.number(16...31))"
            case 7: "\(dice.number(1...31))"
            case 8: "\(dice.number(1...31))/\(dice.number(1...9))"
            case 9: "\(dice.number(1...9))-\(dice.number(20...31))/\(dice.number(2...6))"
            default: "*"
            }
        }
    }

    private var weekDay: (inout Self) -> String {
        { dice in
            switch dice.number(0...11) {
            case 0: "?"
            case 1: "\(dice.number(0...7))L"
            case 2: Self.days[dice.number(0...6)] + "#\(dice.number(1...5))"
            case 3: Self.days[dice.number(0...6)] + "-" + Self.days[dice.number(0...6)]
            case 4: "\(dice.number(0...7))"
            case 5: "*/\(dice.number(2...3))"
            case 6: "\(dice.number(0...7))/\(dice.number(1...4))"
            case 7: Self.days[dice.number(3...6)] + "-" + Self.days[dice.number(0...6)] + "/\(dice.number(2...3))"
            default: "*"
            }
        }
    }
}
