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
///   "zones": [{"zone_id": "kr1_z09", "name": "KR1-Z09"}]
/// }
/// ```
///
/// Only `name` is needed. What is left out is chosen: one server, `active`, the first zone, and the first flavor and
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

    /// In the order of their creation.
    public var servers: [Servers]
    /// Nil for the simulated provider's own.
    public var zones: [Cloud.Zone]?
    /// The names of the account's SSH keys.
    public var sshKeys: [String]
    /// The names of the account's user scripts.
    public var userScripts: [String]

    /// A fleet of these servers.
    public init(
        servers: [Servers], zones: [Cloud.Zone]? = nil, sshKeys: [String] = [], userScripts: [String] = []
    ) {
        self.servers = servers
        self.zones = zones
        self.sshKeys = sshKeys
        self.userScripts = userScripts
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

extension FleetDescription {
    /// Reads a description.
    ///
    /// - Throws: ``FleetProblem`` with the path of the key that is wrong.
    public init(_ document: JSONValue) throws(FleetProblem) {
        let root = try FleetCursor(document, knowing: ["servers", "zones", "ssh_keys", "user_scripts"])
        servers = []
        for item in try root.list("servers") ?? [] { servers.append(try Servers(item)) }
        if let items = try root.list("zones") {
            var zones: [Cloud.Zone] = []
            for item in items {
                let zone = try item.knowing(["zone_id", "name"])
                let id = try zone.required("zone_id")
                zones.append(Cloud.Zone(id: id, name: try zone.text("name") ?? id))
            }
            self.zones = zones
        }
        sshKeys = try root.texts("ssh_keys")
        userScripts = try root.texts("user_scripts")
    }
}

extension FleetDescription.Servers {
    init(_ item: FleetCursor) throws(FleetProblem) {
        let item = try item.knowing(["name", "count", "status", "zone", "flavor", "image", "description"])
        self.init(try item.required("name"))
        count = try item.count("count") ?? 1
        if let word = try item.text("status") {
            guard let status = ServerStatus(rawValue: word) else {
                throw item.problem("status", "must be `active`, `off` or `error`")
            }
            self.status = status
        }
        zone = try item.text("zone")
        flavor = try item.text("flavor")
        image = try item.text("image")
        description = try item.text("description")
    }
}
