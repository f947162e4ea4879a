import IwinvCatalog

// Firewalls: one store under two path families, of which the older one shows and takes the rules together with the
// firewall (CONTRACT 3.9).

extension Cloud {
    func row(_ firewall: Firewall, _ call: Call) -> JSONValue { firewall.row(in: call.operation.family) }

    /// An unknown firewall is no error but an empty answer (CONTRACT 2.2, U29).
    func getFirewall(_ call: Call) -> Answer {
        let found = firewalls.filter { $0.id == call.arguments.text("firewall_id") }
        return call.answer(found.map { row($0, call) })
    }

    /// - Throws: `CHECK_IP` without a text, unless ``Switches/groupNeedsContent`` is off; `CHECK_PARAM` for two equal
    ///   rules.
    mutating func createFirewall(_ call: Call) throws(Refusal) -> Answer {
        let content = call.arguments.text("content").flatMap { $0.isEmpty ? nil : $0 }
        if content == nil, switches.groupNeedsContent {
            // The words are [assumed]; the nested text was recorded as one about a temporary failure (CONTRACT 2.2).
            throw .nested(.checkIP, text: "일시적인 오류가 발생했습니다. 잠시 후 다시 시도해 주세요.")
        }
        let rules = try allRules(call, keeping: [])
        let firewall = Firewall(
            id: generator.identifier("FIREWALL"), title: call.arguments.text("title") ?? "", content: content,
            allowsICMP: call.arguments.text("icmp") == "Y", rules: rules, instanceIDs: [])
        firewalls.append(firewall)
        return call.answer([row(firewall, call)])
    }

    /// What is not given stays; but in the older family all rules that are not given are removed (CONTRACT 3.9, U30).
    ///
    /// - Throws: `ID_INVALID`; `CHECK_PARAM` for two equal rules.
    mutating func editFirewall(_ call: Call) throws(Refusal) -> Answer {
        let index = try firewallIndex(of: call)
        if call.operation.family == .firewall {
            firewalls[index].rules = try allRules(call, keeping: firewalls[index].rules)
        }
        if let title = call.arguments.text("title") { firewalls[index].title = title }
        if let icmp = call.arguments.text("icmp") { firewalls[index].allowsICMP = icmp == "Y" }
        if let content = call.arguments.text("content") {
            // An empty text does not clear: it damages what the wire escapes and keeps the rest (CONTRACT 3.9). That the
            // text is escaped and stored once more is [assumed]; the damage was seen, its kind was not recorded.
            firewalls[index].content = content.isEmpty ? firewalls[index].content.map(HTMLText.escape) : content
        }
        return call.answer([row(firewalls[index], call)])
    }

    /// - Throws: `ID_INVALID`; `IN_USE` while it is attached (CONTRACT U33).
    mutating func deleteFirewall(_ call: Call) throws(Refusal) -> Answer {
        let index = try firewallIndex(of: call)
        guard firewalls[index].instanceIDs.isEmpty else { throw Refusal(.inUse) }
        firewalls.remove(at: index)
        return call.done
    }

    /// The servers behind a firewall.
    ///
    /// - Throws: `CHECK_PARAM` for an unknown firewall, as for its rules [assumed].
    func listFirewallMembers(_ call: Call) throws(Refusal) -> Answer {
        let members = firewalls[try firewallIndex(of: call, or: .checkParameter)].instanceIDs
        return call.answer(
            members.compactMap(server).map { ["instance_id": .string($0.id), "name": .string($0.name)] })
    }

    /// A server has one firewall: a second takes the place of the first (CONTRACT U32).
    ///
    /// - Throws: `ID_INVALID`, `DELETED_OR_WORKING_INSTANCE`, `IN_USE` for a server that has it already.
    mutating func attachFirewall(_ call: Call) throws(Refusal) -> Answer {
        let place = try firewallIndex(of: call)
        let server = servers[try index(of: call)]
        try admit(.edit, server, call)
        guard !firewalls[place].instanceIDs.contains(server.id) else { throw Refusal(.inUse) }
        for other in firewalls.indices { firewalls[other].instanceIDs.removeAll { $0 == server.id } }
        firewalls[place].instanceIDs.append(server.id)
        return call.answer([pair(firewalls[place], server)])
    }

    /// - Throws: `ID_INVALID`, `CHECK_PARAM` for a server that does not have it (CONTRACT U32),
    ///   `DELETED_OR_WORKING_INSTANCE`.
    mutating func detachFirewall(_ call: Call) throws(Refusal) -> Answer {
        let place = try firewallIndex(of: call)
        let server = servers[try index(of: call)]
        guard let member = firewalls[place].instanceIDs.firstIndex(of: server.id) else {
            throw Refusal(.checkParameter)
        }
        try admit(.edit, server, call)
        firewalls[place].instanceIDs.remove(at: member)
        return call.answer([pair(firewalls[place], server)])
    }

    /// The place of the firewall that a call is about.
    func firewallIndex(of call: Call, or code: ErrorCode = .invalidIdentifier) throws(Refusal) -> Int {
        guard let index = firewalls.firstIndex(where: { $0.id == call.arguments.text("firewall_id") }) else {
            throw Refusal(code)
        }
        return index
    }

    /// The answer to attaching and detaching (CONTRACT U31).
    private func pair(_ firewall: Firewall, _ server: Server) -> JSONValue {
        ["firewall_id": .string(firewall.id), "instance_id": .string(server.id)]
    }
}
