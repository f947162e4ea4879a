import Gate
import IwinvCatalog
import Testing

@Suite struct ChangeDescriptionTests {
    private func difference(
        _ operation: OperationName, _ before: JSONValue, _ after: JSONValue, _ row: JSONValue = .null
    ) -> String {
        ChangeDescription(operation: operation, before: before, after: after, row: row).difference
    }

    @Test func `a new name, and several fields`() {
        #expect(difference("instances.edit", ["name": "web-01"], ["name": "www-01"]) == "web-01 → www-01")
        #expect(
            difference("instances.edit", ["name": "a", "description": "x"], ["name": "b", "description": "y"])
                == "name: a → b, description: x → y")
        #expect(difference("instances.edit", [:], ["name": "b"]) == "? → b", "nobody has read it")
    }

    @Test func `power shows the state before and after`() {
        #expect(difference("instances.shutdown", .null, [:], ["status": "active"]) == "active → off")
        #expect(difference("instances.start", .null, [:], ["status": "off"]) == "off → active")
        #expect(difference("instances.shutdown", .null, [:]) == "? → off")
        #expect(difference("instances.reboot", .null, [:], ["status": "active"]) == "", "it ends as it began")
    }

    @Test func `a rule says which one it is`() {
        let rule: JSONValue = [
            "rule_id": 1046, "bound": "IN", "protocol": "TCP", "port": "22", "ip": "10.0.0.0/8", "title": "ssh",
        ]
        #expect(difference("firewall.rules.remove", rule, [:]) == "IN TCP 22 10.0.0.0/8 (ssh) → –")
        #expect(
            difference("firewall.rules.edit", ["ip": "10.0.0.0/8"], ["ip": "10.1.0.0/16"], rule)
                == "IN TCP 22 10.0.0.0/8 (ssh) → IN TCP 22 10.1.0.0/16 (ssh)")
        #expect(difference("firewall.rules.edit", ["ip": "a"], ["ip": "b"]) == "a → b", "the rule is not known")
        #expect(difference("firewall.rules.add", .null, rule) == "IN TCP 22 10.0.0.0/8 (ssh)")
    }

    @Test func `a creation begins with its name`() {
        #expect(
            difference("instances.create", .null, ["description": "d", "flavor_id": "f", "name": "fresh-01"])
                == "name: fresh-01, description: d, flavor_id: f")
    }

    @Test func `what is destroyed is not written out`() {
        #expect(difference("instances.delete", ["name": "web-01", "status": "active"], [:]) == "")
    }

    @Test func `only what an undoing brings back is offered`() {
        #expect(Change.isTakenBack("instances.edit", .confirmed))
        #expect(Change.isTakenBack("instances.shutdown", .accepted))
        #expect(Change.isTakenBack("firewall.rules.add", .accepted))
        for outcome in [Outcome.notSent, .refused, .unknown] { #expect(!Change.isTakenBack("instances.edit", outcome)) }
        #expect(!Change.isTakenBack("instances.reboot", .confirmed))
        #expect(!Change.isTakenBack("instances.delete", .confirmed))
        #expect(!Change.isTakenBack("instances.create", .confirmed))
        #expect(Change.isTakenBack("instances.create", .confirmed, deletesCreated: true))
    }
}
