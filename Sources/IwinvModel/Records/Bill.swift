extension Cloud {
    /// A bill (CONTRACT 3.8). State only for now.
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
    }
}
