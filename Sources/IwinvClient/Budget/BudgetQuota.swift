/// How many requests are allowed in how much time; as text `60/60`, or `60` for a minute.
public struct BudgetQuota: Sendable, Hashable {
    /// Requests in any ``window``.
    public let limit: Int
    public let window: Duration

    /// 60 requests in 60 seconds (CONTRACT 1.5).
    public static let iwinv = BudgetQuota(limit: 60, window: .seconds(60))

    /// - Precondition: both are positive.
    public init(limit: Int, window: Duration) {
        precondition(limit > 0 && window > .zero, "a budget needs at least one slot and some time")
        self.limit = limit
        self.window = window
    }

    /// The quota that `text` says: `n` in a minute, or `n/seconds`; decimals are allowed for the seconds.
    ///
    /// Nil for anything else, for more than 10,000 requests and for more than an hour: those are slips of the pen.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), parts[0].allSatisfy(\.isASCIIDigit), let limit = Int(parts[0]),
            (1...10_000).contains(limit)
        else { return nil }
        var seconds = 60.0
        if parts.count == 2 {
            guard parts[1].allSatisfy({ $0.isASCIIDigit || $0 == "." }), let number = Double(parts[1]),
                (0.001...3600).contains(number)
            else { return nil }
            seconds = number
        }
        self.init(limit: limit, window: .nanoseconds(Int64((seconds * 1e9).rounded())))
    }

    /// How many slots a schedule may use: all but six, of a limit below 60 all but a tenth (rounded up), and at least one.
    public var openToSchedules: Int {
        max(1, limit - min(6, (limit + 9) / 10))
    }
}

extension BudgetQuota: CustomStringConvertible {
    public var description: String {
        let (seconds, attoseconds) = window.components
        return attoseconds == 0 ? "\(limit)/\(seconds)" : "\(limit)/\(Double(seconds) + Double(attoseconds) / 1e18)"
    }
}

extension Character {
    fileprivate var isASCIIDigit: Bool { ("0"..."9").contains(self) }
}
