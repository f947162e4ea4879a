public import Clocks
import IwinvCatalog
import RunStore

/// The bills that runs have read, for cost bars: a page asks the cloud for nothing.
public struct BillBoard: Sendable, Hashable {
    public struct Bill: Sendable, Hashable {
        /// The month: `2026-06`.
        public var month: String
        public var name: String
        /// Without VAT.
        public var price: Int64
        public var currency: String
        /// The month so far.
        public var isLive: Bool

        public init(month: String, name: String, price: Int64, currency: String, isLive: Bool = false) {
            self.month = month
            self.name = name
            self.price = price
            self.currency = currency
            self.isLive = isLive
        }
    }

    /// The profile of the run that has read the newest.
    public var profile: String
    /// Of one account, the oldest month first.
    public var bills: [Bill]
    /// When the newest of them was read, and by which run.
    public var at: Instant
    public var run: String

    public init(profile: String, bills: [Bill], at: Instant, run: String) {
        self.profile = profile
        self.bills = bills
        self.at = at
        self.run = run
    }

    /// At most so many months.
    private static let months = 13

    /// By account: what the answers, the newest first, tell.
    static func boards(_ answers: [Journal.RecordedAnswer]) -> [String: BillBoard] {
        var boards: [String: BillBoard] = [:]
        var known: [String: Set<String>] = [:]
        for answer in answers {
            for row in answer.values.first?.arrayValue ?? [] {
                guard let id = row["bill_id"]?.stringValue, let price = row["price"]?.integerValue,
                    let day = (row["usage_start"] ?? row["start_date"])?.stringValue, day.count >= 7
                else { continue }
                // The newest reading of a bill counts; of the month so far there is one.
                guard known[answer.account, default: []].insert(id).inserted else { continue }
                let isLive = answer.operation == "bill.live"
                var board =
                    boards[answer.account]
                    ?? BillBoard(
                        profile: answer.profile, bills: [], at: answer.at, run: answer.run)
                board.bills.append(
                    Bill(
                        month: String(day.prefix(7)), name: row["name"]?.stringValue ?? "", price: price,
                        currency: row["currency"]?.stringValue ?? "KRW", isLive: isLive))
                boards[answer.account] = board
            }
        }
        return boards.mapValues { board in
            var board = board
            board.bills.sort { ($0.month, $0.isLive ? 1 : 0, $0.name) < ($1.month, $1.isLive ? 1 : 0, $1.name) }
            board.bills = board.bills.suffix(months)
            return board
        }
    }
}
