import Clocks

// Volumes, firewalls and bills of the demo fleet (CONTRACT 3.7 – 3.9).

extension Cloud {
    private func named(_ name: String) -> Server? { servers.first { $0.name == name } }

    mutating func addDemoVolumes(at instant: Instant) {
        let created = Instant(nanoseconds: instant.nanoseconds - 90 * 86_400 * 1_000_000_000)
        addVolume("data01", size: 100, to: named("db-01"), at: created)
        addVolume("data02", size: 200, to: named("db-01"), at: created)
        addVolume("replica-data", size: 300, to: named("db-02"), at: created)
        addVolume("주문-데이터", size: 500, to: named("데이터베이스-01"), at: created)
        addVolume("archive", type: "sata", size: 2000, to: named("batch-01"), at: created)
        addVolume("old-data", size: 50, to: nil, zone: Offer.seoul.id, at: created)
    }

    mutating func addDemoFirewalls() {
        let web = servers.filter { $0.name.hasPrefix("web-") }.map(\.id)
        let databases = servers.filter { $0.name.hasPrefix("db-") }.map(\.id)
        firewalls = [
            Firewall(
                id: generator.identifier("FIREWALL"), title: "web-public", content: "web & api", allowsICMP: true,
                rules: [
                    rule(1042, "TCP", "80", "0.0.0.0/0", "HTTP", nil),
                    rule(1043, "TCP", "443", "0.0.0.0/0", "HTTPS", nil),
                    rule(1044, "TCP", "22", "198.51.100.0/24", "SSH 사무실", "운영팀만"),
                ], instanceIDs: web),
            Firewall(
                id: generator.identifier("FIREWALL"), title: "db-internal", content: "내부 DB", allowsICMP: false,
                rules: [
                    rule(1050, "TCP", "5432", "10.100.0.0/16", "PostgreSQL", nil),
                    rule(1051, "TCP", "6379-6380", "10.100.0.0/16", "Redis", "cache"),
                ], instanceIDs: databases),
        ]
    }

    private func rule(
        _ id: Int64, _ protocolName: String, _ port: String, _ ip: String, _ title: String, _ content: String?
    ) -> Firewall.Rule {
        Firewall.Rule(
            id: id, bound: "IN", protocolName: protocolName, port: port, ip: ip, title: title, content: content)
    }

    /// The last five months: four paid, the latest not yet; one is a refund, one prepaid.
    mutating func addDemoBills(at instant: Instant) {
        let prices: [Int64] = [812_400, 798_000, -35_000, 640_200, 655_900]
        for (index, price) in prices.enumerated() {
            let month = SeoulTime.month(of: instant, movedBy: Int64(index) - 5)
            let next = SeoulTime.month(of: instant, movedBy: Int64(index) - 4)
            let isPaid = index < 4
            bills.append(
                Bill(
                    id: generator.identifier("BILL"), usageStart: month.first, usageEnd: month.last,
                    billDate: month.last, type: index == 3 ? "prepaid" : "regular",
                    paymentStatus: isPaid ? "paid" : "unpaid",
                    name: "\(month.year)년 \(month.month)월 " + (price < 0 ? "환불" : "정기 청구"), price: price,
                    vat: price / 10, currency: "KRW", datePaid: isPaid ? next.first : "",
                    paymentInfo: isPaid ? "카드 0000" : "", invoices: [],
                    taxInvoices: ["https://example.invalid/finance/tax?no=000\(index)"],
                    groups: [
                        .init(
                            type: "서버", subTotal: price,
                            items: servers.prefix(3).map {
                                .init(serviceID: $0.id, name: "\($0.name)(\($0.publicAddress))")
                            })
                    ]))
        }
    }
}
