import IwinvCatalog
import IwinvModel
import IwinvSimulator
import IwinvTesting
import IwinvWire
import Testing

/// The quirks of CONTRACT 2.2, 5.1 and 6 as they stand on the wire, in both profiles.
@Suite struct QuirkTests {
    private func send(
        _ cloud: SimulatedCloud, _ method: String, _ target: String, json: JSONValue? = nil
    ) async throws -> RawReply {
        let body = json.map { JSONCodec.encode($0) } ?? []
        let headers = json == nil ? [] : [("Content-Type", "application/json")]
        return try await cloud.send(method, target, headers: headers, body: body)
    }

    private func document(_ reply: RawReply) throws -> JSONValue { try JSONCodec.decode(reply.body) }

    @Test(arguments: CloudProfile.allCases)
    func `bills have string page numbers live, and page-local counts always`(_ profile: CloudProfile) async throws {
        try await withCloud(configure: { $0.profile = profile }) { cloud in
            let page = try document(try await send(cloud, "GET", "/v1/bill?page_no=2&page_size=3"))
            #expect(page["count"] == 2)
            #expect(page["page_no"] == (profile == .live ? "2" : 2))
            #expect(page["page_size"] == (profile == .live ? "3" : 3))
            let past = try await send(cloud, "GET", "/v1/bill?page_no=9&page_size=3")
            #expect(past.status == 200)
            #expect(try document(past)["count"] == 0)
        }
    }

    @Test(arguments: CloudProfile.allCases)
    func `a filter of bills without a match is EMPTY_SET`(_ profile: CloudProfile) async throws {
        try await withCloud(configure: { $0.profile = profile }) { cloud in
            let reply = try await send(cloud, "GET", "/v1/bill?start_date=1999-01-01&end_date=1999-12-31")
            #expect(reply.status == 400)
            #expect(try reply.errorCode == .emptySet)
        }
    }

    @Test(arguments: CloudProfile.allCases)
    func `there are four ways to say that something does not exist`(_ profile: CloudProfile) async throws {
        try await withCloud(configure: { $0.profile = profile }) { cloud in
            for path in ["/v1/instances/INSTANCE-none", "/v1/images/PIMAGE-none", "/v1/block-storages/BLOCK-none"] {
                let reply = try await send(cloud, "GET", path)
                #expect(reply.status == 400)
                #expect(try reply.errorCode == .invalidIdentifier)
            }
            for path in ["/v1/flavors/none", "/v1/security-groups/FIREWALL-none", "/v1/firewall/FIREWALL-none"] {
                let reply = try await send(cloud, "GET", path)
                #expect((200..<300).contains(reply.status))
                #expect(try document(reply)["result"] == [])
                #expect(try document(reply)["count"] == 0)
            }
            let rules = try await send(cloud, "GET", "/v1/security-groups/FIREWALL-none/rules")
            #expect(try rules.status == 400 && rules.errorCode == .checkParameter)
            let route = try await send(cloud, "GET", "/v1/nothing")
            #expect(try route.status == 404 && route.errorCode == .notFound)
        }
    }

    @Test(arguments: CloudProfile.allCases)
    func `busy is a 404 with the same text twice, and the thing still exists`(_ profile: CloudProfile) async throws {
        try await withCloud(configure: {
            $0.profile = profile
            $0.faults = [FaultRule(.operation("instances.reboot"), .first(1), .busy)]
        }) { cloud in
            let id = try #require(cloud.simulator.cloud.servers.first).id
            let busy = try document(try await send(cloud, "POST", "/v1/instances/\(id)/reboot"))
            #expect(busy["error_code"] == "NOT_FOUND")
            #expect(busy["message"] == busy["result"])
            #expect(busy["message"]?.stringValue?.contains("다른 작업을 진행중") == true)
            #expect(try await send(cloud, "GET", "/v1/instances/\(id)").status == 200)
        }
    }

    @Test func `creating in a restricted zone is a 500 with a number and a text inside`() async throws {
        try await withCloud(configure: { $0.profile = .live }) { cloud in
            let image = try #require(cloud.simulator.cloud.images.first { $0.zones.contains("kr1_z09") }).id
            let reply = try await cloud.call(
                "instances.create", ["zone_id": "kr1_z09", "image_id": .string(image), "flavor_id": "soi_2.8_s"])
            #expect(reply.status == 500)
            let result = try document(reply)["result"]
            #expect(result?["code"] == 12)
            #expect(result?["message"] == "리소스 사용이 제한된 ZONE입니다.")
        }
    }

    @Test(arguments: CloudProfile.allCases)
    func `CHECK_IP means many things`(_ profile: CloudProfile) async throws {
        try await withCloud(configure: { $0.profile = profile }) { cloud in
            let bill = try #require(cloud.simulator.cloud.bills.first).id
            let detail = try await send(cloud, "GET", "/v1/bill/\(bill)")
            let group = try await send(cloud, "POST", "/v1/security-groups", json: ["title": "empty-group"])
            let blank = try await send(
                cloud, "POST", "/v1/security-groups", json: ["title": "empty-group", "content": ""])
            guard profile == .live else {
                #expect(detail.status == 200)
                #expect(group.status == 202)
                #expect(blank.status == 202)
                return
            }
            for reply in [detail, group, blank] {
                #expect(try reply.status == 403 && reply.errorCode == .checkIP)
                #expect(try document(reply)["result"]?["code"] == 9)
            }
            #expect(cloud.simulator.cloud.firewalls.allSatisfy { $0.title != "empty-group" })
        }
    }

    @Test(arguments: CloudProfile.allCases, ["/v1/security-groups", "/v1/firewall"])
    func `a group's text comes HTML-escaped, its title and its rules' texts do not`(
        _ profile: CloudProfile, _ family: String
    ) async throws {
        try await withCloud(configure: { $0.profile = profile }) { cloud in
            let body: JSONValue = [
                "title": "a & b <c>", "content": "web & \"api\" <it's>", "icmp": "N", "rules": [],
            ]
            let made = try document(try await send(cloud, "POST", family, json: body))["result"]?.arrayValue?.first
            #expect(made?["content"] == "web &amp; &quot;api&quot; &lt;it&#039;s&gt;")
            #expect(made?["title"] == "a & b <c>")
            let id = try #require(made?["firewall_id"]?.stringValue)
            let rule: JSONValue = [
                "bound": "IN", "protocol": "TCP", "port": "80", "ip": "192.0.2.1/24", "title": "a & b",
                "content": "literal &amp; <x>",
            ]
            _ = try await send(cloud, "POST", "/v1/security-groups/\(id)/rules", json: rule)
            let rules = try document(try await send(cloud, "GET", "/v1/security-groups/\(id)/rules"))["result"]
            #expect(rules?.arrayValue?.first?["content"] == "literal &amp; <x>")
            #expect(rules?.arrayValue?.first?["title"] == "a & b")
        }
    }

    @Test(arguments: CloudProfile.allCases)
    func `rules are upper case, IPv4 with a prefix, and never twice`(_ profile: CloudProfile) async throws {
        try await withCloud(configure: { $0.profile = profile }) { cloud in
            let id = try #require(cloud.simulator.cloud.firewalls.first).id
            let good: [String: JSONValue] = [
                "bound": "IN", "protocol": "TCP", "port": "8443", "ip": "192.0.2.1/32", "title": "tf-rule",
            ]
            func add(_ change: [String: JSONValue]) async throws -> RawReply {
                try await send(
                    cloud, "POST", "/v1/security-groups/\(id)/rules", json: .object(good.merging(change) { $1 }))
            }
            #expect(try await add([:]).status == (profile == .live ? 200 : 202))
            let refusals: [([String: JSONValue], ErrorCode)] = [
                ([:], .checkParameter), (["protocol": "tcp"], .checkParameterEnum),
                (["bound": "inbound"], .checkParameterEnum), (["protocol": "ICMP"], .checkParameterEnum),
                (["port": "0"], .checkParameter), (["port": "0-65535"], .checkParameter),
                (["ip": "192.0.2.1"], .checkParameter), (["ip": "2001:db8::/32"], .ipv6NotSupported),
            ]
            for (change, code) in refusals {
                let reply = try await add(change)
                #expect(try reply.status == 400 && reply.errorCode == code, "\(change)")
            }
        }
    }

    @Test(arguments: CloudProfile.allCases)
    func `the rule list ignores paging, and deletions answer a text`(_ profile: CloudProfile) async throws {
        try await withCloud(configure: { $0.profile = profile }) { cloud in
            let firewall = try #require(cloud.simulator.cloud.firewalls.first)
            let list = try document(
                try await send(cloud, "GET", "/v1/security-groups/\(firewall.id)/rules?page_no=2&page_size=1"))
            #expect(list["count"] == .integer(Int64(firewall.rules.count)))
            #expect(list["page_no"] == nil)
            let rule = try #require(firewall.rules.first).id
            let gone = try await send(cloud, "DELETE", "/v1/security-groups/\(firewall.id)/rules/\(rule)")
            #expect(gone.status == 200)
            #expect(try document(gone)["result"]?.stringValue != nil)
            #expect(try document(gone)["count"] == nil)
        }
    }

    @Test(arguments: CloudProfile.allCases)
    func `an edit of the older family without rules removes them all`(_ profile: CloudProfile) async throws {
        try await withCloud(configure: { $0.profile = profile }) { cloud in
            let firewall = try #require(cloud.simulator.cloud.firewalls.first)
            #expect(!firewall.rules.isEmpty)
            _ = try await send(cloud, "PUT", "/v1/firewall/\(firewall.id)", json: ["title": "emptied"])
            #expect(cloud.simulator.cloud.firewalls.first?.rules.isEmpty == true)
        }
    }
}
