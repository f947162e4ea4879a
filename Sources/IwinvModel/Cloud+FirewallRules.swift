import IwinvCatalog

// Rules: one by one in the newer path family, all at once in the older (CONTRACT 3.9).

extension Cloud {
    /// - Throws: `CHECK_PARAM` for an unknown firewall (CONTRACT 2.2).
    func listRules(_ call: Call) throws(Refusal) -> Answer {
        call.answer(firewalls[try firewallIndex(of: call, or: .checkParameter)].rules.map(\.row))
    }

    /// - Throws: `CHECK_PARAM` for an unknown firewall, and for a rule that it has already.
    mutating func addRule(_ call: Call) throws(Refusal) -> Answer {
        let index = try firewallIndex(of: call, or: .checkParameter)
        var rule = Firewall.Rule(call.arguments.values)
        guard !firewalls[index].rules.contains(where: rule.equals) else { throw Refusal(.checkParameter) }
        rule.id = nextRuleID()
        firewalls[index].rules.append(rule)
        return call.answer([rule.row])
    }

    /// What is not given stays, and so does the text in place of an empty one (CONTRACT 3.9).
    ///
    /// - Throws: `CHECK_PARAM` for an unknown firewall, and if it has such a rule already; `ID_INVALID` for an unknown
    ///   rule [assumed].
    mutating func editRule(_ call: Call) throws(Refusal) -> Answer {
        let (index, place) = try rulePlace(call)
        var rule = firewalls[index].rules[place]
        rule.change(call.arguments.values)
        let others = firewalls[index].rules.filter { $0.id != rule.id }
        guard !others.contains(where: rule.equals) else { throw Refusal(.checkParameter) }
        firewalls[index].rules[place] = rule
        return call.answer([rule.row])
    }

    /// - Throws: `CHECK_PARAM` for an unknown firewall, `ID_INVALID` for an unknown rule [assumed].
    mutating func removeRule(_ call: Call) throws(Refusal) -> Answer {
        let (index, place) = try rulePlace(call)
        firewalls[index].rules.remove(at: place)
        return call.done
    }

    /// The rules of a call of the older family. One that was there before keeps its number [assumed].
    ///
    /// - Throws: `CHECK_PARAM` for two equal rules, as for an equal one in the newer family [assumed].
    mutating func allRules(_ call: Call, keeping old: [Firewall.Rule]) throws(Refusal) -> [Firewall.Rule] {
        var rules: [Firewall.Rule] = []
        for members in (call.arguments["rules"]?.arrayValue ?? []).compactMap(\.objectValue) {
            let rule = Firewall.Rule(members)
            guard !rules.contains(where: rule.equals) else { throw Refusal(.checkParameter) }
            rules.append(rule)
        }
        // Numbers are given last, so that a refusal uses none up.
        for index in rules.indices {
            rules[index].id = old.first(where: rules[index].equals)?.id ?? nextRuleID()
        }
        return rules
    }

    mutating func nextRuleID() -> Int64 {
        lastRuleID += 1
        return lastRuleID
    }

    private func rulePlace(_ call: Call) throws(Refusal) -> (firewall: Int, rule: Int) {
        let index = try firewallIndex(of: call, or: .checkParameter)
        guard let id = call.arguments.integer("rule_id"),
            let place = firewalls[index].rules.firstIndex(where: { $0.id == id })
        else { throw Refusal(.invalidIdentifier) }
        return (index, place)
    }
}

extension Cloud.Firewall.Rule {
    /// A rule of checked arguments, without a number of its own yet.
    init(_ members: [String: JSONValue]) {
        self.init(id: 0, bound: "IN", protocolName: "TCP", port: "", ip: "", title: "", content: nil)
        change(members)
    }

    /// Takes over what is given. An empty text is as good as none.
    fileprivate mutating func change(_ members: [String: JSONValue]) {
        func text(_ name: String) -> String? { members[name]?.stringValue }
        bound = text("bound") ?? bound
        protocolName = text("protocol") ?? protocolName
        port = text("port") ?? port
        ip = text("ip") ?? ip
        title = text("title") ?? title
        if let given = text("content"), !given.isEmpty { content = given }
    }
}
