package import IwinvCatalog
import IwinvWire

/// Plans that somebody has edited so that they show one change and make another, with a digest that fits.
package enum PlanForgeries {
    /// Makes every change that the catalog has.
    package static let everything = """
        local iwinv = require "iwinv"
        local vms = iwinv.instances.list { name = "web-" }
        local like, on = vms[1], {}
        for _, vm in ipairs(vms) do if vm.status == "active" then on[#on + 1] = vm end end
        local flavor
        for _, each in ipairs(iwinv.flavors.list()) do
            if each.flavor_id ~= on[4].flavor.flavor_id then flavor = flavor or each end
        end
        iwinv.instances.create { name = "made-01", count = 2, zone_id = like.zone.zone_id,
            image_id = like.image.image_id, flavor_id = like.flavor.flavor_id }
        on[1]:edit { name = "www-01", description = "moved" }
        on[2]:shutdown()
        on[2]:wait("off", "10m")
        on[2]:start()
        on[3]:reboot()
        on[4]:resize { flavor_id = flavor.flavor_id }
        on[5]:rebuild()
        on[6]:delete()
        local attached
        for _, volume in ipairs(iwinv.storage.list()) do
            if volume.instance_id and volume.instance_id ~= on[6].instance_id then attached = attached or volume end
        end
        iwinv.storage.create { instance_id = attached.instance_id, type = "ssd", size = 100, name = "disk-new" }
        attached:detach()
        attached:wait("off", "10m")
        iwinv.storage.attach(attached, on[7].instance_id)
        attached:wait("active", "10m")
        attached:detach()
        attached:wait("off", "10m")
        attached:delete()
        local from, to
        for _, firewall in ipairs(iwinv.firewall.list()) do
            if firewall.title == "legacy" then to = firewall else from = firewall end
        end
        iwinv.firewall.create { title = "planned-01", content = "test" }
        iwinv.firewall.edit(from.firewall_id, { title = "planned-02" })
        local rule = iwinv.firewall.rules.list(from.firewall_id)[1]
        iwinv.firewall.rules.edit(from.firewall_id, rule.rule_id, { port = "2223" })
        iwinv.firewall.rules.add(from.firewall_id, {
            bound = "IN", protocol = "TCP", port = "2222", ip = "192.0.2.0/24", title = "planned" })
        iwinv.firewall.rules.remove(from.firewall_id, rule.rule_id)
        for _, member in ipairs(iwinv.firewall.instances(to.firewall_id)) do
            iwinv.firewall.detach(to.firewall_id, member.instance_id)
            iwinv.firewall.attach(from.firewall_id, member.instance_id)
        end
        iwinv.firewall.delete(to.firewall_id)
        """

    package enum Kind: String, Sendable, CaseIterable {
        case operation, unknownOperation, place, gone, type, surplus, argument, hostileArgument, expected, before
    }

    /// An entry that was edited.
    package struct Forgery: Sendable {
        package var kind: Kind
        package var what: String
        package var members: [String: JSONValue]
        /// One of these the error names.
        package var fields: [String]
        /// What the table shows where the entry is a right one again: another change, and told as such.
        package var shown: String?
    }

    /// Every field of an entry, made to say something else in each way that there is.
    package static func forgeries(of entry: [String: JSONValue]) -> [Forgery] {
        let operation = Catalog.iwinv[OperationName(stringLiteral: entry["operation"]?.stringValue ?? "")]
        var forgeries: [Forgery] = []
        func forge(
            _ kind: Kind, _ what: String, naming fields: [String], orShowing shown: String? = nil,
            _ edit: (inout [String: JSONValue]) -> Void
        ) {
            var members = entry
            edit(&members)
            guard members != entry else { return }
            forgeries.append(Forgery(kind: kind, what: what, members: members, fields: fields, shown: shown))
        }
        let arguments = entry["arguments"]?.objectValue ?? [:]
        let expected = entry["expected"]?.objectValue ?? [:]
        // Another change than the one that is shown, and none at all.
        for other in Catalog.iwinv.operations where other.effect.isChange {
            forge(
                .operation, "operation \(other.name)", naming: Array(entry.keys) + ["creates", "undo_loses"],
                orShowing: "\(other.name) "
            ) {
                $0["operation"] = .string("\(other.name)")
            }
        }
        for word in ["instances.list", "instances.explode", "", "instances.delete\u{1B}[31m"] {
            forge(.unknownOperation, "operation \(word)", naming: ["operation"]) { $0["operation"] = .string(word) }
        }
        // Each field gone, and each of another type. Where in a script it was asked for follows from nothing and shows
        // nothing.
        forge(.place, "place is a number", naming: ["place"]) { $0["place"] = 7 }
        for field in entry.keys.sorted() where field != "place" {
            forge(.gone, "\(field) is gone", naming: [field, "id", "name", "before"]) { $0[field] = nil }
            for value in [7, "other", [], ["x": 1], ["x"], true] as [JSONValue] {
                forge(.type, "\(field) is \(value)", naming: [field, "id", "name", "before"]) { $0[field] = value }
            }
        }
        // Something that no entry has, or not this one.
        for field in ["id", "name", "creates", "undo_loses", "colour", "grants", "after2"] where entry[field] == nil {
            forge(.surplus, "\(field) is there", naming: [field]) {
                $0[field] = field == "creates" ? ["plan.x-9"] : "other"
            }
        }
        // The arguments of another change under the same words.
        for parameter in operation?.parameters ?? [] where parameter.place != .query {
            forge(.argument, "argument \(parameter.name)", naming: ["arguments", "id", "name", "after", "creates"]) {
                var changed = arguments
                changed[parameter.name] = changed[parameter.name].map(Self.other) ?? "INSTANCE-zz"
                $0["arguments"] = .object(changed)
            }
        }
        let hostile: [(String, JSONValue)] = [
            ("count", .integer(1 << 62)), ("count", .integer(.max)), ("colour", "red"), ("instance_id", "../zones"),
            ("instance_id", "plan.instances-77"), ("firewall_id", "plan.firewall-77"), ("name", "a\u{1B}[2J"),
        ]
        for (name, value) in hostile {
            forge(
                .hostileArgument, "argument \(name) = \(value)",
                naming: ["arguments", "id", "name", "after", "creates"]
            ) {
                $0["arguments"] = .object(arguments.merging([name: value]) { $1 })
            }
        }
        // What is looked at before the change.
        if operation?.target != nil, arguments["instance_id"]?.stringValue?.hasPrefix("plan.") != true {
            forge(.expected, "nothing is looked at", naming: ["expected", "before", "name"]) { $0["expected"] = [:] }
            forge(.expected, "nothing that is shown is looked at", naming: ["expected", "before", "name"]) {
                $0["expected"] = ["nothing": 1]
                $0["before"] = .null
                $0["name"] = nil
            }
            for field in expected.keys where ["name", "title", "status"].contains(field) {
                forge(.expected, "expected \(field) is another", naming: ["expected", "before", "name"]) {
                    guard field != "status" else { return }
                    $0["expected"] = .object(expected.merging([field: "calm-01"]) { $1 })
                }
            }
        }
        // What was there before.
        for field in (entry["before"]?.objectValue ?? [:]).keys {
            guard let before = entry["before"]?.objectValue, !(before[field]?.arrayValue != nil) else { continue }
            forge(.before, "before \(field)", naming: ["before"]) {
                $0["before"] = .object(before.merging([field: "calm-01"]) { $1 })
            }
        }
        forge(.before, "something more was there before", naming: ["before"]) {
            $0["before"] = .object((entry["before"]?.objectValue ?? [:]).merging(["colour": "red"]) { $1 })
        }
        return forgeries
    }

    private static func other(_ value: JSONValue) -> JSONValue {
        if let number = value.integerValue { return .integer(number + 1) }
        return value.stringValue.map { .string($0 == "Y" ? "N" : $0 + "x") } ?? .null
    }

    /// The document with a digest that fits.
    package static func sealed(_ plan: [String: JSONValue]) -> JSONValue {
        var plan = plan.filter { $0.key != "digest" }
        plan["digest"] = .string(SHA256.hex(JSONCodec.encode(.object(plan))))
        return .object(plan)
    }

    /// The plan with one entry in place of another.
    package static func replacing(
        _ number: Int, with entry: [String: JSONValue], in plan: [String: JSONValue]
    ) -> [String: JSONValue] {
        var plan = plan
        var count = 0
        plan["steps"] = .array(
            (plan["steps"]?.arrayValue ?? []).map { step in
                guard var members = step.objectValue, let entries = members["entries"]?.arrayValue else { return step }
                members["entries"] = .array(
                    entries.map { old in
                        count += 1
                        return count == number ? .object(entry) : old
                    })
                return .object(members)
            })
        return plan
    }
}
