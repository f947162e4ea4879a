import Clocks
import IwinvCatalog

// Block storage (CONTRACT 3.7).

extension Cloud {
    /// - Throws: `CHECK_PARAM` for a type that is not offered (CONTRACT 2.2).
    func listVolumeTypes(_ call: Call) throws(Refusal) -> Answer {
        let type = try typeFilter(call)
        return call.answer(volumeTypes.filter { type == nil || $0.name == type }.map(\.row))
    }

    /// - Throws: `CHECK_PARAM` for a type that is not offered (CONTRACT 2.2).
    func listVolumes(_ call: Call) throws(Refusal) -> Answer {
        let type = try typeFilter(call)
        let zone = call.arguments.text("zone_id")
        let found = volumes(at: call.instant).filter { volume in
            (type == nil || volume.type == type) && (zone == nil || volume.zoneID == zone)
                && call.passes(name: volume.name)
        }
        return call.answer(found.map { row($0, at: call.instant) })
    }

    /// - Throws: `ID_INVALID` for an unknown volume, also one that is gone.
    func getVolume(_ call: Call) throws(Refusal) -> Answer {
        call.answer([row(volumes[try volumeIndex(of: call)], at: call.instant)])
    }

    /// Made for a server and attached to it; there is no other way (CONTRACT 3.7).
    ///
    /// - Throws: `ID_INVALID` for an unknown server, `DELETED_OR_WORKING_INSTANCE` for one in transition, `CHECK_PARAM`
    ///   for a type or size that is not offered, `UNAVAILABLE_COMBINATION` in a zone without the type, `LIMIT_EXCEEDED`.
    mutating func createVolume(_ call: Call) throws(Refusal) -> Answer {
        let server = servers[try index(of: call)]
        try admit(volumeOn: server, call)
        let size = call.arguments.integer("size") ?? 0
        guard let type = volumeType(call.arguments.text("type")), type.offers(size: size) else {
            throw Refusal(.checkParameter)
        }
        guard type.isOffered(in: server.zoneID) else { throw Refusal(.unavailableCombination) }
        try checkLimit(of: server)
        let volume = addVolume(
            call.arguments.text("name") ?? generator.volumeName(),
            description: call.arguments.text("description"), type: type.name, size: size, to: server,
            ready: call.instant + .seconds(timing.volumeCreation), at: call.instant)
        return call.answer([
            [
                "block_storage_id": .string(volume.id), "instance_id": .string(server.id),
                "name": .string(volume.name), "type": .string(volume.type), "size": .integer(size), "status": "work",
            ]
        ])
    }

    /// - Throws: `ID_INVALID`, `DELETED_OR_WORKING_INSTANCE`, `IN_USE` while it is attached.
    mutating func deleteVolume(_ call: Call) throws(Refusal) -> Answer {
        let index = try volumeIndex(of: call)
        try admit(volumes[index], call)
        guard volumes[index].instanceID == nil else { throw Refusal(.inUse) }
        let gone = call.instant + .seconds(timing.volumeDeleting)
        volumes[index].timeline = StatusTimeline(phases: [.init(.deleting, until: gone)], settled: nil)
        volumes[index].stopDate = SeoulTime.dateAndTime(call.instant)
        return call.answer([["block_storage_id": .string(volumes[index].id), "status": "deleting"]])
    }

    /// - Throws: `ID_INVALID`, `DELETED_OR_WORKING_INSTANCE` while volume or server is in transition or the volume is in
    ///   error, `IN_USE` while it is attached, `UNAVAILABLE_COMBINATION` in another zone, `LIMIT_EXCEEDED`.
    mutating func attachVolume(_ call: Call) throws(Refusal) -> Answer {
        let place = try volumeIndex(of: call)
        let server = servers[try index(of: call)]
        try admit(volumes[place], call)
        guard volumes[place].instanceID == nil else { throw Refusal(.inUse) }
        guard volumes[place].status(at: call.instant) != .error else { throw Refusal(.deletedOrWorkingInstance) }
        try admit(volumeOn: server, call)
        guard volumes[place].zoneID == server.zoneID else { throw Refusal(.unavailableCombination) }
        try checkLimit(of: server)
        volumes[place].instanceID = server.id
        work(on: place, seconds: timing.volumeAttachment, settled: .active, call)
        return call.answer([
            ["block_storage_id": .string(volumes[place].id), "instance_id": .string(server.id), "status": "work"]
        ])
    }

    /// - Throws: `ID_INVALID`, `DELETED_OR_WORKING_INSTANCE` while the volume is in transition, `CHECK_PARAM` unless it is
    ///   attached.
    mutating func detachVolume(_ call: Call) throws(Refusal) -> Answer {
        let index = try volumeIndex(of: call)
        try admit(volumes[index], call)
        guard volumes[index].instanceID != nil else { throw Refusal(.checkParameter) }
        volumes[index].instanceID = nil
        work(on: index, seconds: timing.volumeDetachment, settled: .off, call)
        return call.answer([["block_storage_id": .string(volumes[index].id), "status": "work"]])
    }

    /// Makes a volume; at work until an instant, if one is given.
    @discardableResult
    mutating func addVolume(
        _ name: String, description: String? = nil, type: String = "ssd", size: Int64, to server: Server?,
        zone: String? = nil, ready: Instant? = nil, at instant: Instant
    ) -> Volume {
        let volume = Volume(
            id: generator.identifier("BLOCK"), name: name, description: description.flatMap { $0.isEmpty ? nil : $0 },
            type: type, size: size,
            timeline: StatusTimeline(
                phases: ready.map { [.init(.work, until: $0)] } ?? [], settled: server == nil ? .off : .active),
            zoneID: server?.zoneID ?? zone ?? "", instanceID: server?.id, startDate: SeoulTime.dateAndTime(instant),
            stopDate: nil)
        volumes.append(volume)
        return volume
    }

    func volumeType(_ name: String?) -> VolumeType? { volumeTypes.first { $0.name == name } }

    private func typeFilter(_ call: Call) throws(Refusal) -> String? {
        guard let type = call.arguments.text("type") else { return nil }
        guard volumeType(type) != nil else { throw Refusal(.checkParameter) }
        return type
    }

    private func volumeIndex(of call: Call) throws(Refusal) -> Int {
        guard let id = call.arguments.text("block_storage_id"),
            let index = volumes.firstIndex(where: { $0.id == id }), volumes[index].status(at: call.instant) != nil
        else { throw Refusal(.invalidIdentifier) }
        return index
    }

    /// A change of a volume waits until the one before has ended.
    private func admit(_ volume: Volume, _ call: Call) throws(Refusal) {
        switch volume.status(at: call.instant) {
        case .active, .off, .error: return
        case .work, .deleting, nil: throw Refusal(.deletedOrWorkingInstance)
        }
    }

    /// Only a server whose status lasts gets a volume [assumed].
    private func admit(volumeOn server: Server, _ call: Call) throws(Refusal) {
        guard let status = server.status(at: call.instant), !status.isTransition else {
            throw Refusal(.deletedOrWorkingInstance)
        }
    }

    private func checkLimit(of server: Server) throws(Refusal) {
        guard volumes(of: server).count < server.volumeLimit ?? Self.volumesPerServer else {
            throw Refusal(.limitExceeded)
        }
    }

    private mutating func work(on index: Int, seconds: Int64, settled: VolumeStatus, _ call: Call) {
        volumes[index].timeline = StatusTimeline(
            phases: [.init(.work, until: call.instant + .seconds(seconds))], settled: settled)
    }
}
