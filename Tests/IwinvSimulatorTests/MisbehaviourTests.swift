import Clocks
import IwinvCatalog
import IwinvModel
import IwinvSimulator
import IwinvTesting
import IwinvWire
import Testing

/// A cloud that answers, and does or says something else than it should.
@Suite("Misbehaviour") struct MisbehaviourTests {
    /// A simulator of so many servers with these rules, and the servers' identifiers.
    private func withServers(
        _ count: Int = 3, _ rules: String..., body: (SimulatedCloud, [String]) async throws -> Void
    ) async throws {
        let rules = try rules.map(FaultRule.init)
        let fleet = FleetDescription(
            servers: [.init("web-%03d", count: count)], volumes: (0..<12).map { .init("data-\($0)", size: 10) },
            firewalls: [
                .init(
                    "front", content: "the front",
                    rules: [
                        ["bound": "IN", "protocol": "TCP", "port": "80", "ip": "0.0.0.0/0", "title": "web"],
                        ["bound": "IN", "protocol": "TCP", "port": "443", "ip": "0.0.0.0/0", "title": "tls"],
                    ]), .init("back", content: "the back"),
            ])
        try await withCloud(fleet: fleet, configure: { $0.faults = rules }) { cloud in
            try await body(cloud, cloud.simulator.cloud.servers.map(\.id))
        }
    }

    private func rename(_ cloud: SimulatedCloud, _ id: String, _ name: String) async throws -> RawReply {
        try await cloud.call("instances.edit", ["instance_id": .string(id), "name": .string(name)])
    }

    @Test("edit-ignored: the row as it was, and nothing is changed")
    func editIgnored() async throws {
        try await withServers(3, "*: first 4 edit-ignored") { cloud, ids in
            let reply = try await rename(cloud, ids[0], "www-1")
            #expect(try reply.status == 200 && reply.envelope.rows.first?["name"] == "web-001")
            #expect(cloud.simulator.cloud.server(ids[0])?.name == "web-001")
            let record = try #require(cloud.simulator.requests.last)
            #expect(!record.hadEffect && record.fault?.description == "edit-ignored")
            // What the cloud would refuse it refuses all the same.
            #expect(try await rename(cloud, "INSTANCE-none", "www-1").errorCode == .invalidIdentifier)
            // Other requests than edits are not counted.
            #expect(try await cloud.send("GET", "/v1/zones").status == 200)
            let firewall = try #require(cloud.simulator.cloud.firewalls.first)
            for path in ["/v1/security-groups/\(firewall.id)", "/v1/firewall/\(firewall.id)"] {
                let edited = try await cloud.send(
                    "PUT", path, headers: [("Content-Type", "application/json")],
                    body: Array(#"{"title":"changed","rules":[]}"#.utf8))
                #expect(try edited.envelope.rows.first?["title"] == "front", "\(path)")
            }
            #expect(cloud.simulator.cloud.firewalls.first == firewall)
            _ = try await rename(cloud, ids[0], "www-1")
            #expect(cloud.simulator.cloud.server(ids[0])?.name == "www-1")
        }
    }

    @Test("edit-encoded: texts are stored as they travel")
    func editEncoded() async throws {
        try await withServers(1, "*: edit-encoded") { cloud, ids in
            let reply = try await rename(cloud, ids[0], "웹 서버")
            #expect(try reply.envelope.rows.first?["name"] == "%EC%9B%B9%20%EC%84%9C%EB%B2%84")
            #expect(cloud.simulator.cloud.server(ids[0])?.name == "%EC%9B%B9%20%EC%84%9C%EB%B2%84")
            #expect(cloud.simulator.requests.last?.hadEffect == true)
            // Only the multipart form has its texts encoded.
            _ = try await cloud.send(
                "PUT", "/v1/instances/\(ids[0])",
                headers: [("Content-Type", "application/x-www-form-urlencoded")], body: Array("name=a%20b%2B".utf8))
            #expect(cloud.simulator.cloud.server(ids[0])?.name == "a b+")
        }
    }

    @Test("wrong-row, two-rows: the answer is about another thing")
    func otherRows() async throws {
        for (kind, places) in [("wrong-row", [1]), ("two-rows", [0, 1])] {
            try await withServers(3, "*: \(kind)") { cloud, ids in
                let read = try await cloud.call("instances.get", ["instance_id": .string(ids[0])])
                #expect(try read.envelope.rows.map { $0["instance_id"]?.stringValue } == places.map { ids[$0] })
                let edit = try await rename(cloud, ids[0], "www-1")
                #expect(try edit.envelope.rows.map { $0["instance_id"]?.stringValue } == places.map { ids[$0] })
                #expect(
                    cloud.simulator.cloud.server(ids[0])?.name == "www-1"
                        && cloud.simulator.cloud.server(ids[1])?.name != "www-1")
                let firewalls = cloud.simulator.cloud.firewalls
                let group = try await cloud.call("firewall.get", ["firewall_id": .string(firewalls[0].id)])
                #expect(
                    try group.envelope.rows.map { $0["firewall_id"]?.stringValue } == places.map { firewalls[$0].id })
                let rules = firewalls[0].rules
                let rule = try await cloud.call(
                    "firewall.rules.edit",
                    ["firewall_id": .string(firewalls[0].id), "rule_id": .integer(rules[0].id), "title": "new"])
                #expect(try rule.envelope.rows.map { $0["rule_id"]?.integerValue } == places.map { rules[$0].id })
                #expect(cloud.simulator.cloud.firewalls[0].rules.map(\.title) == ["new", "tls"])
            }
        }
        // Without another of its kind there is no wrong one.
        try await withServers(1, "*: once wrong-row", "*: two-rows") { cloud, ids in
            for count in [1, 2] {
                let read = try await cloud.call("instances.get", ["instance_id": .string(ids[0])])
                #expect(
                    try read.envelope.rows.map { $0["instance_id"]?.stringValue }
                        == Array(repeating: ids[0], count: count))
            }
        }
    }

    @Test("no-row, null-result, odd-rows, huge-integer: a success of another shape")
    func shapes() async throws {
        try await withServers(
            2, "*: once no-row", "*: once null-result", "*: once odd-rows", "firewall.rules.list: huge-integer"
        ) { cloud, ids in
            #expect(try await rename(cloud, ids[0], "a-name").envelope.result == [])
            #expect(cloud.simulator.cloud.server(ids[0])?.name == "a-name")
            #expect(try await cloud.send("GET", "/v1/instances").envelope.result == .null)
            let odd = try await cloud.send("GET", "/v1/instances").envelope
            #expect(odd.rows.count == 5 && odd.count == 5 && odd.rows.count { $0.objectValue == nil } == 3)
            let firewall = try #require(cloud.simulator.cloud.firewalls.first)
            let rules = try await cloud.call("firewall.rules.list", ["firewall_id": .string(firewall.id)])
            #expect(String(decoding: rules.body, as: UTF8.self).contains(#""rule_id":9223372036854775808"#))
            #expect(try rules.envelope.rows.count == 2)
        }
    }

    @Test("late-change: acknowledged at once and made later; late-504: a proxy's page, and made later")
    func late() async throws {
        try await withServers(1, "instances.edit: once late-change(5s)", "changes: late-504(10s)") { cloud, ids in
            let reply = try await rename(cloud, ids[0], "first")
            #expect(try reply.envelope.rows.first?["name"] == "first")
            #expect(cloud.simulator.cloud.server(ids[0])?.name == "web-001")
            cloud.clock.advance(by: .milliseconds(4999))
            #expect(try await cloud.send("GET", "/v1/instances").envelope.rows.first?["name"] == "web-001")
            cloud.clock.advance(by: .milliseconds(1))
            #expect(cloud.simulator.cloud.server(ids[0])?.name == "first")
            #expect(try await rename(cloud, ids[0], "second").status == 504)
            #expect(cloud.simulator.requests.last?.hadEffect == true)
            cloud.clock.advance(by: .seconds(10))
            #expect(try await cloud.send("GET", "/v1/instances").envelope.rows.first?["name"] == "second")
        }
    }

    @Test("late creations are made as their answers named them, whatever is made meanwhile")
    func lateCreations() async throws {
        try await withServers(1, "firewall.create: first 2 late-change(5s)") { cloud, _ in
            var named: [String?] = []
            for title in ["first", "second", "third"] {
                let reply = try await cloud.call("firewall.create", ["title": .string(title), "content": "text"])
                named.append(try reply.envelope.rows.first?["firewall_id"]?.stringValue)
            }
            #expect(Set(named).count == 3)
            #expect(cloud.simulator.cloud.firewalls.map(\.title) == ["front", "back", "third"])
            cloud.clock.advance(by: .seconds(5))
            let made = cloud.simulator.cloud.firewalls.dropFirst(2)
            #expect(
                made.map(\.title) == ["third", "first", "second"] && made.map(\.id) == [named[2], named[0], named[1]])
        }
    }

    @Test(
        "pages: how many rows, and which size the answer says",
        arguments: [
            ("capped-page(50)", [50, 50, 30], nil), ("echoed-size(50)", [50, 50, 30], 100),
            ("said-size(50)", [50, 50, 30], 50), ("short-page", [50, 80, 0], 100),
        ])
    func pages(kind: String, counts: [Int], size: Int?) async throws {
        try await withServers(130, "instances.list: \(kind)") { cloud, ids in
            var seen: [String] = []
            for (index, count) in counts.enumerated() {
                let reply = try await cloud.send("GET", "/v1/instances?page_no=\(index + 1)&page_size=100").envelope
                #expect(reply.rows.count == count && reply.count == count && reply.pageSize == size)
                seen += reply.rows.compactMap { $0["instance_id"]?.stringValue }
            }
            #expect(seen == ids)
            // A page far beyond the end is empty.
            #expect(try await cloud.send("GET", "/v1/instances?page_no=9223372036854775807").envelope.rows.isEmpty)
        }
    }

    @Test("a list that nobody pages may come in pages, too")
    func undocumentedPages() async throws {
        try await withServers(1, "storage.list: said-size(10)") { cloud, _ in
            let first = try await cloud.send("GET", "/v1/block-storages").envelope
            #expect(first.rows.count == 10 && first.pageNumber == 1 && first.pageSize == 10)
            let second = try await cloud.send("GET", "/v1/block-storages?page_no=2&page_size=10").envelope
            #expect(second.rows.count == 2 && second.pageNumber == 2)
        }
    }

    @Test("count-wrong, total-wrong: numbers that lie")
    func numbers() async throws {
        try await withServers(12, "*: once count-wrong(-2)", "*: once total-wrong", "*: total-wrong(-4)") { cloud, _ in
            for (count, total) in [(8, nil), (10, 13), (10, 8)] {
                let list = try await cloud.send("GET", "/v1/instances").envelope
                #expect(list.rows.count == 10 && list.count == count && list.total == total)
            }
        }
    }

    @Test("gzip: compressed, with its header")
    func gzip() async throws {
        try await withServers(1, "*: once gzip") { cloud, _ in
            let packed = try await cloud.send("GET", "/v1/zones")
            let plain = try await cloud.send("GET", "/v1/zones")
            #expect(packed.header("Content-Encoding") == "gzip" && plain.header("Content-Encoding") == nil)
            #expect(packed.body.starts(with: [0x1F, 0x8B, 8]) && packed.body.count == plain.body.count + 23)
            #expect(Array(packed.body.dropFirst(15).dropLast(8)) == plain.body)
        }
    }

    @Test("a proxy's page 504, in place of the request and in place of its answer")
    func gatewayTimeout() async throws {
        try await withServers(1, "changes: once html-504", "changes: lost-504") { cloud, ids in
            for (name, isMade) in [("first", false), ("second", true)] {
                let reply = try await rename(cloud, ids[0], name)
                #expect(reply.status == 504 && reply.header("Content-Type") == "text/html")
                #expect((cloud.simulator.cloud.server(ids[0])?.name == name) == isMade)
            }
        }
    }

    // MARK: What a client makes of it

    /// Every servers' list of 130 is whole, or an error.
    @Test(arguments: [10, 50, 100], ["capped-page", "echoed-size", "said-size"])
    func `a client reads all of a list that comes in small pages`(_ size: Int, _ kind: String) async throws {
        try await withServers(130, "instances.list: \(kind)(\(size))") { cloud, ids in
            let client = try cloud.client()
            #expect(try await client.instances.list().map(\.id) == ids)
            try await client.shutdown()
        }
    }

    @Test(arguments: [
        ("instances.list: short-page", nil), ("storage.list: said-size(10)", nil),
        ("instances.list: once refuse(CHECK_PARAM)", nil), ("instances.list: count-wrong(-1)", "says that it has"),
        ("instances.list: count-wrong", "says that it has"), ("instances.list: total-wrong", "has 131 rows"),
        ("instances.list: total-wrong(-30)", "has 100 rows"), ("instances.list: total-wrong(-80)", "has 50 rows"),
        ("instances.list: null-result", "without rows"), ("instances.list: after 1 null-result", "without rows"),
        ("instances.list: odd-rows", "null among the rows"), ("instances.list: huge-integer", nil),
        ("instances.list: late-page", "BACKEND"), ("storage.list: odd-rows", "null among the rows"),
    ])
    func `a list is whole or an error`(_ rule: String, _ words: String?) async throws {
        try await withServers(130, rule) { cloud, ids in
            let client = try cloud.client { $0.retry = .never }
            do throws(CloudError) {
                let servers = try await client.instances.list()
                let volumes = try await client.storage.list()
                #expect(servers.map(\.id) == ids && volumes.count == 12 && words == nil)
            } catch {
                let words = try #require(words, "\(error)")
                #expect(
                    "\(error)".contains(words) || words == "BACKEND" && error.errorCode == .backendRefused, "\(error)")
            }
            try await client.shutdown()
        }
    }

    @Test(arguments: [
        ("wrong-row", "answered about"), ("two-rows", "answered about"), ("no-row", "no such instance"),
        ("null-result", "without a row"), ("odd-rows", "null among the rows"), ("html-504", "web page"),
    ])
    func `a client does not take another row for the one that it asked for`(_ kind: String, _ words: String)
        async throws
    {
        try await withServers(3, "instances.get: \(kind)") { cloud, ids in
            let client = try cloud.client { $0.retry = .never }
            let error = try await #require(throws: CloudError.self) { try await client.instances.get(ids[0]) }
            #expect(error.message.contains(words), "\(error)")
            try await client.shutdown()
        }
    }
}
