public import IwinvCatalog

/// `client.firewall`: one face over both path families (CONTRACT 3.9, ``ClientConfiguration/firewallAPI``).
public struct Firewalls: Sendable {
    let client: IwinvClient

    public var rules: FirewallRules { FirewallRules(client: client) }

    public func list() async throws(CloudError) -> [FirewallGroup] {
        try await client.list("firewall.list", [:])
    }

    /// One firewall; an unknown id is an error for which `isAbsence()` holds.
    public func get(_ id: String) async throws(CloudError) -> FirewallGroup {
        try await client.call("firewall.get", ["firewall_id": .string(id)])
    }

    /// Makes a firewall without rules.
    ///
    /// - Parameters:
    ///   - title: 4–32 characters.
    ///   - content: 1–50 characters; the cloud refuses a creation without.
    public func create(
        title: String, content: String, icmp: Bool = false
    ) async throws(CloudError) -> FirewallGroup {
        try await client.call(
            "firewall.create", ["title": .string(title), "content": .string(content), "icmp": .boolean(icmp)])
    }

    /// Changes a firewall; nil leaves as it is. The cloud wants the title each time.
    @discardableResult
    public func edit(
        _ id: String, title: String, content: String? = nil, icmp: Bool? = nil
    ) async throws(CloudError) -> FirewallGroup {
        try await client.call(
            "firewall.edit",
            [
                "firewall_id": .string(id), "title": .string(title), "content": .text(content),
                "icmp": icmp.map(JSONValue.boolean),
            ])
    }

    /// Deletes a firewall with its rules.
    public func delete(_ id: String) async throws(CloudError) {
        let _: FirewallReply = try await client.call("firewall.delete", ["firewall_id": .string(id)])
    }

    /// Puts a server behind a firewall; assumed to replace the one it had.
    public func attach(_ id: String, to instance: String) async throws(CloudError) {
        let _: FirewallReply = try await client.call(
            "firewall.attach", ["firewall_id": .string(id), "instance_id": .string(instance)])
    }

    public func detach(_ id: String, from instance: String) async throws(CloudError) {
        let _: FirewallReply = try await client.call(
            "firewall.detach", ["firewall_id": .string(id), "instance_id": .string(instance)])
    }

    /// The servers behind a firewall. The older family cannot tell.
    public func instances(_ id: String) async throws(CloudError) -> [FirewallInstance] {
        try await client.list("firewall.instances", ["firewall_id": .string(id)])
    }
}

/// `client.firewall.rules`
public struct FirewallRules: Sendable {
    let client: IwinvClient

    public func list(_ firewall: String) async throws(CloudError) -> [FirewallRule] {
        try await client.list("firewall.rules.list", ["firewall_id": .string(firewall)])
    }

    /// Adds a rule; the cloud refuses an equal one.
    @discardableResult
    public func add(_ rule: NewFirewallRule, to firewall: String) async throws(CloudError) -> FirewallRule {
        try await client.call(
            "firewall.rules.add", rule.arguments.merging(["firewall_id": .string(firewall)]) { $1 })
    }

    /// Changes a rule; nil leaves as it is. A text cannot be cleared (CONTRACT 3.9).
    @discardableResult
    public func edit(
        _ rule: Int64, of firewall: String, port: String? = nil, ip: String? = nil, title: String? = nil,
        content: String? = nil
    ) async throws(CloudError) -> FirewallRule {
        try await client.call(
            "firewall.rules.edit",
            [
                "firewall_id": .string(firewall), "rule_id": .integer(rule), "port": .text(port), "ip": .text(ip),
                "title": .text(title), "content": .text(content),
            ])
    }

    public func remove(_ rule: Int64, of firewall: String) async throws(CloudError) {
        let _: FirewallReply = try await client.call(
            "firewall.rules.remove", ["firewall_id": .string(firewall), "rule_id": .integer(rule)])
    }
}

/// A rule to be made.
public struct NewFirewallRule: Sendable, Hashable {
    public enum Bound: String, Sendable {
        case `in` = "IN"
        case out = "OUT"
    }

    public enum Transport: String, Sendable {
        case tcp = "TCP"
        case udp = "UDP"
    }

    public var bound: Bound
    public var transport: Transport
    /// `8080` or `8000-8010`
    public var port: String
    /// An IPv4 range, `203.0.113.0/24`.
    public var ip: String
    /// 1–25 characters
    public var title: String
    /// At most 25 characters.
    public var content: String?

    public init(
        _ bound: Bound = .in, _ transport: Transport = .tcp, port: String, ip: String, title: String,
        content: String? = nil
    ) {
        self.bound = bound
        self.transport = transport
        self.port = port
        self.ip = ip
        self.title = title
        self.content = content
    }

    var arguments: [String: JSONValue?] {
        [
            "bound": .string(bound.rawValue), "protocol": .string(transport.rawValue), "port": .string(port),
            "ip": .string(ip), "title": .string(title), "content": .text(content),
        ]
    }
}

/// A firewall, which the newer family calls a security group.
public struct FirewallGroup: CloudRow, Identifiable {
    public static let key: String? = "firewall_id"
    public let row: JSONValue
    public init(row: JSONValue) { self.row = row }

    public var id: String { text("firewall_id") ?? "" }
    public var title: String? { text("title") }
    public var content: String? { text("content") }
    /// Whether ping passes.
    public var allowsICMP: Bool? { text("icmp").map { $0 == "Y" } }
}

/// One rule of a firewall.
public struct FirewallRule: CloudRow, Identifiable {
    public static let key: String? = "rule_id"
    public let row: JSONValue
    public init(row: JSONValue) { self.row = row }

    public var id: Int64 { row["rule_id"]?.lenientIntegerValue ?? 0 }
    /// `IN` or `OUT`
    public var bound: String? { text("bound") }
    /// `TCP` or `UDP`
    public var transport: String? { text("protocol") }
    public var port: String? { text("port") }
    public var ip: String? { text("ip") }
    public var title: String? { text("title") }
    public var content: String? { text("content") }
}

/// A server behind a firewall.
public struct FirewallInstance: CloudRow, Identifiable {
    public static let key: String? = "instance_id"
    public let row: JSONValue
    public init(row: JSONValue) { self.row = row }

    public var id: String { text("instance_id") ?? "" }
    public var name: String? { text("name") }
}

/// An acknowledgement; it holds nothing to rely on.
struct FirewallReply: CloudRow {
    static let key: String? = "firewall_id"
    let row: JSONValue
    init(row: JSONValue) { self.row = row }
}
