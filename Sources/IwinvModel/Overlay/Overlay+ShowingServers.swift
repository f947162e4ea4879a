public import Clocks
public import IwinvCatalog

extension Overlay {
    /// A server's row, with what the plan has changed if it is about this server at all.
    func shown(
        _ id: String, _ live: [String: JSONValue], _ operation: CloudOperation, _ arguments: Arguments,
        at instant: Instant
    ) -> (JSONValue, [Unknown]) {
        guard let server = cloud.server(id) else {
            // Nothing is planned for the server, but perhaps for a volume of it.
            guard let volumes = volumeIDs(of: id, live: live) else { return (.object(live), []) }
            return (.object(live.merging(["block_storage": volumes]) { $1 }), [])
        }
        return row(of: server, live: live, operation, arguments, at: instant)
    }

    /// The list of servers: the cloud's rows without those that no longer pass its filters, with those that now do.
    func servers(
        _ live: [JSONValue], _ operation: CloudOperation, _ arguments: Arguments, at instant: Instant
    ) -> ([JSONValue], [Unknown]) {
        var filters = ServerFilters(self, operation, arguments, at: instant)
        var rows: [String: JSONValue] = [:]
        var ids: [String] = []
        var unknown: [Unknown] = []
        func add(_ id: String, _ row: (JSONValue, [Unknown])) {
            rows[id] = row.0
            unknown += row.1
        }
        func doubt(_ id: String) {
            unknown.append(Unknown(passingFiltersOf: id))
        }
        for row in live {
            guard let id = row["instance_id"]?.stringValue, let members = row.objectValue else { continue }
            if let server = cloud.server(id) {
                let verdict = filters.verdict(on: server, isListed: true)
                if verdict == .out { continue }
                if verdict == .unsure { doubt(id) }
            }
            ids.append(id)
            add(id, shown(id, members, operation, arguments, at: instant))
        }
        var entering: [String] = []
        for server in unlisted(live) {
            switch filters.verdict(on: server, isListed: false) {
            case .out: continue
            case .unsure: doubt(server.id)
            case .in:
                entering.append(server.id)
                add(server.id, row(of: server, live: nil, operation, arguments, at: instant))
            }
        }
        if !entering.isEmpty { ids = merge(entering, into: ids) }
        return (ids.compactMap { rows[$0] }, unknown)
    }

    /// The reads without which a list of servers would leave out more than it has to: of servers that the plan brings into
    /// its filters, and that have not been read well enough.
    ///
    /// - Parameter live: the rows of the list, already learned.
    public func missing(
        toShow live: [JSONValue], of operation: CloudOperation, _ arguments: Arguments, at instant: Instant
    ) -> [Need] {
        guard operation.name == "instances.list", alters(operation) else { return [] }
        var filters = ServerFilters(self, operation, arguments, at: instant)
        let names = Self.withoutSecrets(operation.askedFields(arguments) ?? [])
        return unlisted(live).filter { !Placeholder.isOne($0.id) }.compactMap { server in
            switch filters.verdict(on: server, isListed: false) {
            case .out: nil
            case .in, .unsure: Self.server(server.id, names + filters.unread(server))
            }
        }.filter { !has($0) }
    }

    /// Servers about which something is planned, and which the cloud has not listed.
    private func unlisted(_ live: [JSONValue]) -> [Cloud.Server] {
        let listed = Set(live.compactMap { $0["instance_id"]?.stringValue })
        return cloud.servers.filter { !listed.contains($0.id) && $0 != base.server($0.id) }
    }

    /// Puts rows where the cloud would list them, as far as its order has been seen.
    private func merge(_ entering: [String], into ids: [String]) -> [String] {
        let order = tables[.servers]?.order ?? []
        let places = Dictionary(order.enumerated().map { ($0.element, $0.offset) }) { first, _ in first }
        var ids = ids
        for id in entering {
            let place = places[id]
            let index = place.flatMap { place in ids.firstIndex { places[$0] ?? .max > place } }
            ids.insert(id, at: index ?? ids.endIndex)
        }
        return ids
    }
}
