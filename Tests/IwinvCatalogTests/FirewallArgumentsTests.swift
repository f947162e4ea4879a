import IwinvCatalog
import Testing

/// What is known of rules, volumes and bills is checked before anything is sent (CONTRACT 3.7 – 3.9).
@Suite struct FirewallArgumentsTests {
    private let rule: [String: JSONValue] = [
        "firewall_id": "FIREWALL-a", "bound": "IN", "protocol": "TCP", "port": "443", "ip": "203.0.113.0/24",
        "title": "HTTPS",
    ]

    private func check(
        _ name: OperationName, _ raw: [String: JSONValue], on side: Arguments.Side = .caller
    ) throws -> Arguments {
        try Arguments(raw, for: try #require(Catalog.iwinv[name]), on: side)
    }

    private func problem(_ name: OperationName, _ raw: [String: JSONValue]) throws -> String? {
        do {
            _ = try check(name, raw)
            return nil
        } catch let problem as ArgumentProblem {
            return problem.description
        }
    }

    private func problem(rule change: [String: JSONValue]) throws -> String? {
        try problem("firewall.rules.add", rule.merging(change) { $1 })
    }

    @Test(arguments: ["0.0.0.0/0", "192.0.2.1/24", "10.0.0.5/16", "198.51.100.7/32"])
    func `IPv4 ranges pass as they are, host bits too`(_ range: String) throws {
        #expect(
            try check("firewall.rules.add", rule.merging(["ip": .string(range)]) { $1 })["ip"]?.stringValue == range)
    }

    @Test(
        arguments: [
            "", "10.0.0.0/33", "10.0.0/8", "010.0.0.0/8", "10.0.0.0/08", "10.0.0.0/", "10.0.0.256/8", "10.0.0.0/8/8",
            "1٠.0.0.0/8", " 10.0.0.0/8",
        ])
    func `what is no IPv4 range is refused`(_ range: String) throws {
        #expect(try problem(rule: ["ip": .string(range)])?.contains("is not an IPv4 range") == true)
    }

    @Test func `a bare address and IPv6 are refused with what to write instead`() throws {
        #expect(try problem(rule: ["ip": "10.0.0.1"])?.contains("`10.0.0.1/32` for one address") == true)
        #expect(try problem(rule: ["ip": "2001:db8::/32"])?.contains("no IPv6") == true)
    }

    @Test(arguments: ["1", "65535", "8000-8010", "80-80"])
    func `ports and ascending ranges pass`(_ ports: String) throws {
        #expect(try problem(rule: ["port": .string(ports)]) == nil)
    }

    @Test(arguments: ["0", "0-65535", "65536", "90-80", "80-", "-80", "80,443", "http", "080", "1-2-3", "+80"])
    func `what the cloud refuses as a port is refused here`(_ ports: String) throws {
        #expect(try problem(rule: ["port": .string(ports)])?.contains("must be a port or an ascending range") == true)
    }

    @Test func `a port may be a number`() throws {
        let arguments = try check("firewall.rules.add", rule.merging(["port": 8443]) { $1 })
        #expect(arguments["port"] == "8443")
    }

    @Test func `directions and protocols are upper case, and the nearest is named`() throws {
        #expect(try problem(rule: ["protocol": "tcp"])?.contains("did you mean `TCP`?") == true)
        #expect(try problem(rule: ["bound": "in"])?.contains("did you mean `IN`?") == true)
        #expect(try problem(rule: ["protocol": "ICMP"])?.contains("one of `TCP`, `UDP`") == true)
    }

    @Test func `an empty text is never sent, though a server would take it`() throws {
        let group: [String: JSONValue] = ["title": "web-public", "content": ""]
        #expect(try problem("firewall.create", group)?.contains("1–50 characters") == true)
        #expect(try problem("firewall.create", ["title": "web-public"])?.contains("`content` is missing") == true)
        #expect(try check("firewall.create", group, on: .server)["content"] == "")
        #expect(try check("firewall.create", ["title": "web-public"], on: .server)["content"] == nil)
        #expect(try problem(rule: ["content": ""]) != nil)
    }

    @Test func `the ICMP flag may be true or false`() throws {
        let group: [String: JSONValue] = ["title": "web-public", "content": "x", "icmp": true]
        #expect(try check("firewall.create", group)["icmp"] == "Y")
        #expect(try problem("firewall.create", group.merging(["icmp": "yes"]) { $1 }) != nil)
    }

    @Test func `sizes of volumes are multiples of ten`() throws {
        let volume: [String: JSONValue] = ["instance_id": "INSTANCE-a", "type": "ssd", "size": 105]
        #expect(try problem("storage.create", volume)?.contains("a multiple of 10, not 105") == true)
        #expect(try problem("storage.create", volume.merging(["size": 5]) { $1 })?.contains("10–20000") == true)
    }

    @Test(arguments: ["2026-02-29", "2026-13-01", "26-01-01", "2026-1-1", "2026-01-01T00:00", "today"])
    func `days that do not exist are refused`(_ day: String) throws {
        #expect(try problem("bill.list", ["start_date": .string(day)])?.contains("is not a day") == true)
    }

    @Test func `days that exist pass`() throws {
        #expect(try problem("bill.list", ["start_date": "2024-02-29", "end_date": "2026-12-31"]) == nil)
    }
}
