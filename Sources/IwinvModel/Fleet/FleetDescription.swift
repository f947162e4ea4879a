public import IwinvCatalog

/// A fleet in a few lines, for tests and `--seed FILE`.
///
/// ```json
/// {
///   "servers": [
///     {"name": "web-%03d", "count": 250, "zone": "kr1_z09", "flavor": "vgna_2_n", "description": "시험"},
///     {"name": "결제-01", "status": "off"}
///   ],
///   "ssh_keys": ["deploy"], "user_scripts": ["bootstrap"],
///   "zones": [{"zone_id": "kr1_z09", "name": "KR1-Z09"}],
///   "volumes": [{"name": "data-01", "type": "ssd", "size": 100, "server": "결제-01"}],
///   "firewalls": [
///     {"title": "web-public", "content": "web & api", "icmp": "Y", "servers": ["web-*"],
///      "rules": [{"port": 443, "ip": "0.0.0.0/0", "title": "HTTPS"}]}
///   ],
///   "bills": 5
/// }
/// ```
///
/// Of a server only `name` is needed. What is left out is chosen: one server, `active`, the first zone, and the first flavor and
/// image that go together there. `zones`, if given, takes the place of the simulated provider's own; all flavors and
/// images are then offered in each of them.
public struct FleetDescription: Sendable, Hashable {
    /// Some servers that differ only by number.
    public struct Servers: Sendable, Hashable {
        /// The name; `%d` or `%03d` in it stands for the number, from 1, and `%%` for a percent sign.
        public var name: String
        /// How many of them, from 1.
        public var count: Int
        /// One that lasts: `active`, `off` or `error`.
        public var status: ServerStatus
        /// Identifiers; nil for the first that goes together with the others.
        public var zone: String?
        public var flavor: String?
        public var image: String?
        public var description: String?

        /// Servers of a name, in whatever is first on offer unless told otherwise.
        public init(
            _ name: String, count: Int = 1, status: ServerStatus = .active, zone: String? = nil, flavor: String? = nil,
            image: String? = nil, description: String? = nil
        ) {
            self.name = name
            self.count = count
            self.status = status
            self.zone = zone
            self.flavor = flavor
            self.image = image
            self.description = description
        }
    }

    /// A volume.
    public struct Volume: Sendable, Hashable {
        public var name: String
        /// `ssd` or `sata`
        public var type: String
        /// GB, a multiple of 10 within the type's bounds.
        public var size: Int64
        /// The name of the server it is attached to; nil for a free one.
        public var server: String?
        /// Where a free one is; nil for the first zone that has its type.
        public var zone: String?
        public var description: String?

        /// A free volume unless a server is named.
        public init(
            _ name: String, type: String = "ssd", size: Int64, server: String? = nil, zone: String? = nil,
            description: String? = nil
        ) {
            self.name = name
            self.type = type
            self.size = size
            self.server = server
            self.zone = zone
            self.description = description
        }
    }

    /// A firewall with its rules.
    public struct Firewall: Sendable, Hashable {
        public var title: String
        public var content: String?
        /// Whether ping passes.
        public var allowsICMP: Bool
        /// With the keys of the wire: `bound` (IN), `protocol` (TCP), `port`, `ip`, `title` (the port), `content`; those
        /// in brackets hold where nothing is given.
        public var rules: [[String: JSONValue]]
        /// The servers behind it: names, patterns such as `web-%02d`, or beginnings of names, `web-*`.
        public var servers: [String]

        /// A firewall that lets nothing pass unless told otherwise.
        public init(
            _ title: String, content: String? = nil, allowsICMP: Bool = false, rules: [[String: JSONValue]] = [],
            servers: [String] = []
        ) {
            self.title = title
            self.content = content
            self.allowsICMP = allowsICMP
            self.rules = rules
            self.servers = servers
        }
    }

    /// Bills of the months before.
    public enum Bills: Sendable, Hashable {
        /// So many, with amounts that suit the fleet; all are paid but the latest.
        case latest(Int)
        case months([Bill])
    }

    /// A month's bill.
    public struct Bill: Sendable, Hashable {
        /// `2024-02`
        public var month: String
        /// KRW without VAT; negative for a refund.
        public var price: Int64
        /// `regular` or `prepaid`
        public var type: String
        public var isPaid: Bool
        /// Nil for one in the cloud's manner.
        public var name: String?

        /// A bill that is paid unless told otherwise.
        public init(
            _ month: String, price: Int64, type: String = "regular", isPaid: Bool = true, name: String? = nil
        ) {
            self.month = month
            self.price = price
            self.type = type
            self.isPaid = isPaid
            self.name = name
        }
    }

    /// In the order of their creation.
    public var servers: [Servers]
    /// Nil for the simulated provider's own.
    public var zones: [Cloud.Zone]?
    /// The names of the account's SSH keys.
    public var sshKeys: [String]
    /// The names of the account's user scripts.
    public var userScripts: [String]
    public var volumes: [Volume]
    public var firewalls: [Firewall]
    public var bills: Bills

    /// A fleet of these servers.
    public init(
        servers: [Servers], zones: [Cloud.Zone]? = nil, sshKeys: [String] = [], userScripts: [String] = [],
        volumes: [Volume] = [], firewalls: [Firewall] = [], bills: Bills = .months([])
    ) {
        self.servers = servers
        self.zones = zones
        self.sshKeys = sshKeys
        self.userScripts = userScripts
        self.volumes = volumes
        self.firewalls = firewalls
        self.bills = bills
    }
}

/// What is wrong with a fleet description, and where.
public struct FleetProblem: Error, Sendable, Hashable, CustomStringConvertible {
    /// `servers[0].flavor`, counted from zero as JSON tools do; empty for the whole document.
    public var path: String
    /// What it must be, or what it may have meant.
    public var message: String

    /// A problem at a place.
    public init(path: String, message: String) {
        self.path = path
        self.message = message
    }

    /// Path and message.
    public var description: String { path.isEmpty ? message : "\(path): \(message)" }
}
