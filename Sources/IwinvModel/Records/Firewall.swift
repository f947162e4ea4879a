import IwinvCatalog

extension Cloud {
    /// A firewall, which the newer path family calls a security group (CONTRACT 3.9).
    public struct Firewall: Sendable, Hashable, Codable {
        /// One rule of a firewall.
        public struct Rule: Sendable, Hashable, Codable {
            public var id: Int64
            /// `IN` or `OUT`
            public var bound: String
            /// `TCP` or `UDP`
            public var protocolName: String
            /// A number, or an ascending range `a-b`.
            public var port: String
            /// An IPv4 CIDR, host bits as sent.
            public var ip: String
            /// 1–25 characters, as sent.
            public var title: String
            /// At most 25 characters, as sent.
            public var content: String?

            /// Whether two rules say the same in the same words: the cloud refuses the second (CONTRACT 3.9).
            func equals(_ other: Rule) -> Bool {
                var copy = other
                copy.id = id
                return self == copy
            }

            var row: JSONValue {
                [
                    "rule_id": .integer(id), "bound": .string(bound), "protocol": .string(protocolName),
                    "port": .string(port), "ip": .string(ip), "title": .string(title),
                    "content": content.map(JSONValue.string) ?? .null,
                ]
            }
        }

        /// `FIREWALL-…`
        public var id: String
        public var title: String
        /// As sent. The wire escapes it for HTML.
        public var content: String?
        /// Whether ICMP passes: `Y` or `N` on the wire.
        public var allowsICMP: Bool
        public var rules: [Rule]
        /// The servers it is attached to; a server has at most one (CONTRACT U32).
        public var instanceIDs: [String]

        /// The four keys of the newer path family; the rules are a fifth in the older one (CONTRACT 3.9).
        func row(in family: FirewallFamily?) -> JSONValue {
            var row: [String: JSONValue] = [
                "firewall_id": .string(id), "title": .string(title),
                "content": content.map(JSONValue.string) ?? .null, "icmp": .string(allowsICMP ? "Y" : "N"),
            ]
            if family == .firewall { row["rules"] = .array(rules.map(\.row)) }
            return .object(row)
        }
    }
}
