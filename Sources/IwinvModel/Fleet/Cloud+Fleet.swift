public import Clocks
import IwinvCatalog

extension Cloud {
    /// The cloud that a description describes; all of it was created at `instant`.
    ///
    /// - Throws: ``FleetProblem`` for what does not exist or does not go together, a name or a rule that the cloud would
    ///   refuse, or a status that does not last.
    public init(_ description: FleetDescription, seed: UInt64, at instant: Instant) throws(FleetProblem) {
        self.init(seed: seed, at: instant)
        try place(description, at: instant)
    }

    /// Adds what a description describes; all of it is created at `instant`. Nothing is added if this throws.
    ///
    /// - Throws: ``FleetProblem``.
    public mutating func add(_ description: FleetDescription, at instant: Instant) throws(FleetProblem) {
        var whole = self
        try whole.place(description, at: instant)
        self = whole
    }

    private mutating func place(_ description: FleetDescription, at instant: Instant) throws(FleetProblem) {
        if let zones = description.zones { try offer(zones) }
        let date = SeoulTime.dateAndTime(instant)
        for name in description.sshKeys {
            sshKeys.append(SSHKey(id: generator.identifier("SSHKEY"), name: name, startDate: date))
        }
        for name in description.userScripts {
            userScripts.append(UserScript(id: generator.identifier("SCRIPT"), name: name, startDate: date))
        }
        for (index, group) in description.servers.enumerated() {
            do throws(GroupProblem) {
                try add(group, at: instant)
            } catch {
                throw FleetProblem(path: "servers[\(index)].\(error.key)", message: error.message)
            }
        }
        for (index, volume) in description.volumes.enumerated() {
            try add(volume, path: "volumes[\(index)]", at: instant)
        }
        for (index, firewall) in description.firewalls.enumerated() {
            try add(firewall, path: "firewalls[\(index)]")
        }
        try add(description.bills, at: instant)
    }

    private struct GroupProblem: Error {
        var key: String
        var message: String
    }

    private mutating func offer(_ zones: [Zone]) throws(FleetProblem) {
        guard !zones.isEmpty else { throw FleetProblem(path: "zones", message: "must not be empty") }
        for (index, zone) in zones.enumerated() {
            guard Identifier.isValid(zone.id) else {
                throw FleetProblem(path: "zones[\(index)].zone_id", message: "must be letters, digits, `.`, `_`, `-`")
            }
            guard !zones[..<index].contains(where: { $0.id == zone.id }) else {
                throw FleetProblem(path: "zones[\(index)].zone_id", message: "occurs twice")
            }
        }
        self.zones = zones
        for index in flavors.indices { flavors[index].zones = zones.map(\.id) }
        for index in images.indices { images[index].zones = zones.map(\.id) }
        volumeTypes = Offer.volumeTypes(in: zones)
    }

    private mutating func add(_ group: FleetDescription.Servers, at instant: Instant) throws(GroupProblem) {
        guard [.active, .off, .error].contains(group.status) else {
            throw GroupProblem(key: "status", message: "must be `active`, `off` or `error`")
        }
        guard group.count >= 1 else { throw GroupProblem(key: "count", message: "must be at least 1") }
        guard let pattern = NamePattern(group.name) else {
            throw GroupProblem(key: "name", message: "has a `%` that is neither `%d`, `%03d` nor `%%`")
        }
        guard group.count == 1 || pattern.hasNumber else {
            throw GroupProblem(
                key: "name", message: "needs a place for the number, such as `%02d`, for several servers")
        }
        var founder = try founder(group)
        for number in 1...group.count {
            founder.name = try checked("name", pattern.name(number)) ?? ""
            addServer(founder, at: instant)
        }
    }

    /// What the group names, or the first that goes together.
    private func founder(_ group: FleetDescription.Servers) throws(GroupProblem) -> Founder {
        let zone = try pick(group.zone, "zone", zones, \.id)
        let flavor = try pick(group.flavor, "flavor", flavors.filter { $0.zones.contains(zone.id) }, \.id)
        let bootable = images.filter { $0.zones.contains(zone.id) && Self.fits(flavor, $0) }
        let image = try pick(group.image, "image", bootable, \.id)
        return Founder(
            name: "", description: try checked("description", group.description), status: group.status, zone: zone,
            flavor: flavor, image: image)
    }

    private func pick<Record>(
        _ id: String?, _ key: String, _ records: [Record], _ name: (Record) -> String
    ) throws(GroupProblem) -> Record {
        guard let id else {
            guard let first = records.first else { throw GroupProblem(key: key, message: "nothing is offered here") }
            return first
        }
        guard let record = records.first(where: { name($0) == id }) else {
            let hint = Suggestion.nearest(to: id, among: records.map(name)).map { "; did you mean `\($0)`?" } ?? ""
            throw GroupProblem(key: key, message: "no such \(key) in this zone and combination: `\(id)`" + hint)
        }
        return record
    }

    /// A text that the cloud would take in an edit, in the form it would keep.
    private func checked(_ key: String, _ text: String?) throws(GroupProblem) -> String? {
        guard let text, let edit = Catalog.iwinv["instances.edit"] else { return text }
        do throws(ArgumentProblem) {
            return try Arguments(["instance_id": "INSTANCE-0", key: .string(text)], for: edit)[key]?.stringValue
        } catch {
            throw GroupProblem(key: key, message: error.description)
        }
    }
}
