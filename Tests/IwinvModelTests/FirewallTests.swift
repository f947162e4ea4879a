import Clocks
import IwinvCatalog
import IwinvModel
import Testing

@Suite("Security groups (CONTRACT 3.9)")
struct FirewallTests {
    private func cloud() throws -> (cloud: Cloud, id: JSONValue) {
        var cloud = try Cloud(FleetDescription(servers: [.init("box-%02d", count: 2)]), seed: 7, at: start)
        let row = try cloud.row("firewall.create", ["title": "tf-net-01", "content": "web & api", "icmp": "N"])
        return (cloud, try #require(row["firewall_id"]))
    }

    private let rule: [String: JSONValue] = [
        "bound": "IN", "protocol": "TCP", "port": "8443", "ip": "192.0.2.1/32", "title": "tf-rule", "content": "note",
    ]

    @Test("a group has four keys; its text comes as it was sent, the wire escapes it")
    func row() throws {
        var (cloud, id) = try cloud()
        let row: JSONValue = ["firewall_id": id, "title": "tf-net-01", "content": "web & api", "icmp": "N"]
        cloud.switches.statuses = .documented
        #expect(try cloud.call("firewall.get", ["firewall_id": id]) == .rows([row], total: nil, status: 202))
        #expect(try cloud.call("firewall.list") == .rows([row], total: nil, status: 200))
        cloud.switches.statuses = .live
        #expect(try cloud.call("firewall.get", ["firewall_id": id]) == .rows([row], total: nil, status: 200))
    }

    @Test("an unknown or deleted group is an empty answer in detail, CHECK_PARAM for its rules")
    func unknown() throws {
        var (cloud, id) = try cloud()
        try cloud.row("firewall.rules.add", rule.merging(["firewall_id": id]) { $1 })
        #expect(try cloud.call("firewall.delete", ["firewall_id": id]) == .text("success", status: 200))
        #expect(try cloud.rows("firewall.get", ["firewall_id": id]).isEmpty)
        try cloud.expectRefusal(.checkParameter, "firewall.rules.list", ["firewall_id": id])
        try cloud.expectRefusal(.checkParameter, "firewall.instances", ["firewall_id": id])
        try cloud.expectRefusal(.invalidIdentifier, "firewall.delete", ["firewall_id": id])
        try cloud.expectRefusal(.invalidIdentifier, "firewall.edit", ["firewall_id": id, "title": "other"])
    }

    @Test("the list comes in pages of 50")
    func pages() throws {
        var cloud = Cloud(seed: 1, at: start)
        for number in 1...53 {
            try cloud.row("firewall.create", ["title": .string("group-\(number)"), "content": "text"])
        }
        #expect(try cloud.rows("firewall.list").count == 50)
        #expect(try cloud.rows("firewall.list", page: Page(number: 2, size: 50)).count == 3)
        #expect(try cloud.rows("firewall.list", page: Page(number: 3, size: 50)).isEmpty)
    }

    @Test("a creation without a text is CHECK_IP with a text inside, and nothing is made", arguments: [nil, ""])
    func needsContent(content: String?) throws {
        var cloud = Cloud(seed: 1, at: start)
        var raw: [String: JSONValue] = ["title": "tf-net-01"]
        raw["content"] = content.map(JSONValue.string)
        try cloud.expectRefusal(.checkIP, "firewall.create", raw)
        let refusal = try #require(try cloud.call("firewall.create", raw).refusal)
        #expect(refusal.status == 403 && refusal.result["code"] == 9)
        #expect(refusal.result["message"]?.stringValue?.isEmpty == false)
        cloud.switches.groupNeedsContent = false
        #expect(try cloud.row("firewall.create", raw)["content"] == .null)
    }

    @Test("an edit keeps what is not given")
    func edit() throws {
        var (cloud, id) = try cloud()
        #expect(
            try cloud.row("firewall.edit", ["firewall_id": id, "title": "새-이름"])
                == ["firewall_id": id, "title": "새-이름", "content": "web & api", "icmp": "N"])
        let changed = try cloud.row(
            "firewall.edit", ["firewall_id": id, "title": "새-이름", "content": "내부", "icmp": "Y"])
        #expect(changed["content"] == "내부" && changed["icmp"] == "Y")
    }

    @Test(
        "an empty text keeps a plain one and damages one with characters that are escaped",
        arguments: [("plain", "plain"), ("웹 서버", "웹 서버"), ("web & <api>", "web &amp; &lt;api&gt;")])
    func damage(before: String, after: String) throws {
        var (cloud, id) = try cloud()
        let raw: [String: JSONValue] = ["firewall_id": id, "title": "tf-net-01"]
        try cloud.row("firewall.edit", raw.merging(["content": .string(before)]) { $1 })
        #expect(try cloud.row("firewall.edit", raw.merging(["content": ""]) { $1 })["content"] == .string(after))
    }

    @Test("a server has one group; attaching replaces it, and twice is IN_USE")
    func attach() throws {
        var (cloud, first) = try cloud()
        let second = try #require(
            try cloud.row("firewall.create", ["title": "other", "content": "text"])["firewall_id"])
        let server = JSONValue.string(try cloud.id("box-01"))
        func pair(_ group: JSONValue) -> [String: JSONValue] { ["firewall_id": group, "instance_id": server] }
        #expect(
            try cloud.call("firewall.attach", pair(first))
                == .rows([["firewall_id": first, "instance_id": server]], total: nil, status: 202))
        try cloud.expectRefusal(.inUse, "firewall.attach", pair(first))
        try cloud.expectRefusal(.inUse, "firewall.delete", ["firewall_id": first])
        #expect(
            try cloud.rows("firewall.instances", ["firewall_id": first])
                == [["instance_id": server, "name": "box-01"]])
        try cloud.row("firewall.attach", pair(second))
        #expect(try cloud.rows("firewall.instances", ["firewall_id": first]).isEmpty)
        try cloud.expectRefusal(.checkParameter, "firewall.detach", pair(first))
        try cloud.row("firewall.detach", pair(second))
        #expect(try cloud.rows("firewall.instances", ["firewall_id": second]).isEmpty)
        _ = try cloud.call("firewall.delete", ["firewall_id": second])
        #expect(cloud.firewalls.count == 1)
    }

    @Test("attaching needs a server that exists and is not at work; a deleted server leaves its group")
    func members() throws {
        var (cloud, id) = try cloud()
        let server = JSONValue.string(try cloud.id("box-01"))
        try cloud.expectRefusal(
            .invalidIdentifier, "firewall.attach", ["firewall_id": id, "instance_id": "INSTANCE-0"])
        try cloud.rows("instances.reboot", ["instance_id": server])
        try cloud.expectRefusal(
            .deletedOrWorkingInstance, "firewall.attach", ["firewall_id": id, "instance_id": server])
        let later = start + .seconds(20)
        try cloud.row("firewall.attach", ["firewall_id": id, "instance_id": server], at: later)
        try cloud.rows("instances.delete", ["instance_id": server], at: later)
        #expect(try cloud.rows("firewall.instances", ["firewall_id": id], at: later).isEmpty)
    }

    @Test("rules are added, changed in place and removed")
    func rules() throws {
        var (cloud, id) = try cloud()
        let added = try cloud.call("firewall.rules.add", rule.merging(["firewall_id": id]) { $1 })
        let row: [String: JSONValue] = rule.merging(["rule_id": 1042]) { $1 }
        #expect(added == .rows([.object(row)], total: nil, status: 200))
        let udp = try cloud.row(
            "firewall.rules.edit", ["firewall_id": id, "rule_id": 1042, "protocol": "UDP", "content": ""])
        #expect(udp == .object(row.merging(["protocol": "UDP"]) { $1 }))
        #expect(try cloud.rows("firewall.rules.list", ["firewall_id": id]) == [udp])
        try cloud.expectRefusal(
            .invalidIdentifier, "firewall.rules.edit", ["firewall_id": id, "rule_id": 7, "port": "80"])
        try cloud.expectRefusal(.invalidIdentifier, "firewall.rules.remove", ["firewall_id": id, "rule_id": 7])
        #expect(
            try cloud.call("firewall.rules.remove", ["firewall_id": id, "rule_id": 1042])
                == .text("success", status: 200))
        #expect(try cloud.rows("firewall.rules.list", ["firewall_id": id]).isEmpty)
        #expect(
            try cloud.row("firewall.rules.add", rule.merging(["firewall_id": id]) { $1 })["rule_id"] == 1043,
            "a number is never given twice")
    }

    @Test("an exact duplicate is CHECK_PARAM, added or made by an edit")
    func duplicates() throws {
        var (cloud, id) = try cloud()
        let raw = rule.merging(["firewall_id": id]) { $1 }
        try cloud.row("firewall.rules.add", raw)
        try cloud.expectRefusal(.checkParameter, "firewall.rules.add", raw)
        let other = try #require(
            try cloud.row("firewall.rules.add", raw.merging(["port": "80"]) { $1 })["rule_id"])
        try cloud.expectRefusal(
            .checkParameter, "firewall.rules.edit", ["firewall_id": id, "rule_id": other, "port": "8443"])
        try cloud.row("firewall.rules.edit", ["firewall_id": id, "rule_id": other, "port": "80"])
    }

    @Test("a rule without a text has null", arguments: [nil, ""])
    func emptyContent(content: String?) throws {
        var (cloud, id) = try cloud()
        var raw = rule.merging(["firewall_id": id]) { $1 }
        raw["content"] = content.map(JSONValue.string)
        #expect(try cloud.row("firewall.rules.add", raw)["content"] == .null)
    }

    @Test("53 rules come at once")
    func unpaged() throws {
        var (cloud, id) = try cloud()
        for port in 1...53 {
            let raw: [String: JSONValue] = ["firewall_id": id, "port": .string("\(port)")]
            try cloud.row("firewall.rules.add", rule.merging(raw) { $1 })
        }
        #expect(try cloud.rows("firewall.rules.list", ["firewall_id": id], page: Page(number: 1, size: 10)).count == 53)
    }
}
