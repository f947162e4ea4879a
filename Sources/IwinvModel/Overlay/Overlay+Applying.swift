public import Clocks
public import IwinvCatalog

extension Overlay {
    /// Plans a change: the world shown from now on is one in which it was made.
    ///
    /// The answer is the cloud's as the model knows it: its no, where the cloud is sure to say no; else a yes in which
    /// created things have placeholders for identifiers (``Placeholder``). With ``Answer/cannotTell(_:)`` nothing is
    /// planned: something is ``missing(for:_:)``, or the cloud's rows do not tell what the change depends on.
    ///
    /// - Parameters:
    ///   - operation: a changing one; of firewalls, of the newer path family.
    ///   - instant: the plan's time.
    public mutating func apply(
        _ operation: CloudOperation, _ arguments: Arguments, at instant: Instant
    ) -> PlannedAnswer {
        guard operation.effect.isChange, operation.family != .firewall else {
            return PlannedAnswer(.cannotTell("\(operation.name) is not a change that can be planned"))
        }
        if let need = missing(for: operation, arguments).first {
            return PlannedAnswer(.cannotTell("\(operation.name) cannot be planned before \(need.operation) was read"))
        }
        do throws(UnclearRow) {
            try bring(operation, arguments)
        } catch {
            return PlannedAnswer(.cannotTell(error.description))
        }
        if let busy = stillBusy(arguments, at: instant) { return PlannedAnswer(.cannotTell(busy)) }
        let attached = arguments.text("instance_id").map { volumeIDs(of: $0) } ?? []
        var next = cloud
        let answer = next.apply(operation, arguments, at: instant)
        guard var rows = answer.rows else {
            if answer.refusal == nil { commit(next, operation, arguments) }
            return PlannedAnswer(answer)
        }
        let names = replaceIdentifiers(in: &next)
        commit(next, operation, arguments)
        noteUnnamed(operation, arguments, names)
        rows = rows.map { $0.replacing(names.texts) }
        return finish(rows, operation, arguments, attached: attached, at: instant)
    }

    private mutating func commit(_ next: Cloud, _ operation: CloudOperation, _ arguments: Arguments) {
        cloud = next
        changes += 1
        switch operation.name {
        case "instances.delete", "firewall.attach", "firewall.detach":
            if let id = arguments.text("instance_id") { placed.insert(id) }
        case "instances.edit":
            if let id = arguments.text("instance_id"), arguments["name"] != nil { unnamed.remove(id) }
        default: break
        }
    }

    /// Why nobody can say whether the cloud takes a change now: what it is about was busy when it was read, and how long
    /// that goes on is not known. While no time passes the cloud's no is sure.
    private func stillBusy(_ arguments: Arguments, at instant: Instant) -> String? {
        func sentence(_ kind: Kind, _ id: String, isUntouched: Bool) -> String? {
            guard isUntouched, let row = tables[kind]?.rows[id], let since = row.busySince, since < instant else {
                return nil
            }
            return "\(id) was `\(row.values["status"]?.stringValue ?? "")` when it was read; "
                + "only the cloud knows whether it still is"
        }
        if let id = arguments.text("instance_id"), let server = cloud.server(id),
            let sentence = sentence(
                .servers, id, isUntouched: server.timeline == base.server(id)?.timeline)
        {
            return sentence
        }
        if let id = arguments.text("block_storage_id"), let volume = cloud.volume(id) {
            return sentence(.volumes, id, isUntouched: volume.timeline == base.volume(id)?.timeline)
        }
        return nil
    }

    // MARK: What was created

    /// The identifiers of what a change has created, in place of those that the model drew.
    private struct NewIdentifiers {
        var servers: [String] = []
        var volumes: [String] = []
        /// By the model's identifier.
        var texts: [String: String] = [:]
    }

    private mutating func replaceIdentifiers(in next: inout Cloud) -> NewIdentifiers {
        var new = NewIdentifiers()
        for index in next.servers.indices.dropFirst(cloud.servers.count) {
            let id = placeholder("instances")
            new.servers.append(id)
            new.texts[next.servers[index].id] = id
            next.servers[index].id = id
            // What the cloud will draw is not known: no filter finds a server by it.
            next.servers[index].publicAddress = ""
            next.servers[index].privateAddress = ""
            next.servers[index].password = ""
        }
        for index in next.volumes.indices.dropFirst(cloud.volumes.count) {
            let id = placeholder("storage")
            new.volumes.append(id)
            new.texts[next.volumes[index].id] = id
            next.volumes[index].id = id
            if let host = next.volumes[index].instanceID { next.volumes[index].instanceID = new.texts[host] ?? host }
        }
        if next.firewalls.count > cloud.firewalls.count, let last = next.firewalls.indices.last {
            let id = placeholder("firewall")
            new.texts[next.firewalls[last].id] = id
            next.firewalls[last].id = id
            // It is known that it has none.
            withRules.insert(id)
            withMembers.insert(id)
        }
        return new
    }

    private mutating func placeholder(_ resource: String) -> String {
        created[resource, default: 0] += 1
        return Placeholder.text(resource, created[resource, default: 0])
    }

    /// Takes back the names that the model made up.
    private mutating func noteUnnamed(_ operation: CloudOperation, _ arguments: Arguments, _ new: NewIdentifiers) {
        var nameless: [String] = []
        if operation.name == "instances.create" {
            if arguments["name"] == nil { nameless += new.servers }
            let orders = arguments["block_storage"]?.arrayValue ?? []
            for (index, id) in new.volumes.enumerated() where orders[index % max(1, orders.count)]["name"] == nil {
                nameless.append(id)
            }
        } else if arguments["name"] == nil {
            nameless += new.volumes
        }
        unnamed.formUnion(nameless)
        for index in cloud.servers.indices where nameless.contains(cloud.servers[index].id) {
            cloud.servers[index].name = ""
        }
        for index in cloud.volumes.indices where nameless.contains(cloud.volumes[index].id) {
            cloud.volumes[index].name = ""
        }
    }

    // MARK: Answers

    private func finish(
        _ rows: [JSONValue], _ operation: CloudOperation, _ arguments: Arguments, attached: [String],
        at instant: Instant
    ) -> PlannedAnswer {
        var rows = rows
        var unknown = Self.doubts(operation)
        let status = SuccessStatus.of(operation, in: cloud.switches.statuses)
        switch operation.name {
        case "instances.edit":
            guard let server = arguments.text("instance_id").flatMap(cloud.server) else { break }
            let (row, fields) = row(of: server, live: nil, operation, arguments, at: instant)
            (rows, unknown) = ([row], unknown + fields)
        case "instances.delete":
            rows = [["status": "deleting", "block_storage": .array(attached.map(JSONValue.string))]]
        case "instances.create", "storage.create":
            guard let key = operation.row?.key else { break }
            rows = rows.map { row in
                guard let id = row[key]?.stringValue, unnamed.contains(id) else { return row }
                unknown.append(Unknown(field: "name", of: id))
                return row.without("name")
            }
        case "firewall.edit":
            guard let firewall = arguments.text("firewall_id").flatMap(cloud.firewall) else { break }
            rows = [row(of: firewall, live: nil)]
        case "firewall.rules.edit":
            guard let id = arguments.text("firewall_id"), let number = arguments.integer("rule_id"),
                let rule = cloud.firewall(id)?.rules.first(where: { $0.id == number })
            else { break }
            rows = [row(of: rule, in: id, live: nil)]
        default: break
        }
        return PlannedAnswer(.rows(rows, total: nil, status: status), unknown)
    }

    /// What only the cloud decides, whatever the arguments are.
    private static func doubts(_ operation: CloudOperation) -> [Unknown] {
        let doubts =
            switch operation.name {
            case "instances.create":
                [
                    (
                        "whether the account may have more servers in this zone, and whether the flavor is in stock",
                        "이 존에 서버를 더 만들 수 있는지, 사양에 재고가 있는지"
                    ), ("which firewall, if any, it puts new servers behind", "새 서버에 어떤 방화벽이 적용되는지"),
                ]
            case "instances.resize": [("whether the flavor is in stock", "사양에 재고가 있는지")]
            case "storage.create": [("whether the account may have more volumes", "블록 스토리지를 더 만들 수 있는지")]
            case "firewall.create": [("whether the account may have more firewalls", "방화벽을 더 만들 수 있는지")]
            default: [(String, String)]()
            }
        return doubts.map { Unknown(LocalizedText("only the cloud knows \($0.0)", "\($0.1)는 클라우드만 압니다")) }
    }
}

extension JSONValue {
    /// This document with some texts in place of others.
    fileprivate func replacing(_ texts: [String: String]) -> JSONValue {
        switch self {
        case .string(let text): .string(texts[text] ?? text)
        case .array(let elements): .array(elements.map { $0.replacing(texts) })
        case .object(let members): .object(members.mapValues { $0.replacing(texts) })
        default: self
        }
    }

    func without(_ key: String) -> JSONValue {
        guard case .object(var members) = self else { return self }
        members[key] = nil
        return .object(members)
    }
}
