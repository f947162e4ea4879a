import IwinvCatalog
import IwinvModel
import Testing

@Suite("Firewalls of the older path family (CONTRACT 3.9)")
struct OlderFirewallTests {
    private let http: [String: JSONValue] = [
        "bound": "IN", "protocol": "TCP", "port": "80", "ip": "192.168.1.10/24", "title": "Allow HTTP",
        "content": "Allow inbound HTTP traffic on port 80",
    ]
    private let dns: [String: JSONValue] = [
        "bound": "OUT", "protocol": "UDP", "port": "53", "ip": "10.0.0.5/16", "title": "Allow DNS",
        "content": "Allow outbound DNS traffic on port 53",
    ]

    private func numbered(_ rule: [String: JSONValue], _ id: JSONValue) -> JSONValue {
        .object(rule.merging(["rule_id": id]) { $1 })
    }

    /// The documented request.
    private func cloud() throws -> (cloud: Cloud, row: JSONValue) {
        var cloud = try Cloud(FleetDescription(servers: [.init("box-01")]), seed: 7, at: start)
        let answer = try cloud.call(
            "firewall.create",
            [
                "title": "Firewall01", "content": "firewall", "icmp": "Y",
                "rules": [.object(http), .object(dns)],
            ], in: .firewall)
        guard case .rows(let rows, nil, 202) = answer else {
            Issue.record("\(answer)")
            return (cloud, nil)
        }
        return (cloud, try #require(rows.first))
    }

    @Test("the answer has five keys, its rules seven")
    func row() throws {
        let (_, row) = try cloud()
        let id = try #require(row["firewall_id"])
        #expect(
            row == [
                "firewall_id": id, "title": "Firewall01", "content": "firewall",
                "icmp": "Y", "rules": [numbered(http, 1042), numbered(dns, 1043)],
            ])
    }

    @Test("both families show one store")
    func oneStore() throws {
        var (cloud, row) = try cloud()
        let id = try #require(row["firewall_id"])
        #expect(try cloud.rows("firewall.list", in: .firewall) == [row])
        #expect(try cloud.rows("firewall.get", ["firewall_id": id], in: .firewall) == [row])
        #expect(try cloud.row("firewall.get", ["firewall_id": id]).objectValue?.count == 4)
        #expect(
            try cloud.rows("firewall.rules.list", ["firewall_id": id]) == [numbered(http, 1042), numbered(dns, 1043)])
        let server = JSONValue.string(try cloud.id("box-01"))
        try cloud.row("firewall.attach", ["firewall_id": id, "instance_id": server], in: .firewall)
        #expect(try cloud.rows("firewall.instances", ["firewall_id": id]).count == 1)
        try cloud.expectRefusal(.inUse, "firewall.delete", ["firewall_id": id], in: .firewall)
        try cloud.row("firewall.detach", ["firewall_id": id, "instance_id": server], in: .firewall)
        #expect(
            try cloud.call("firewall.delete", ["firewall_id": id], in: .firewall) == .text("success", status: 200))
    }

    @Test("an edit replaces all rules; an equal one keeps its number")
    func replaces() throws {
        var (cloud, row) = try cloud()
        let id = try #require(row["firewall_id"])
        let https = http.merging(["port": "443"]) { $1 }
        let edited = try cloud.row(
            "firewall.edit",
            ["firewall_id": id, "title": "Firewall01", "rules": [.object(https), .object(dns)]], in: .firewall)
        #expect(edited["rules"] == [numbered(https, 1044), numbered(dns, 1043)])
        #expect(edited["content"] == "firewall" && edited["icmp"] == "Y")
    }

    @Test("an edit without rules removes them all (CONTRACT U30)", arguments: [nil, []] as [JSONValue?])
    func removesAll(rules: JSONValue?) throws {
        var (cloud, row) = try cloud()
        var raw: [String: JSONValue] = ["firewall_id": try #require(row["firewall_id"]), "title": "Firewall01"]
        raw["rules"] = rules
        #expect(try cloud.row("firewall.edit", raw, in: .firewall)["rules"] == [])
    }

    @Test("equal rules are CHECK_PARAM, in a creation and in an edit")
    func duplicates() throws {
        var (cloud, row) = try cloud()
        let rules: JSONValue = [.object(dns), .object(http), .object(dns)]
        try cloud.expectRefusal(
            .checkParameter, "firewall.create", ["title": "Firewall02", "content": "text", "rules": rules],
            in: .firewall)
        try cloud.expectRefusal(
            .checkParameter, "firewall.edit",
            ["firewall_id": try #require(row["firewall_id"]), "title": "other", "rules": rules], in: .firewall)
    }

    @Test("a missing firewall: empty in detail, ID_INVALID elsewhere (CONTRACT U29)")
    func missing() throws {
        var (cloud, _) = try cloud()
        let id: JSONValue = "FIREWALL-0"
        #expect(
            try cloud.call("firewall.get", ["firewall_id": id], in: .firewall) == .rows([], total: nil, status: 200))
        try cloud.expectRefusal(
            .invalidIdentifier, "firewall.edit", ["firewall_id": id, "title": "other"], in: .firewall)
        try cloud.expectRefusal(.invalidIdentifier, "firewall.delete", ["firewall_id": id], in: .firewall)
        let pair: [String: JSONValue] = ["firewall_id": id, "instance_id": .string(try cloud.id("box-01"))]
        try cloud.expectRefusal(.invalidIdentifier, "firewall.attach", pair, in: .firewall)
        try cloud.expectRefusal(.invalidIdentifier, "firewall.detach", pair, in: .firewall)
    }
}
