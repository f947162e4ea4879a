public import IwinvCatalog

extension FleetDescription {
    /// Reads a description.
    ///
    /// - Throws: ``FleetProblem`` with the path of the key that is wrong.
    public init(_ document: JSONValue) throws(FleetProblem) {
        let root = try FleetCursor(
            document, knowing: ["servers", "zones", "ssh_keys", "user_scripts", "volumes", "firewalls", "bills"])
        self.init(servers: [])
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
        for item in try root.list("volumes") ?? [] { volumes.append(try Volume(item)) }
        for item in try root.list("firewalls") ?? [] { firewalls.append(try Firewall(item)) }
        bills = try Bills(root)
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

extension FleetDescription.Volume {
    init(_ item: FleetCursor) throws(FleetProblem) {
        let item = try item.knowing(["name", "type", "size", "server", "zone", "description"])
        self.init(
            try item.required("name"), type: try item.text("type") ?? "ssd", size: try item.integer("size"),
            server: try item.text("server"), zone: try item.text("zone"), description: try item.text("description"))
    }
}

extension FleetDescription.Firewall {
    init(_ item: FleetCursor) throws(FleetProblem) {
        let item = try item.knowing(["title", "content", "icmp", "rules", "servers"])
        self.init(try item.required("title"), content: try item.text("content"), servers: try item.texts("servers"))
        if let flag = item.member("icmp")?.booleanValue {
            allowsICMP = flag
        } else {
            allowsICMP = try item.word("icmp", of: ["Y", "N"]) == "Y"
        }
        for rule in try item.list("rules") ?? [] {
            rules.append(try rule.knowing(["bound", "protocol", "port", "ip", "title", "content"]).members)
        }
    }
}

extension FleetDescription.Bills {
    /// The most that a number can ask for.
    static let most = 120

    init(_ root: FleetCursor) throws(FleetProblem) {
        if let number = root.member("bills")?.integerValue {
            guard (1...Int64(Self.most)).contains(number) else {
                throw root.problem("bills", "must be a whole number from 1 to \(Self.most), or an array")
            }
            self = .latest(Int(number))
            return
        }
        var bills: [FleetDescription.Bill] = []
        for item in try root.list("bills") ?? [] { bills.append(try FleetDescription.Bill(item)) }
        self = .months(bills)
    }
}

extension FleetDescription.Bill {
    init(_ item: FleetCursor) throws(FleetProblem) {
        let item = try item.knowing(["month", "price", "type", "payment_status", "name"])
        self.init(
            try item.required("month"), price: try item.integer("price"),
            type: try item.word("type", of: ["regular", "prepaid"]) ?? "regular",
            isPaid: try item.word("payment_status", of: ["paid", "unpaid"]) != "unpaid", name: try item.text("name"))
    }
}
