// Bills (CONTRACT 3.8).

extension Catalog {
    /// Bounds of an amount of money that any bill can hold.
    private static let amounts: ClosedRange<Int64> = -1_000_000_000_000...1_000_000_000_000

    static let bill: [CloudOperation] = [
        // Before `bill.get`, whose path would take the word `live` for an identifier.
        CloudOperation(
            name: "bill.live", contractID: "get_live_bill", evidence: .live, method: .get, path: "/v1/bill/live",
            parameters: [], body: .none, effect: .read, costsMoney: false, undo: .notNeeded, retry: .read,
            absence: .none, result: .single(.liveBill),
            help: LocalizedText(
                "This month's charges so far, an estimate without VAT.", "이번 달 현재까지의 예상 요금(부가세 별도)입니다.")),
        CloudOperation(
            name: "bill.list", contractID: "list_bills", evidence: .live, method: .get, path: "/v1/bill",
            parameters: [
                .init(
                    "start_date", .date, in: .query,
                    help: LocalizedText("Billed on this day or later", "청구일 시작")),
                .init(
                    "end_date", .date, in: .query,
                    help: LocalizedText("Billed on this day or earlier", "청구일 끝")),
                .init(
                    "min_price", .integer(amounts), in: .query, unit: "KRW",
                    help: LocalizedText("At least so much, without VAT", "최소 금액(부가세 별도)")),
                .init(
                    "max_price", .integer(amounts), in: .query, unit: "KRW",
                    help: LocalizedText("At most so much, without VAT", "최대 금액(부가세 별도)")),
            ], body: .none, effect: .read, costsMoney: false, undo: .notNeeded, retry: .read, absence: .none,
            result: .rows(.bill),
            paging: Paging(defaultSize: 10, hasTotal: false, numbersAreText: true, emptyIsRefused: true),
            help: LocalizedText("Bills, by the day they were made.", "청구서 목록입니다(청구일 기준).")),
        CloudOperation(
            name: "bill.get", contractID: "get_bill", evidence: .documented, method: .get, path: "/v1/bill/{bill_id}",
            parameters: [
                .init(
                    "bill_id", .identifier, in: .path, required: true,
                    help: LocalizedText("The bill, BILL-…", "청구서 ID, BILL-…"))
            ], body: .none, effect: .read, costsMoney: false, undo: .notNeeded, retry: .read,
            absence: .invalidIdentifier, result: .single(.billDetail),
            help: LocalizedText(
                "One bill with its items. Seen to be refused with CHECK_IP for some accounts.",
                "청구서 하나와 세부 항목입니다. 일부 계정에서는 CHECK_IP로 거부됩니다.")),
    ]
}
