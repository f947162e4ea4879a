import Clocks
import IwinvCatalog

// Records for what a change is about. Later rows renew what no change is planned for.

extension Overlay {
    /// Brings what a call is about into both clouds.
    mutating func bring(_ operation: CloudOperation, _ arguments: Arguments) throws(UnclearRow) {
        if operation.name == "instances.create" { bringOffer() }
        if let id = arguments.text("flavor_id") { try bringFlavor(id) }
        if let id = arguments.text("image_id") { try bringImage(id) }
        if operation.liveChecks.contains(.volumeSize) || arguments["block_storage"] != nil { try bringVolumeTypes() }
        if let id = arguments.text("block_storage_id") { try bringVolume(id) }
        if let id = arguments.text("instance_id") {
            try bringServer(id)
            if Self.dependOnZone.contains(operation.name), cloud.server(id)?.zoneID.isEmpty == true {
                throw UnclearRow(description: "the cloud does not tell `zone` of \(id)")
            }
            let takesVolumes = operation.liveChecks.contains(.volumeLimit) || operation.name == "instances.delete"
            if takesVolumes { try bringVolumes(of: id) }
            if operation.name == "instances.rebuild", arguments["image_id"] != nil, let server = cloud.server(id) {
                try bringFlavor(server.flavorID)
            }
        }
        if let id = arguments.text("firewall_id") { try bringFirewall(id) }
    }

    /// What the cloud takes or refuses by where a server is.
    private static let dependOnZone: Set<OperationName> = [
        "instances.rebuild", "instances.resize", "storage.create", "storage.attach",
    ]

    private func reader(_ kind: Kind, _ id: String) -> RowReader? {
        tables[kind]?.rows[id].map { RowReader(values: $0.values, name: id) }
    }

    // MARK: What the account has

    mutating func bringServer(_ id: String) throws(UnclearRow) {
        guard let row = reader(.servers, id) else { return }
        let server = try Cloud.Server(row, id: id)
        let planned = cloud.server(id)?.rebased(from: base.server(id) ?? server, onto: server) ?? server
        base.servers.put(server, \.id)
        cloud.servers.put(planned, \.id)
        if let zone = row.values["zone"]?.objectValue, !server.zoneID.isEmpty, cloud.zone(server.zoneID) == nil {
            put(zone: .init(id: server.zoneID, name: zone["name"]?.stringValue ?? ""))
        }
        if cloud.flavor(server.flavorID) == nil, let inside = row.values["flavor"]?.objectValue,
            let flavor = try? Cloud.Flavor(
                insideServer: RowReader(values: inside, name: server.flavorID), id: server.flavorID)
        {
            put(flavor: flavor)
        }
        if cloud.image(server.imageID) == nil, let inside = row.values["image"]?.objectValue,
            let image = try? Cloud.Image(RowReader(values: inside, name: server.imageID), id: server.imageID)
        {
            put(image: image)
        }
    }

    private mutating func bringVolume(_ id: String) throws(UnclearRow) {
        guard let row = reader(.volumes, id), cloud.volume(id) == base.volume(id) else { return }
        let volume = try Cloud.Volume(row, id: id)
        base.volumes.put(volume, \.id)
        cloud.volumes.put(volume, \.id)
    }

    private mutating func bringVolumes(of server: String) throws(UnclearRow) {
        guard let table = tables[.volumes] else { return }
        for id in table.order where table.rows[id]?.values["instance_id"]?.stringValue == server {
            try bringVolume(id)
        }
    }

    private mutating func bringFirewall(_ id: String) throws(UnclearRow) {
        guard let row = reader(.firewalls, id), !isDeleted(firewall: id) else { return }
        if base.firewall(id) == nil || cloud.firewall(id) == base.firewall(id) {
            var firewall = try Cloud.Firewall(row, id: id)
            firewall.rules = base.firewall(id)?.rules ?? []
            firewall.instanceIDs = base.firewall(id)?.instanceIDs ?? []
            base.firewalls.put(firewall, \.id)
            cloud.firewalls.put(firewall, \.id)
        }
        if let table = tables[.rules(of: id)], table.isWhole, withRules.insert(id).inserted {
            var rules: [Cloud.Firewall.Rule] = []
            for number in table.order {
                rules.append(
                    try Cloud.Firewall.Rule(
                        RowReader(values: table.rows[number]?.values ?? [:], name: "rule \(number) of \(id)")))
            }
            base.firewalls.change(id, \.id) { $0.rules = rules }
            cloud.firewalls.change(id, \.id) { $0.rules = rules }
        }
        if let table = tables[.members(of: id)], table.isWhole, withMembers.insert(id).inserted {
            let members = table.order
            let placed = placed
            base.firewalls.change(id, \.id) { $0.instanceIDs = members }
            cloud.firewalls.change(id, \.id) { firewall in
                firewall.instanceIDs.insert(contentsOf: members.filter { !placed.contains($0) }, at: 0)
            }
        }
    }

    /// Whether the plan has deleted a firewall of the cloud.
    func isDeleted(firewall id: String) -> Bool { base.firewall(id) != nil && cloud.firewall(id) == nil }

    // MARK: What the provider offers

    private mutating func bringOffer() {
        for id in tables[.zones]?.order ?? [] {
            put(zone: .init(id: id, name: tables[.zones]?.rows[id]?.values["zone_name"]?.stringValue ?? id))
        }
        cloud.sshKeys = tables[.sshKeys]?.order.map { .init(id: $0, name: "", startDate: "") } ?? []
        cloud.userScripts = tables[.userScripts]?.order.map { .init(id: $0, name: "", startDate: "") } ?? []
    }

    private mutating func bringVolumeTypes() throws(UnclearRow) {
        for id in tables[.volumeTypes]?.order ?? [] {
            guard let row = reader(.volumeTypes, id) else { continue }
            cloud.volumeTypes.put(try Cloud.VolumeType(row, id: id), \.name)
        }
    }

    private mutating func bringFlavor(_ id: String) throws(UnclearRow) {
        if let row = reader(.flavors, id) { put(flavor: try Cloud.Flavor(row, id: id)) }
    }

    private mutating func bringImage(_ id: String) throws(UnclearRow) {
        guard let row = reader(.images, id) else { return }
        var image = try Cloud.Image(row, id: id)
        // What is not told keeps nobody out.
        if row.texts("zone") == nil { image.zones = cloud.zones.map(\.id) }
        put(image: image)
    }

    // The offer is the same in both clouds.

    private mutating func put(zone: Cloud.Zone) {
        base.zones.put(zone, \.id)
        cloud.zones.put(zone, \.id)
    }

    private mutating func put(flavor: Cloud.Flavor) {
        base.flavors.put(flavor, \.id)
        cloud.flavors.put(flavor, \.id)
    }

    private mutating func put(image: Cloud.Image) {
        base.images.put(image, \.id)
        cloud.images.put(image, \.id)
    }
}

extension Array {
    /// Takes the place of the record of the same identifier, or the last place.
    fileprivate mutating func put(_ record: Element, _ id: KeyPath<Element, String>) {
        if let index = firstIndex(where: { $0[keyPath: id] == record[keyPath: id] }) {
            self[index] = record
        } else {
            append(record)
        }
    }

    fileprivate mutating func change(_ id: String, _ key: KeyPath<Element, String>, _ change: (inout Element) -> Void) {
        if let index = firstIndex(where: { $0[keyPath: key] == id }) { change(&self[index]) }
    }
}
