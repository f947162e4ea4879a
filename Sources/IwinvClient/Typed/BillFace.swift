public import IwinvCatalog

/// `client.bill` (CONTRACT 3.8). Amounts are whole units of the bill's currency, without VAT unless said otherwise.
public struct Bills: Sendable {
    let client: IwinvClient

    /// This month so far: an estimate.
    public func live() async throws(CloudError) -> LiveBill {
        try await client.call("bill.live", [:])
    }

    /// Bills by the day they were made; none is an empty list.
    ///
    /// - Parameters:
    ///   - from, to: Days, `2026-01-31`, both included.
    ///   - minimum, maximum: Amounts without VAT, both included; may be negative.
    public func list(
        from: String? = nil, to: String? = nil, minimum: Int? = nil, maximum: Int? = nil
    ) async throws(CloudError) -> [Bill] {
        try await client.list(
            "bill.list",
            [
                "start_date": .text(from), "end_date": .text(to), "min_price": .number(minimum),
                "max_price": .number(maximum),
            ])
    }

    /// One bill with its items. Some accounts are refused with `CHECK_IP` (CONTRACT 2.2).
    public func get(_ id: String) async throws(CloudError) -> BillDetail {
        try await client.call("bill.get", ["bill_id": .string(id)])
    }
}

/// This month's charges so far.
public struct LiveBill: CloudRow {
    public static let key: String? = "bill_id"
    public let row: JSONValue
    public init(row: JSONValue) { self.row = row }

    public var from: String? { text("start_date") }
    public var to: String? { text("end_date") }
    public var price: Int? { integer("price") }
    /// `KRW`
    public var currency: String? { text("currency") }
}

/// A bill of the list. What identifies the payment is not shown: `row` has it.
public struct Bill: CloudRow, Identifiable {
    public static let key: String? = "bill_id"
    public let row: JSONValue
    public init(row: JSONValue) { self.row = row }

    public var id: String { text("bill_id") ?? "" }
    public var name: String? { text("name") }
    public var billDate: String? { text("bill_date") }
    public var usageStart: String? { text("usage_start") }
    public var usageEnd: String? { text("usage_end") }
    /// `regular`, `prepaid`
    public var type: String? { text("type") }
    /// `paid`, …
    public var paymentStatus: String? { text("payment_status") }
    public var price: Int? { integer("price") }
    public var vat: Int? { integer("vat") }
    /// With VAT.
    public var total: Int? { integer("payment_price") }
    public var currency: String? { text("currency") }
}

/// A bill with its items.
public struct BillDetail: CloudRow, Identifiable {
    public static let key: String? = "bill_id"
    public let row: JSONValue
    public init(row: JSONValue) { self.row = row }

    public var id: String { text("bill_id") ?? "" }
    public var head: Bill { Bill(row: row) }
    /// Charges by kind: the kind, and its sum without VAT.
    public var groups: [(type: String, subTotal: Int)] {
        (row["group"]?.arrayValue ?? []).map { group in
            (
                group["type"]?.stringValue ?? "",
                group["sub_total"]?.lenientIntegerValue.flatMap { Int(exactly: $0) } ?? 0
            )
        }
    }
}
