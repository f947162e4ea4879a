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

    /// Two that are well kept, and a third that gives an audit something to find.
    mutating func addDemoFirewalls() {
        func members(_ prefix: String) -> [String] { servers.filter { $0.name.hasPrefix(prefix) }.map(\.id) }
        firewalls = [
            Firewall(
                id: generator.identifier("FIREWALL"), title: "web-public", content: "web & api", allowsICMP: true,
                rules: [
                    rule(1042, "80", "0.0.0.0/0", "HTTP", nil), rule(1043, "443", "0.0.0.0/0", "HTTPS", nil),
                    rule(1044, "22", "198.51.100.0/24", "SSH 사무실", "운영팀만"),
                ], instanceIDs: members("web-")),
            Firewall(
                id: generator.identifier("FIREWALL"), title: "db-internal", content: "내부 DB", allowsICMP: false,
                rules: [
                    rule(1050, "5432", "10.100.0.0/16", "PostgreSQL", nil),
                    rule(1051, "6379-6380", "10.100.0.0/16", "Redis", "cache"),
                ], instanceIDs: members("db-")),
            Firewall(
                id: generator.identifier("FIREWALL"), title: "legacy", content: "이전 서버 <정리 예정>", allowsICMP: true,
                rules: [
                    // Open to the world.
                    rule(1060, "22", "0.0.0.0/0", "SSH 임시", nil),
                    rule(1061, "3306", "10.100.0.0/16", "MySQL", nil),
                    // The same network once more, in other words.
                    rule(1062, "3306-3306", "10.100.7.9/16", "MySQL 복사", nil),
                    rule(1063, "8000-9000", "10.0.0.0/8", "내부 서비스", nil),
                    // Within the rule before it: without effect.
                    rule(1064, "8080", "10.1.0.0/16", "앱 서버", "2021"),
                ], instanceIDs: members("batch-")),
        ]
        lastRuleID = 1064
    }

    private func rule(_ id: Int64, _ port: String, _ ip: String, _ title: String, _ content: String?) -> Firewall.Rule {
        Firewall.Rule(id: id, bound: "IN", protocolName: "TCP", port: port, ip: ip, title: title, content: content)
    }

    /// The last five months: four paid, the latest not yet; one is a refund, one prepaid.
    mutating func addDemoBills(at instant: Instant) {
        let prices: [Int64] = [812_400, 798_000, -35_000, 640_200, 655_900]
        for (index, price) in prices.enumerated() {
            addBill(
                of: SeoulTime.Month(of: instant).moved(by: Int64(index) - 5), price: price,
                type: index == 3 ? "prepaid" : "regular", isPaid: index < 4)
        }
    }
}
