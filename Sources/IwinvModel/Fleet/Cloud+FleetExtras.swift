import Clocks
import IwinvCatalog

// Volumes, firewalls and bills of a description. What the cloud would refuse in a call is refused here.

extension Cloud {
    mutating func add(_ volume: FleetDescription.Volume, path: String, at instant: Instant) throws(FleetProblem) {
        func problem(_ key: String, _ message: String) -> FleetProblem {
            FleetProblem(path: "\(path).\(key)", message: message)
        }
        guard let type = volumeType(volume.type) else {
            throw problem("type", Self.unknown("type", volume.type, among: volumeTypes.map(\.name)))
        }
        guard type.offers(size: volume.size) else {
            throw problem("size", "must be a multiple of 10 from \(type.smallest) to \(type.largest)")
        }
        var raw: [String: JSONValue] = [
            "instance_id": "INSTANCE-0", "type": .string(volume.type), "size": .integer(volume.size),
            "name": .string(volume.name),
        ]
        raw["description"] = volume.description.map(JSONValue.string)
        let checked = try Self.check(raw, for: Catalog.iwinv["storage.create"], path: path)
        let host = try server(of: volume, problem)
        let zoneID = try zone(of: volume, type, host, problem)
        addVolume(
            checked["name"]?.stringValue ?? volume.name, description: checked["description"]?.stringValue,
            type: type.name, size: volume.size, to: host, zone: zoneID, at: instant)
    }

    private func server(
        of volume: FleetDescription.Volume, _ problem: (String, String) -> FleetProblem
    ) throws(FleetProblem) -> Server? {
        guard let name = volume.server else { return nil }
        guard let server = servers.first(where: { $0.name == name }) else {
            throw problem("server", Self.unknown("server", name, among: servers.map(\.name)))
        }
        guard volumes(of: server).count < Self.volumesPerServer else {
            throw problem("server", "`\(name)` has \(Self.volumesPerServer) volumes already")
        }
        return server
    }

    private func zone(
        of volume: FleetDescription.Volume, _ type: VolumeType, _ host: Server?,
        _ problem: (String, String) -> FleetProblem
    ) throws(FleetProblem) -> String {
        if let named = volume.zone, zone(named) == nil {
            throw problem("zone", Self.unknown("zone", named, among: zones.map(\.id)))
        }
        if let named = volume.zone, let host, host.zoneID != named {
            throw problem("zone", "must be that of the server: `\(host.zoneID)`")
        }
        let id = host?.zoneID ?? volume.zone ?? zones.first { type.isOffered(in: $0.id) }?.id ?? ""
        guard type.isOffered(in: id) else { throw problem("type", "is not offered in the zone `\(id)`") }
        return id
    }

    mutating func add(_ firewall: FleetDescription.Firewall, path: String) throws(FleetProblem) {
        let create = Catalog.iwinv["firewall.create", .firewall]
        var raw: [String: JSONValue] = ["title": .string(firewall.title)]
        raw["content"] = firewall.content.map(JSONValue.string)
        let checked = try Self.check(raw, for: create, path: path)
        var rules: [Firewall.Rule] = []
        for (index, members) in firewall.rules.enumerated() {
            let place = "\(path).rules[\(index)]"
            var whole: [String: JSONValue] = ["bound": "IN", "protocol": "TCP"]
            if let port = members["port"] {
                whole["title"] = .string(port.stringValue ?? port.integerValue.map(String.init) ?? "")
            }
            whole.merge(members) { old, new in new.isNull ? old : new }
            // Alone, so that what is wrong is known to be in it.
            raw["rules"] = [.object(whole)]
            let values = try Self.check(raw, for: create, path: place)
            var rule = Firewall.Rule(values["rules"]?.arrayValue?.first?.objectValue ?? [:])
            guard !rules.contains(where: rule.equals) else {
                throw FleetProblem(path: place, message: "is equal to one before it")
            }
            rule.id = nextRuleID()
            rules.append(rule)
        }
        let content = checked["content"]?.stringValue
        firewalls.append(
            Firewall(
                id: generator.identifier("FIREWALL"), title: checked["title"]?.stringValue ?? firewall.title,
                content: content?.isEmpty == true ? nil : content, allowsICMP: firewall.allowsICMP, rules: rules,
                instanceIDs: try members(of: firewall, path: path)))
    }

    /// The servers that a firewall's names, patterns and beginnings of names stand for, in their order of creation.
    private func members(of firewall: FleetDescription.Firewall, path: String) throws(FleetProblem) -> [String] {
        var members: Set<String> = []
        for (index, word) in firewall.servers.enumerated() {
            let place = "\(path).servers[\(index)]"
            let found = servers(named: word)
            guard !found.isEmpty else {
                throw FleetProblem(path: place, message: Self.unknown("server", word, among: servers.map(\.name)))
            }
            for server in found {
                if let other = firewalls.first(where: { $0.instanceIDs.contains(server.id) }) {
                    throw FleetProblem(
                        path: place, message: "`\(server.name)` is behind `\(other.title)` already, and has only one")
                }
                members.insert(server.id)
            }
        }
        return servers.map(\.id).filter(members.contains)
    }

    /// Names may hold `*` and `%`, so a name goes before a pattern.
    private func servers(named word: String) -> [Server] {
        let exact = servers.filter { $0.name == word }
        if !exact.isEmpty { return exact }
        if word.hasSuffix("*") { return servers.filter { $0.name.hasPrefix(word.dropLast()) } }
        guard let pattern = NamePattern(word) else { return [] }
        return servers.filter { pattern.matches($0.name) }
    }

    mutating func add(_ bills: FleetDescription.Bills, at instant: Instant) throws(FleetProblem) {
        switch bills {
        case .latest(let count):
            let current = SeoulTime.Month(of: instant)
            let fleet = servers.reduce(0) { $0 + (flavor($1.flavorID)?.monthlyPrice ?? 0) }
            for back in stride(from: Int64(count), to: 0, by: -1) {
                // Within a twentieth of what the servers cost in a month, in whole hundreds.
                var random = Generator(seed: seed, text: "bill", number: back)
                let price = fleet * Int64.random(in: 950...1050, using: &random) / 100_000 * 100
                addBill(of: current.moved(by: -back), price: price, isPaid: back > 1)
            }
        case .months(let bills):
            for (index, bill) in bills.enumerated() {
                guard let month = SeoulTime.Month(bill.month) else {
                    throw FleetProblem(path: "bills[\(index)].month", message: "must be a month such as `2024-02`")
                }
                guard (-1_000_000_000_000...1_000_000_000_000).contains(bill.price) else {
                    throw FleetProblem(path: "bills[\(index)].price", message: "must be at most a trillion won")
                }
                addBill(of: month, price: bill.price, type: bill.type, isPaid: bill.isPaid, name: bill.name)
            }
        }
    }

    /// The arguments as a server would take them.
    private static func check(
        _ raw: [String: JSONValue], for operation: CloudOperation?, path: String
    ) throws(FleetProblem) -> [String: JSONValue] {
        guard let operation else { return raw }
        do throws(ArgumentProblem) {
            return try Arguments(raw, for: operation, on: .server).values
        } catch {
            throw FleetProblem(path: "\(path).\(error.name)", message: error.detail)
        }
    }

    private static func unknown(_ kind: String, _ word: String, among words: [String]) -> String {
        let hint = Suggestion.nearest(to: word, among: words).map { "; did you mean `\($0)`?" } ?? ""
        return "no such \(kind): `\(word)`" + hint
    }
}
