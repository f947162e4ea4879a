import Clocks
import IwinvCatalog

// Making servers (CONTRACT 3.5).

extension Cloud {
    /// What a creation is made from, found in the offer.
    private struct Order {
        var zone: Zone
        var flavor: Flavor
        var image: Image
        var sshKeys: [String]
        var userScript: String?
        var volumes: [(name: String?, size: Int64)]
    }

    /// - Throws: `ID_INVALID`, `UNAVAILABLE_FLAVOR`, `UNAVAILABLE_COMBINATION`, `UNAVAILABLE_SSH_KEY`, `CHECK_PARAM`,
    ///   `CHECK_LENGTH`, and `DEV_CHECK_RETURN` for a restricted zone.
    mutating func createServers(_ call: Call) throws(Refusal) -> Answer {
        let order = try order(call)
        let names = try names(call.arguments.text("name"), count: Int(call.arguments.integer("count") ?? 1))
        var rows: [JSONValue] = []
        for name in names {
            var server = makeServer(
                name: name, zone: order.zone, flavor: order.flavor, image: order.image, at: call.instant)
            server.description = call.arguments.text("description").flatMap { $0.isEmpty ? nil : $0 }
            server.sshKeyIDs = order.sshKeys
            server.userScriptID = order.userScript
            let pending = call.instant + .seconds(timing.building)
            server.timeline = StatusTimeline(
                phases: [
                    .init(.building, until: pending), .init(.pending, until: pending + .seconds(timing.pending)),
                ], settled: .active)
            servers.append(server)
            for (index, volume) in order.volumes.enumerated() {
                // They are ready together with their server [assumed].
                addVolume(
                    volume.name ?? "\(name)-\(index + 1)", size: volume.size, to: server,
                    ready: pending + .seconds(timing.pending), at: call.instant)
            }
            rows.append(creationRow(server))
        }
        return call.answer(rows)
    }

    private func order(_ call: Call) throws(Refusal) -> Order {
        let arguments = call.arguments
        guard let zoneID = arguments.text("zone_id"), let zone = zone(zoneID) else { throw Refusal(.invalidIdentifier) }
        guard let imageID = arguments.text("image_id"), let image = image(imageID) else {
            throw Refusal(.invalidIdentifier)
        }
        guard let flavorID = arguments.text("flavor_id"), let flavor = flavor(flavorID),
            flavor.status == "available"
        else { throw Refusal(.unavailableFlavor) }
        guard flavor.zones.contains(zoneID), image.zones.contains(zoneID), Self.fits(flavor, image) else {
            throw Refusal(.unavailableCombination)
        }
        let keys = arguments.list("ssh_key_id") ?? []
        guard Set(keys).isSubset(of: sshKeys.map(\.id)) else { throw Refusal(.unavailableSSHKey) }
        let script = arguments.text("user_script_id")
        guard script == nil || userScripts.contains(where: { $0.id == script }) else {
            throw Refusal(.invalidIdentifier)
        }
        let volumes = (arguments["block_storage"]?.arrayValue ?? []).map { record in
            (name: record["name"]?.stringValue, size: record["size"]?.integerValue ?? 0)
        }
        // They are of type ssd (CONTRACT U15).
        guard volumes.allSatisfy({ volumeType("ssd")?.offers(size: $0.size) ?? false }) else {
            throw Refusal(.checkParameter)
        }
        if switches.restrictedZones.contains(zoneID) {
            throw .nested(.backendRefused, text: "리소스 사용이 제한된 ZONE입니다.")
        }
        return Order(
            zone: zone, flavor: flavor, image: image, sshKeys: keys, userScript: script, volumes: volumes)
    }

    /// The names of `count` servers: with suffixes `-1`, `-2`, … when there are several (CONTRACT U14).
    ///
    /// - Throws: `CHECK_LENGTH` when a suffix makes a name longer than 32 code points.
    private mutating func names(_ given: String?, count: Int) throws(Refusal) -> [String] {
        if let given, count > 1, given.unicodeScalars.count + "-\(count)".count > 32 { throw Refusal(.checkLength) }
        let base = given ?? generator.serverName()
        return count == 1 ? [base] : (1...count).map { "\(base)-\($0)" }
    }

    /// A server that lasts as `active`, with an identifier, a password and addresses of its own; not yet in the list.
    mutating func makeServer(
        name: String, zone: Zone, flavor: Flavor, image: Image, at instant: Instant
    ) -> Server {
        let place = zones.firstIndex { $0.id == zone.id } ?? 0
        let (privateAddress, network) = AddressPool.privateAddress(addressesUsed, zone: place)
        let publicAddress = AddressPool.publicAddress(addressesUsed)
        addressesUsed += 1
        return Server(
            id: generator.identifier("INSTANCE"), name: name, description: nil, timeline: .steady(.active),
            startDate: SeoulTime.dateAndTime(instant), stopDate: nil, zoneID: zone.id, flavorID: flavor.id,
            imageID: image.id, password: generator.password(), publicAddress: publicAddress,
            privateAddress: privateAddress, privateNetwork: network.text)
    }
}
