import Clocks
import IwinvCatalog
import IwinvModel

/// What a cloud holds, in the shape of its answers and without asking it: nothing is paged, delayed, faulty or counted.
struct TestWorld {
    private let cloud: Cloud
    private let instant: Instant

    init(_ cloud: Cloud, at instant: Instant) {
        self.cloud = cloud
        self.instant = instant
    }

    /// Servers with all their fields but passwords and console links, in the order of their creation.
    var instances: [JSONValue] {
        let all = Catalog.iwinv["instances.list"]?.row?.fields.compactMap(\.bit).reduce(0, |) ?? 0
        return rows("instances.list", ["fields": .integer(all)])
    }

    var volumes: [JSONValue] { rows("storage.list") }
    var bills: [JSONValue] { rows("bill.list") }

    /// Firewalls with their `rules` and the names of the servers behind them, `servers`.
    var firewalls: [JSONValue] {
        let names = Dictionary(cloud.servers.map { ($0.id, $0.name) }) { first, _ in first }
        return zip(rows("firewall.list"), cloud.firewalls).map { row, firewall in
            var row = row.objectValue ?? [:]
            row["rules"] = .array(rows("firewall.rules.list", ["firewall_id": .string(firewall.id)]))
            row["servers"] = .array(firewall.instanceIDs.compactMap { names[$0] }.sorted().map(JSONValue.string))
            return .object(row)
        }
    }

    var everything: JSONValue {
        [
            "instances": .array(instances), "volumes": .array(volumes), "firewalls": .array(firewalls),
            "bills": .array(bills),
        ]
    }

    private func rows(_ name: OperationName, _ raw: [String: JSONValue] = [:]) -> [JSONValue] {
        guard let operation = Catalog.iwinv[name], let arguments = try? Arguments(raw, for: operation) else {
            return []
        }
        var copy = cloud
        // An account without bills is an error to one of the profiles, and a world without bills here.
        let rows = copy.apply(operation, arguments, page: .everything, at: instant).rows ?? []
        return rows.map { operation.row?.withoutSecrets($0) ?? $0 }
    }
}
