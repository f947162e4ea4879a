extension Duration {
    private static let units: [(name: String, nanoseconds: Int64)] = [
        ("ms", 1_000_000), ("s", 1_000_000_000), ("m", 60_000_000_000), ("h", 3_600_000_000_000),
        ("d", 86_400_000_000_000),
    ]

    /// Reads `30s`, `5m`, `1h30m`, `250ms`, `2d`, `1.5h`. Nil for anything else, a bare number included.
    public init?(parsing text: some StringProtocol) {
        var total: Int64 = 0
        var rest = Substring(text)
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
            rest = rest.dropFirst(digits.count)
            let unit = rest.prefix { $0.isASCII && $0.isLetter }
            rest = rest.dropFirst(unit.count)
            guard let number = Double(digits), let size = Self.units.first(where: { $0.name == unit })?.nanoseconds
            else { return nil }
            let length = number * Double(size)
            guard length.isFinite, length < 9e18 else { return nil }
            let (sum, overflow) = total.addingReportingOverflow(Int64(length.rounded()))
            guard !overflow else { return nil }
            total = sum
        }
        self = .nanoseconds(total)
    }

    /// `1h30m`, `5m`, `30s`, `250ms`: the shortest text that ``init(parsing:)`` reads back.
    public var text: String {
        var rest = wholeNanoseconds
        guard rest > 0 else { return rest == 0 ? "0s" : "-" + Duration.nanoseconds(-rest).text }
        var text = ""
        for unit in Self.units.reversed() where rest >= unit.nanoseconds {
            text += "\(rest / unit.nanoseconds)\(unit.name)"
            rest %= unit.nanoseconds
        }
        return text.isEmpty ? "0s" : text
    }
}
