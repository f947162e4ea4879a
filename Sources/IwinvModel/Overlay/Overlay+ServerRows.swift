import Clocks
import IwinvCatalog

extension Overlay {
    /// A server's row in the planned world: the fields that a call asks for.
    ///
    /// - Parameter live: the row as the cloud showed it just now; nil to take what has been learned.
    func row(
        of server: Cloud.Server, live: [String: JSONValue]?, _ operation: CloudOperation, _ arguments: Arguments,
        at instant: Instant
    ) -> (row: JSONValue, unknown: [Unknown]) {
        guard let type = operation.row, let names = operation.askedFields(arguments), let mask = type.mask(of: names)
        else { return (.object(live ?? [:]), []) }
        let planned = cloud.row(server, mask: mask, of: type, at: instant).objectValue ?? [:]
        let learned = tables[.servers]?.rows[server.id]
        // Of what the cloud sends unasked only that stays which the plan cannot have changed.
        var row = (live ?? [:]).filter { type.field($0.key) == nil }
        var unknown: [Unknown] = []
        for name in names {
            switch source(of: name, server, at: instant) {
            case .plan: row[name] = value(of: name, server, live: live) ?? planned[name]
            case .cloud:
                row[name] = value(of: name, server, live: live) ?? (live ?? learned?.values ?? [:])[name]
                if live == nil, learned?.asked.contains(name) != true || type.field(name)?.isSecret == true {
                    unknown.append(Unknown(field: name, of: server.id))
                }
            case .nobody: unknown.append(Unknown(field: name, of: server.id))
            }
        }
        return (.object(row), unknown)
    }

    /// Who knows a field.
    private enum Source {
        case plan, cloud
        /// The cloud has not made it yet.
        case nobody
    }

    private func source(of name: String, _ server: Cloud.Server, at instant: Instant) -> Source {
        guard let before = base.server(server.id) else {
            return switch name {
            case "name": unnamed.contains(server.id) ? .nobody : .plan
            // Until it is built it has none (CONTRACT 3.4).
            case "default_account", "ip", "vnc": server.status(at: instant) == .building ? .plan : .nobody
            case "monitoring", "connection_limit", "traffic": .nobody
            default: .plan
            }
        }
        let isChanged =
            switch name {
            case "name": server.name != before.name
            case "description": server.description != before.description
            case "status": server.timeline != before.timeline
            case "stop_date": server.stopDate != before.stopDate
            case "flavor", "provide": server.flavorID != before.flavorID
            case "image": server.imageID != before.imageID
            default: false
            }
        // A rebuild draws a new password; records have none before.
        if name == "default_account", !server.password.isEmpty { return .nobody }
        return isChanged ? .plan : .cloud
    }

    /// A field that is put together from what the cloud tells elsewhere; nil for any other.
    private func value(of name: String, _ server: Cloud.Server, live: [String: JSONValue]?) -> JSONValue? {
        let before = base.server(server.id)
        switch name {
        case "block_storage":
            return volumeIDs(of: server.id, live: live)
        case "flavor" where server.flavorID != before?.flavorID:
            guard let flavor = tables[.flavors]?.rows[server.flavorID]?.values else { return nil }
            let name = flavor["name"] ?? .string(server.flavorID)
            return .object(
                (flavor["spec"]?.objectValue ?? [:]).merging(["flavor_id": .string(server.flavorID), "name": name]) {
                    $1
                })
        case "provide" where server.flavorID != before?.flavorID:
            return tables[.flavors]?.rows[server.flavorID]?.values["provide"]
        case "image" where server.imageID != before?.imageID:
            return tables[.images]?.rows[server.imageID].map { .object($0.values) }
        default: return nil
        }
    }

    /// The volumes of a server in the planned world, as far as rows that were learned tell.
    func volumeIDs(of server: String) -> [String] { volumeIDs(of: server, told: volumesLearned(of: server) ?? []) }

    /// The field `block_storage` of a row; nil if the cloud does not tell it.
    func volumeIDs(of server: String, live: [String: JSONValue]?) -> JSONValue? {
        let told = live.map { $0["block_storage"]?.stringList } ?? volumesLearned(of: server)
        return told.map { .array(volumeIDs(of: server, told: $0).map(JSONValue.string)) }
    }

    private func volumesLearned(of server: String) -> [String]? {
        if Placeholder.isOne(server) { return [] }
        return tables[.servers]?.rows[server]?.values["block_storage"]?.stringList
    }

    /// The volumes that the cloud tells, without those that the plan took away and with those that it gave.
    private func volumeIDs(of server: String, told: [String]) -> [String] {
        if cloud.server(server)?.stopDate != base.server(server)?.stopDate { return [] }
        let moved = cloud.volumes.filter { $0.instanceID != base.volume($0.id)?.instanceID }
        if moved.isEmpty { return told }
        let kept = told.filter { id in !moved.contains { $0.id == id } }
        let gained = moved.filter { $0.instanceID == server }.map(\.id)
        return gained.isEmpty ? kept : inOrder(kept + gained, of: .volumes)
    }

    /// In the order of the lists that brought them; what the plan creates comes last.
    func inOrder(_ ids: [String], of kind: Kind) -> [String] {
        let order = tables[kind]?.order ?? []
        let places = Dictionary(order.enumerated().map { ($0.element, $0.offset) }) { first, _ in first }
        return ids.enumerated().sorted { a, b in
            (places[a.element] ?? .max, a.offset) < (places[b.element] ?? .max, b.offset)
        }.map(\.element)
    }
}

extension JSONValue {
    fileprivate var stringList: [String]? { arrayValue?.compactMap(\.stringValue) }
}
