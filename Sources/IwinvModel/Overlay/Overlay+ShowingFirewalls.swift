import IwinvCatalog

extension Overlay {
    // MARK: Firewalls

    /// A firewall's row in the planned world.
    func row(of firewall: Cloud.Firewall, live: [String: JSONValue]?) -> JSONValue {
        let planned = firewall.row(in: .securityGroups)
        guard let before = base.firewall(firewall.id) else { return planned }
        var row = live ?? tables[.firewalls]?.rows[firewall.id]?.values ?? [:]
        if firewall.title != before.title { row["title"] = planned["title"] }
        if firewall.content != before.content { row["content"] = planned["content"] }
        if firewall.allowsICMP != before.allowsICMP { row["icmp"] = planned["icmp"] }
        return .object(row)
    }

    func firewalls(_ live: [JSONValue], isList: Bool = true) -> [JSONValue] {
        var rows = live.compactMap { row -> JSONValue? in
            guard let id = row["firewall_id"]?.stringValue else { return row }
            if isDeleted(firewall: id) { return nil }
            return cloud.firewall(id).map { self.row(of: $0, live: row.objectValue) } ?? row
        }
        if isList {
            rows += cloud.firewalls.filter { Placeholder.isOne($0.id) }.map { self.row(of: $0, live: nil) }
        }
        return rows
    }

    // MARK: Rules

    /// A rule's row in the planned world.
    func row(of rule: Cloud.Firewall.Rule, in firewall: String, live: [String: JSONValue]?) -> JSONValue {
        guard let before = base.firewall(firewall)?.rules.first(where: { $0.id == rule.id }),
            let told = live ?? tables[.rules(of: firewall)]?.rows["\(rule.id)"]?.values
        else { return rule.row }
        let (old, new) = (before.row.objectValue ?? [:], rule.row.objectValue ?? [:])
        return .object(told.merging(new.filter { old[$0.key] != $0.value }) { $1 })
    }

    func rules(_ live: [JSONValue], of id: String) -> [JSONValue] {
        guard let planned = cloud.firewall(id)?.rules, let before = base.firewall(id)?.rules, withRules.contains(id)
        else { return live }
        let kept = live.compactMap { row -> JSONValue? in
            guard let number = row["rule_id"]?.lenientIntegerValue, before.contains(where: { $0.id == number }) else {
                return row
            }
            return planned.first { $0.id == number }.map { self.row(of: $0, in: id, live: row.objectValue) }
        }
        return kept + planned.filter { $0.id > Placeholder.lastRealRule }.map(\.row)
    }

    // MARK: Members

    /// The servers behind a firewall: those of the cloud about whose firewall the plan says nothing, and those that the
    /// plan has put there.
    func members(of id: String, live: [JSONValue]) -> ([JSONValue], [Unknown]) {
        var rows: [JSONValue] = []
        var unknown: [Unknown] = []
        for row in live {
            guard let member = row["instance_id"]?.stringValue, !placed.contains(member) else { continue }
            rows.append(named(row, cloud.server(member), base.server(member)))
        }
        for member in cloud.firewall(id)?.instanceIDs ?? [] where placed.contains(member) {
            guard let server = cloud.server(member) else { continue }
            var row: JSONValue = ["instance_id": .string(member)]
            if unnamed.contains(member) {
                unknown.append(Unknown(field: "name", of: member))
            } else {
                row = ["instance_id": .string(member), "name": .string(server.name)]
            }
            rows.append(row)
        }
        return (rows, unknown)
    }

    /// A member's row with the name that the plan has given to the server.
    private func named(_ row: JSONValue, _ server: Cloud.Server?, _ before: Cloud.Server?) -> JSONValue {
        guard let server, server.name != before?.name, case .object(var members) = row else { return row }
        members["name"] = .string(server.name)
        return .object(members)
    }
}
