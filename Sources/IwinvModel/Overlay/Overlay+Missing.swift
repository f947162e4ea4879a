public import IwinvCatalog

extension Overlay {
    /// The reads that have to be made, all pages of each, and learned before a change can be planned.
    ///
    /// What one read brings may show that another is needed (a server's row names its flavor), so ask again until
    /// nothing is missing. A read that the cloud refuses because there is no such thing is noted with
    /// ``learnAbsence(from:_:)``.
    public func missing(for operation: CloudOperation, _ arguments: Arguments) -> [Need] {
        var needs: [Need] = []
        for need in wanted(operation, arguments) where !needs.contains(need) && !has(need) { needs.append(need) }
        return needs
    }

    private func wanted(_ operation: CloudOperation, _ arguments: Arguments) -> [Need] {
        func server() -> [Need] {
            guard let id = arguments.text("instance_id"), let names = serverFields(operation, arguments) else {
                return []
            }
            return [Self.server(id, names)].compactMap(\.self)
        }
        func firewall(and lists: OperationName...) -> [Need] {
            firewallNeeds(arguments.text("firewall_id"), lists)
        }
        // Only the list tells which volumes a server has, and what they are.
        let volumesOfServer = isPlanned(arguments.text("instance_id")) ? [] : [Need("storage.list")]
        switch operation.name {
        case "instances.create": return creationNeeds(arguments)
        case "instances.delete": return server() + volumesOfServer
        case "instances.resize": return server() + [Need("flavors.get", "flavor_id", arguments.text("flavor_id"))]
        case "instances.rebuild":
            guard let image = arguments.text("image_id") else { return server() }
            let flavor = arguments.text("instance_id").flatMap(flavorID)
            return server() + [Need("images.get", "image_id", image)]
                + (flavor.map { [Need("flavors.get", "flavor_id", $0)] } ?? [])
        case "storage.create": return server() + volumesOfServer + [Need("storage.types")]
        case "storage.attach":
            // The list most likely has the volume too.
            let isListed = isPlanned(arguments.text("instance_id")) || tables[.volumes]?.isWhole == true
            return (isListed ? volumeNeeds(arguments) : []) + server() + volumesOfServer
        case "storage.delete", "storage.detach": return volumeNeeds(arguments)
        case "firewall.edit": return firewall()
        case "firewall.delete": return firewall(and: "firewall.instances")
        case "firewall.attach", "firewall.detach": return firewall(and: "firewall.instances") + server()
        case "firewall.rules.add", "firewall.rules.edit", "firewall.rules.remove":
            return firewall(and: "firewall.rules.list")
        case let name where name.resource == "instances" && operation.effect.isChange: return server()
        default: return []
        }
    }

    private func creationNeeds(_ arguments: Arguments) -> [Need] {
        var needs = [
            Need("zones.list"), Need("images.get", "image_id", arguments.text("image_id")),
            Need("flavors.get", "flavor_id", arguments.text("flavor_id")),
        ]
        if arguments["ssh_key_id"] != nil { needs.append(Need("ssh_keys.list")) }
        if arguments["user_script_id"] != nil { needs.append(Need("instances.user_scripts")) }
        if arguments["block_storage"] != nil { needs.append(Need("storage.types")) }
        return needs
    }

    private func volumeNeeds(_ arguments: Arguments) -> [Need] {
        [Need("storage.get", "block_storage_id", arguments.text("block_storage_id"))]
    }

    private func firewallNeeds(_ id: String?, _ lists: [OperationName]) -> [Need] {
        // What a firewall that does not exist has need not be asked.
        let exists = id.map { tables[.firewalls]?.rows[$0] != nil } ?? false
        return [Need("firewall.get", "firewall_id", id)] + (exists ? lists.map { Need($0, "firewall_id", id) } : [])
    }

    /// The fields of a server that a change depends on, or that its answer shows; nil if it is about none.
    ///
    /// As few as that, so that a script which lists servers and then changes each causes no reading of each.
    func serverFields(_ operation: CloudOperation, _ arguments: Arguments) -> [String]? {
        switch operation.name {
        case "instances.edit": ["status"] + Self.withoutSecrets(operation.askedFields(arguments) ?? [])
        case "instances.start", "instances.shutdown", "instances.reboot": ["status"]
        case "instances.delete": ["status", "block_storage"]
        case "instances.rebuild", "instances.resize": ["status", "zone", "flavor", "image"]
        case "storage.create", "storage.attach": ["status", "zone", "block_storage", "connection_limit"]
        case "firewall.attach", "firewall.detach": ["status", "name"]
        default: nil
        }
    }

    /// A read of some fields of a server.
    static func server(_ id: String, _ names: [String]) -> Need? {
        // The identifier's own bit, as the check of arguments adds it.
        let names = Set(names).union(["instance_id"])
        guard let mask = instance?.mask(of: names) else { return nil }
        var need = Need("instances.get", "instance_id", id)
        need.arguments["fields"] = .integer(mask)
        return need
    }

    static func withoutSecrets(_ names: [String]) -> [String] {
        names.filter { instance?.field($0)?.isSecret == false }
    }

    private static let instance = Catalog.iwinv["instances.get"]?.row

    private func isPlanned(_ id: String?) -> Bool { id.map(Placeholder.isOne) ?? false }

    /// The flavor that a server has, as far as it is known.
    private func flavorID(of server: String) -> String? {
        let known = [
            cloud.server(server)?.flavorID,
            tables[.servers]?.rows[server]?.values["flavor"]?["flavor_id"]?.stringValue,
        ]
        return known.compactMap(\.self).first { !$0.isEmpty }
    }

    /// Whether a read would bring nothing new.
    func has(_ need: Need) -> Bool {
        guard let operation = Catalog.iwinv[need.operation], let kind = Kind(operation, need.arguments) else {
            return true
        }
        let subject = operation.subject.flatMap { need.arguments[$0.name]?.stringValue }
        if let subject, Placeholder.isOne(subject) { return true }
        let table = tables[kind] ?? Table()
        guard !operation.isList, let subject else { return table.isWhole }
        if table.absent.contains(subject) { return true }
        guard let row = table.rows[subject] else { return false }
        let names = need.arguments["fields"]?.integerValue.flatMap { operation.row?.names(in: $0) }
        return row.asked.isSuperset(of: names ?? operation.row?.fields.map(\.name) ?? [])
    }
}

extension Overlay.Need {
    fileprivate init(_ operation: OperationName) {
        self.init(operation: operation, arguments: [:])
    }

    fileprivate init(_ operation: OperationName, _ key: String, _ id: String?) {
        self.init(operation: operation, arguments: [key: .string(id ?? "")])
    }
}
