import IwinvCatalog

extension Cloud {
    /// A bill (CONTRACT 3.8).
    public struct Bill: Sendable, Hashable, Codable {
        /// What was charged, by kind.
        public struct Group: Sendable, Hashable, Codable {
            /// One charged service.
            public struct Item: Sendable, Hashable, Codable {
                public var serviceID: String
                public var name: String
            }

            /// `서버`
            public var type: String
            /// KRW without VAT.
            public var subTotal: Int64
            public var items: [Item]
        }

        /// `BILL-…`
        public var id: String
        /// Dates are `YYYY-MM-DD`.
        public var usageStart: String
        public var usageEnd: String
        public var billDate: String
        /// `regular` or `prepaid`
        public var type: String
        /// `paid` is documented, `unpaid` assumed.
        public var paymentStatus: String
        public var name: String
        /// KRW without VAT; may be negative.
        public var price: Int64
        /// KRW
        public var vat: Int64
        public var currency: String
        /// Empty while unpaid (CONTRACT U27).
        public var datePaid: String
        /// The payment instrument, private (CONTRACT 3.8).
        public var paymentInfo: String
        /// Links, private (CONTRACT 3.8).
        public var invoices: [String]
        /// Links to tax invoices, private like ``invoices``.
        public var taxInvoices: [String]
        public var groups: [Group]

        /// `price` and `vat` together.
        public var paymentPrice: Int64 { price + vat }

        /// What list and detail have in common.
        private var common: [String: JSONValue] {
            [
                "bill_id": .string(id), "usage_start": .string(usageStart), "usage_end": .string(usageEnd),
                "bill_date": .string(billDate), "payment_status": .string(paymentStatus), "name": .string(name),
                "price": .integer(price), "vat": .integer(vat), "payment_price": .integer(paymentPrice),
                "currency": .string(currency), "date_paid": .string(datePaid),
                "invoice": .array(invoices.map(JSONValue.string)), "tax": .array(taxInvoices.map(JSONValue.string)),
            ]
        }

        /// A row of the list.
        var row: JSONValue {
            .object(common.merging(["type": .string(type), "payment_info": .string(paymentInfo)]) { mine, _ in mine })
        }

        /// The 14 keys of the detail.
        var detail: JSONValue {
            let groups = groups.map { group -> JSONValue in
                [
                    "type": .string(group.type), "count": .integer(Int64(group.items.count)),
                    "sub_total": .integer(group.subTotal),
                    "item": .array(
                        group.items.map { ["service_id": .string($0.serviceID), "name": .string($0.name)] }),
                ]
            }
            return .object(common.merging(["group": .array(groups)]) { mine, _ in mine })
        }
    }
}
