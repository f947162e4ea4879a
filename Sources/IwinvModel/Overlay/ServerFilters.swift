import Clocks
import IwinvCatalog

/// The filters of one list of servers, asked about the world before the plan and about the planned one.
///
/// Both times the model judges, and it may judge otherwise than the cloud. So it is asked for the difference: a server
/// that it judges alike before and after stays where the cloud has it.
struct ServerFilters {
    enum Verdict {
        case `in`, out
        /// It hangs on something that only the cloud knows.
        case unsure
    }

    private let overlay: Overlay
    private let operation: CloudOperation
    private let arguments: Arguments
    private let instant: Instant
    /// Who passes without some of the filters.
    private var passing: [Set<String>: (now: Set<String>, before: Set<String>)] = [:]

    init(_ overlay: Overlay, _ operation: CloudOperation, _ arguments: Arguments, at instant: Instant) {
        self.overlay = overlay
        self.operation = operation
        self.arguments = arguments
        self.instant = instant
    }

    /// Whether a server is to be shown.
    ///
    /// - Parameter isListed: whether the cloud lists it.
    mutating func verdict(on server: Cloud.Server, isListed: Bool) -> Verdict {
        let id = server.id
        let before = overlay.base.server(id)
        if server == before { return isListed ? .in : .out }
        if server.status(at: instant) == nil { return .out }
        let open = openFilters(server)
        let sets = sets(without: open)
        let (passes, passed) = (sets.now.contains(id), sets.before.contains(id))
        if isListed {
            // It passed whatever is not looked at here, and still does unless the plan has changed just that.
            if passes { return open.contains(where: { isChanged($0, server) }) ? .unsure : .in }
            if passed { return .out }
            return arguments.values.keys.contains(where: { isChanged($0, server) }) ? .unsure : .in
        }
        // One that would have passed before and is not listed is kept out by something that the model does not see.
        guard passes, !passed else { return .out }
        return open.isEmpty ? .in : .unsure
    }

    /// The fields of a server of the cloud that these filters look at and that have not been read.
    func unread(_ server: Cloud.Server) -> [String] { openFilters(server).compactMap(Self.field) }

    /// The filters that look at what is not known of a server.
    private func openFilters(_ server: Cloud.Server) -> Set<String> {
        let asked = overlay.tables[.servers]?.rows[server.id]?.asked ?? []
        return Set(
            arguments.values.keys.filter { filter in
                if filter == "core_type" { return true }
                guard let field = Self.field(filter) else { return false }
                if Placeholder.isOne(server.id) {
                    return field == "ip" || field == "name" && overlay.unnamed.contains(server.id)
                }
                return !asked.contains(field) && !isChanged(filter, server)
            })
    }

    /// Whether the plan has changed what a filter looks at.
    private func isChanged(_ filter: String, _ server: Cloud.Server) -> Bool {
        guard let before = overlay.base.server(server.id) else { return false }
        return switch filter == "core_type" ? "flavor" : Self.field(filter) {
        case "name": server.name != before.name
        case "status": server.timeline != before.timeline
        case "image": server.imageID != before.imageID
        case "flavor": server.flavorID != before.flavorID
        default: false
        }
    }

    /// The field that a filter looks at; nil for what is no filter, and for one whose field no row has.
    private static func field(_ filter: String) -> String? {
        switch filter {
        case "name", "status", "ip": filter
        case "zone_id": "zone"
        case "image_id": "image"
        case "type": "flavor"
        case let size where size.hasPrefix("min_") || size.hasPrefix("max_"): "flavor"
        default: nil
        }
    }

    private mutating func sets(without open: Set<String>) -> (now: Set<String>, before: Set<String>) {
        if let known = passing[open] { return known }
        let rest = arguments.values.filter { !open.contains($0.key) }
        // They passed the check with all filters, so they pass it with some.
        let kept = (try? Arguments(rest, for: operation, on: .server)) ?? arguments
        func ids(_ cloud: Cloud) -> Set<String> {
            var cloud = cloud
            let rows = cloud.apply(operation, kept, page: .everything, at: instant).rows ?? []
            return Set(rows.compactMap { $0["instance_id"]?.stringValue })
        }
        let sets = (now: ids(overlay.cloud), before: ids(overlay.base))
        passing[open] = sets
        return sets
    }
}
