import Clocks
import IwinvCatalog

// Editing, deleting, switching, rebuilding and resizing servers (CONTRACT 3.5, 3.6).

extension Cloud {
    /// - Throws: `ID_INVALID`, `DELETED_OR_WORKING_INSTANCE`.
    mutating func editServer(_ call: Call) throws(Refusal) -> Answer {
        let index = try index(of: call)
        try admit(.edit, servers[index], call)
        if let name = call.arguments.text("name") { servers[index].name = name }
        if let text = call.arguments.text("description") {
            servers[index].description = text.isEmpty ? nil : text  // CONTRACT U38
        }
        return call.answer([row(servers[index], call, default: Self.allServerFields)])
    }

    /// Its volumes are kept, and free (CONTRACT 3.5).
    mutating func deleteServer(_ call: Call) throws(Refusal) -> Answer {
        let index = try index(of: call)
        try admit(.delete, servers[index], call)
        let id = servers[index].id
        let kept = volumes(of: servers[index]).map(\.id)
        for place in volumes.indices where volumes[place].instanceID == id { volumes[place].free() }
        for place in firewalls.indices { firewalls[place].instanceIDs.removeAll { $0 == id } }
        let gone = call.instant + .seconds(timing.deleting)
        servers[index].timeline = StatusTimeline(phases: [.init(.deleting, until: gone)], settled: nil)
        servers[index].stopDate = SeoulTime.dateAndTime(call.instant)
        return call.answer([["status": "deleting", "block_storage": .array(kept.map(JSONValue.string))]])
    }

    /// Start, shutdown, reboot.
    mutating func switchServer(_ call: Call) throws(Refusal) -> Answer {
        let index = try index(of: call)
        guard let change = ServerChange(rawValue: call.operation.name.verb) else { throw Refusal(.notFound) }
        try admit(change, servers[index], call)
        return work(change, on: index, call)
    }

    /// The image and the password are new at once, the server when its work is done (CONTRACT U20).
    mutating func rebuildServer(_ call: Call) throws(Refusal) -> Answer {
        let index = try index(of: call)
        try admit(.rebuild, servers[index], call)
        if let id = call.arguments.text("image_id") {
            guard let image = image(id) else { throw Refusal(.invalidIdentifier) }
            let isBootable = flavor(servers[index].flavorID).map { Self.fits($0, image) } ?? true
            guard image.zones.contains(servers[index].zoneID), isBootable else {
                throw Refusal(.unavailableCombination)
            }
            servers[index].imageID = id
        }
        servers[index].password = generator.password()
        return work(.rebuild, on: index, call)
    }

    /// To any flavor of the zone whose disk is not smaller and that boots its image (CONTRACT U19).
    mutating func resizeServer(_ call: Call) throws(Refusal) -> Answer {
        let index = try index(of: call)
        let server = servers[index]
        try admit(.resize, server, call)
        guard let id = call.arguments.text("flavor_id"), let wanted = flavor(id), wanted.status == "available",
            wanted.zones.contains(server.zoneID), wanted.disk >= flavor(server.flavorID)?.disk ?? 0
        else { throw Refusal(.unavailableFlavor) }
        guard image(server.imageID).map({ Self.fits(wanted, $0) }) ?? true else {
            throw Refusal(.unavailableCombination)
        }
        servers[index].flavorID = id
        return work(.resize, on: index, call)
    }

    func admit(_ change: ServerChange, _ server: Server, _ call: Call) throws(Refusal) {
        if let code = change.refusal(in: server.status(at: call.instant)) { throw Refusal(code) }
    }

    /// Puts a server to work and says so (CONTRACT U16).
    private mutating func work(_ change: ServerChange, on index: Int, _ call: Call) -> Answer {
        let before = servers[index].status(at: call.instant)
        let done = call.instant + .seconds(change.duration(timing))
        servers[index].timeline = StatusTimeline(
            phases: [.init(.work, until: done)], settled: change.result ?? before)
        return call.answer([["instance_id": .string(servers[index].id), "status": "work"]])
    }
}
