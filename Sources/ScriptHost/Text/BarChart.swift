import Clocks

/// Numbers as bars of text, one a line: `2026-01  ████████████▌  812,400 KRW`.
public struct BarChart: Sendable {
    public struct Bar: Sendable, Hashable {
        public var label: String
        public var value: Double

        public init(label: String, value: Double) {
            self.label = label
            self.value = value
        }
    }

    public var bars: [Bar]
    /// Stands behind each number; may be empty.
    public var unit: String
    /// Columns of the longest bar.
    public var width: Int

    public init(bars: [Bar], unit: String = "", width: Int = 40) {
        self.bars = bars
        self.unit = unit
        self.width = width
    }

    /// The chart's lines, with a line break after each. Below zero a bar is hatched.
    public func text() -> String {
        let labels = bars.map { $0.label.escapedForTerminal() }
        let labelWidth = min(32, labels.map(\.displayWidth).max() ?? 0)
        let numbers = bars.map { $0.value.grouped }
        let numberWidth = numbers.map(\.displayWidth).max() ?? 0
        let largest = bars.map { abs($0.value) }.max() ?? 0
        return zip(bars.indices, bars).map { index, bar in
            let share = largest > 0 ? abs(bar.value) / largest : 0
            let line = [
                labels[index].fitted(to: labelWidth), Self.bar(share, width: width, isNegative: bar.value < 0),
                numbers[index].fitted(to: numberWidth, alignedRight: true) + (unit.isEmpty ? "" : " " + unit),
            ]
            return line.joined(separator: "  ") + "\n"
        }.joined()
    }

    private static func bar(_ share: Double, width: Int, isNegative: Bool) -> String {
        let eighths = Int((share * Double(width * 8)).rounded())
        if isNegative { return String(repeating: "░", count: (eighths + 4) / 8).fitted(to: width) }
        let parts = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]
        return (String(repeating: "█", count: eighths / 8) + parts[eighths % 8]).fitted(to: width)
    }
}

extension Double {
    /// With commas between thousands, and decimals only where there are some: `1,234,567`, `0.5`.
    public var grouped: String {
        guard isFinite, abs(self) < 1e15 else { return "\(self)" }
        let hundredths = (self * 100).rounded()
        let whole = Int64(abs(hundredths) / 100)
        let rest = Int64(abs(hundredths)) % 100
        var digits = String(whole)
        var grouped = ""
        while digits.count > 3 {
            grouped = "," + digits.suffix(3) + grouped
            digits.removeLast(3)
        }
        let sign = hundredths < 0 ? "-" : ""
        guard rest > 0 else { return sign + digits + grouped }
        let decimals = rest % 10 == 0 ? "\(rest / 10)" : (rest < 10 ? "0\(rest)" : "\(rest)")
        return "\(sign)\(digits)\(grouped).\(decimals)"
    }
}
