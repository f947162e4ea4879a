public import Clocks
public import IwinvCatalog

extension Overlay {
    /// Whether a call is about something that only the plan knows, so that the cloud must not be asked about it.
    ///
    /// False too for what is gone in the planned world.
    public func needsLive(_ operation: CloudOperation, _ arguments: Arguments, at instant: Instant) -> Bool {
        guard !operation.effect.isChange else { return false }
        return planned(operation, arguments, at: instant) == nil
    }

    /// Whether the plan may have changed what a read shows; if not, the cloud's answer is the planned world's, pages and
    /// all.
    public func alters(_ operation: CloudOperation) -> Bool {
        guard changes > 0 else { return false }
        return switch operation.name {
        case "instances.list", "instances.get", "instances.console", "storage.list", "storage.get", "bill.live": true
        default: operation.name.root == "firewall"
        }
    }

    /// What a read shows in the planned world.
    ///
    /// Learn the rows first (``learn(_:from:_:isWhole:at:)``).
    ///
    /// - Parameters:
    ///   - live: all rows of all pages that the cloud brought for the same arguments; nil where it need not be asked
    ///     (``needsLive(_:_:at:)``).
    ///   - instant: the plan's time.
    public func show(
        _ live: [JSONValue]?, of operation: CloudOperation, _ arguments: Arguments, at instant: Instant
    ) -> PlannedAnswer {
        if operation.family == .firewall, changes > 0 {
            return PlannedAnswer(.cannotTell("plans know firewalls by the newer path family only"))
        }
        if let answer = planned(operation, arguments, at: instant) { return answer }
        guard let live else {
            return PlannedAnswer(.cannotTell("\(operation.name) cannot be shown before the cloud was asked"))
        }
        let (rows, unknown) = rows(live, of: operation, arguments, at: instant)
        return PlannedAnswer(yes(rows, operation), unknown)
    }

    func yes(_ rows: [JSONValue], _ operation: CloudOperation) -> Answer {
        .rows(rows, total: nil, status: SuccessStatus.of(operation, in: cloud.switches.statuses))
    }

    /// The answer to a read that the cloud need not be asked; nil if it has to.
    private func planned(
        _ operation: CloudOperation, _ arguments: Arguments, at instant: Instant
    ) -> PlannedAnswer? {
        guard let id = operation.subject.flatMap({ arguments[$0.name]?.stringValue }) else { return nil }
        var copy = cloud
        func model() -> Answer { copy.apply(operation, arguments, at: instant) }
        switch operation.name {
        case "instances.get", "instances.console":
            guard isPlanned(server: id, at: instant) else {
                guard operation.effect == .secret, let server = cloud.server(id), let before = base.server(id),
                    server.timeline != before.timeline
                else { return nil }
                // A server that the plan has switched off has no screen, and one that it has switched on none yet.
                if let no = model().refusal { return PlannedAnswer(.refused(no)) }
                let isOn = [.active, .error].contains(before.status(at: instant))
                return isOn ? nil : PlannedAnswer(.cannotTell("\(id) has no console before it is on"))
            }
            let answer = model()
            guard answer.rows != nil, let server = cloud.server(id) else { return PlannedAnswer(answer) }
            if operation.effect == .secret {
                return PlannedAnswer(.cannotTell("\(id) has no console before it exists"))
            }
            let (row, unknown) = row(of: server, live: nil, operation, arguments, at: instant)
            return PlannedAnswer(yes([row], operation), unknown)
        case "storage.get":
            guard Placeholder.isOne(id) || cloud.volume(id).map({ $0.status(at: instant) == nil }) ?? false else {
                return nil
            }
            let answer = model()
            guard answer.rows != nil, let volume = cloud.volume(id) else { return PlannedAnswer(answer) }
            let (row, unknown) = row(of: volume, live: nil, at: instant)
            return PlannedAnswer(yes([row], operation), unknown)
        case "firewall.get", "firewall.rules.list":
            return Placeholder.isOne(id) || isDeleted(firewall: id) ? PlannedAnswer(model()) : nil
        case "firewall.instances":
            guard Placeholder.isOne(id) || isDeleted(firewall: id) else { return nil }
            guard let firewall = cloud.firewall(id) else { return PlannedAnswer(model()) }
            let (rows, unknown) = members(of: firewall.id, live: [])
            return PlannedAnswer(yes(rows, operation), unknown)
        default: return nil
        }
    }

    /// A server of the plan's own, or one that is gone by now.
    private func isPlanned(server id: String, at instant: Instant) -> Bool {
        Placeholder.isOne(id) || cloud.server(id).map { $0.status(at: instant) == nil } ?? false
    }

    private func rows(
        _ live: [JSONValue], of operation: CloudOperation, _ arguments: Arguments, at instant: Instant
    ) -> ([JSONValue], [Unknown]) {
        switch operation.name {
        case "instances.list": return servers(live, operation, arguments, at: instant)
        case "instances.get":
            return live.splitMap { row in
                guard let id = row["instance_id"]?.stringValue, let members = row.objectValue else { return (row, []) }
                return shown(id, members, operation, arguments, at: instant)
            }
        case "storage.list": return volumes(live, operation, arguments, at: instant)
        case "storage.get":
            return live.splitMap { row in
                guard let volume = row["block_storage_id"]?.stringValue.flatMap(cloud.volume) else { return (row, []) }
                return self.row(of: volume, live: row.objectValue, at: instant)
            }
        case "firewall.list": return (firewalls(live), [])
        case "firewall.get": return (firewalls(live, isList: false), [])
        case "firewall.rules.list": return (rules(live, of: arguments.text("firewall_id") ?? ""), [])
        case "firewall.instances": return members(of: arguments.text("firewall_id") ?? "", live: live)
        case "bill.live" where changes > 0:
            let doubt = LocalizedText(
                "the charges so far are those of today: nothing that is planned is in them",
                "현재까지의 요금은 오늘 기준이며, 계획된 변경은 포함되지 않습니다")
            return (live, [Unknown(doubt)])
        default: return (live, [])
        }
    }
}

extension [JSONValue] {
    fileprivate func splitMap(_ transform: (JSONValue) -> (JSONValue, [Unknown])) -> ([JSONValue], [Unknown]) {
        let pairs = map(transform)
        return (pairs.map(\.0), pairs.flatMap(\.1))
    }
}
