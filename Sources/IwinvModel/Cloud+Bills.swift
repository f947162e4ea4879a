import IwinvCatalog

// Bills (CONTRACT 3.8).

extension Cloud {
    /// Filtered by the day of the bill and by the price without VAT, both inclusive (CONTRACT 3.8).
    ///
    /// - Throws: `EMPTY_SET` without any match, unless ``Switches/emptyBillsAreRefused`` is off. A page past the end of
    ///   some is empty.
    func listBills(_ call: Call) throws(Refusal) -> Answer {
        let arguments = call.arguments
        // `YYYY-MM-DD` sorts as text does.
        let found = bills.filter { bill in
            arguments.text("start_date").map { $0 <= bill.billDate } ?? true
                && arguments.text("end_date").map { bill.billDate <= $0 } ?? true
                && arguments.integer("min_price").map { $0 <= bill.price } ?? true
                && arguments.integer("max_price").map { bill.price <= $0 } ?? true
        }
        if found.isEmpty, switches.emptyBillsAreRefused { throw Refusal(.emptySet) }
        return call.page(found, row: \.row)
    }

    /// - Throws: `CHECK_IP` for every identifier if ``Switches/billDetailIsRefused`` is on (CONTRACT 2.2), else
    ///   `ID_INVALID` for an unknown bill.
    func getBill(_ call: Call) throws(Refusal) -> Answer {
        if switches.billDetailIsRefused { throw .nested(.checkIP, text: "") }
        guard let bill = bills.first(where: { $0.id == call.arguments.text("bill_id") }) else {
            throw Refusal(.invalidIdentifier)
        }
        return call.answer([bill.detail])
    }

    /// The bill of a month, made on its last day; paid, if it is, on the first day of the next.
    mutating func addBill(
        of month: SeoulTime.Month, price: Int64, type: String = "regular", isPaid: Bool = true, name: String? = nil
    ) {
        let title = "\(month.year)년 \(month.month)월 " + (price < 0 ? "환불" : "정기 청구")
        bills.append(
            Bill(
                id: generator.identifier("BILL"), usageStart: month.first, usageEnd: month.last, billDate: month.last,
                type: type, paymentStatus: isPaid ? "paid" : "unpaid", name: name ?? title, price: price,
                vat: price / 10, currency: "KRW", datePaid: isPaid ? month.following.first : "",
                paymentInfo: isPaid ? "카드 0000" : "", invoices: [],
                taxInvoices: ["https://example.invalid/finance/tax?no=000\(bills.count)"],
                groups: [
                    .init(
                        type: "서버", subTotal: price,
                        items: servers.prefix(3).map {
                            .init(serviceID: $0.id, name: "\($0.name)(\($0.publicAddress))")
                        })
                ]))
    }
}
