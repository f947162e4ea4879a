/// What the five fields take.
enum CronField {
    case minute, hour, monthDay, month, weekDay

    /// For people.
    var name: String {
        switch self {
        case .minute: "minute"
        case .hour: "hour"
        case .monthDay: "day of the month"
        case .month: "month"
        case .weekDay: "day of the week"
        }
    }

    /// `an hour`
    var articled: String { (self == .hour ? "an " : "a ") + name }

    var range: ClosedRange<Int> {
        switch self {
        case .minute: 0...59
        case .hour: 0...23
        case .monthDay: 1...31
        case .month: 1...12
        // 7 is Sunday, too.
        case .weekDay: 0...7
        }
    }

    /// The first stands for the least value.
    var names: [String] {
        switch self {
        case .minute, .hour, .monthDay: []
        case .month: ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
        case .weekDay: ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]
        }
    }

    /// `*` takes Sunday once.
    var all: ClosedRange<Int> { self == .weekDay ? 0...6 : range }
}
