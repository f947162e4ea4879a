extension Cloud {
    /// A firewall, which the newer path family calls a security group (CONTRACT 3.9). State only for now.
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
        }

        /// `FIREWALL-…`
        public var id: String
        public var title: String
        /// As sent; answers escape it for HTML.
        public var content: String?
        /// Whether ICMP passes: `Y` or `N` on the wire.
        public var allowsICMP: Bool
        public var rules: [Rule]
        /// The servers it is attached to; a server has at most one (CONTRACT U32).
        public var instanceIDs: [String]
    }
}
