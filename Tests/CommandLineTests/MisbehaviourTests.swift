import Foundation
import IwinvCatalog
import Testing

/// What a script sees of a cloud that misbehaves, by the simulator's kinds of faults.
@Suite struct MisbehaviourTests {
    /// Runs a script in a simulated account of 130 servers and 12 volumes.
    private func run(_ lua: String, fault: String, _ arguments: String...) async throws -> Iwlua.Result {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let volumes = (1...12).map { "{\"name\": \"data-\($0)\", \"size\": 10}" }.joined(separator: ", ")
        let fleet = try iwlua.file(
            "fleet.json", "{\"servers\": [{\"name\": \"web-%03d\", \"count\": 130}], \"volumes\": [\(volumes)]}")
        let script = try iwlua.file("script.lua", lua)
        return try await iwlua.run(
            ["run", script, "--simulate=\(fleet)", "--fault", fault, "--output", "json"] + arguments)
    }

    @Test(arguments: [
        "instances.list: capped-page(10)", "instances.list: capped-page(50)", "instances.list: echoed-size(50)",
        "instances.list: said-size(50)", "instances.list: short-page", "storage.list: said-size(10)",
        "*: said-size(100)",
    ])
    func `a list is whole, whatever pages it comes in`(_ fault: String) async throws {
        let result = try await run(
            """
            local iwinv, names = require "iwinv", {}
            for vm in iwinv.instances.each() do names[vm.instance_id] = true end
            local servers, streamed = 0, 0
            for _ in pairs(names) do servers = servers + 1 end
            for vm in iwinv.instances.each { stream = true } do streamed = streamed + 1 end
            return { servers = servers, streamed = streamed, volumes = #iwinv.storage.list() }
            """, fault: fault)
        #expect(result.status == 0, "\(result.errors)")
        let streamed: JSONValue = 130
        #expect(try result.json["result"] == ["servers": 130, "streamed": streamed, "volumes": 12])
    }

    @Test(arguments: [
        ("count-wrong", "says that it has"), ("total-wrong", "has 131 rows"), ("total-wrong(-80)", "has 50 rows"),
        ("null-result", "without rows"), ("after 1 null-result", "without rows"), ("odd-rows", "null among the rows"),
    ])
    func `a list that cannot be whole is an error of the network, not of Lua`(_ kind: String, _ words: String)
        async throws
    {
        let result = try await run(
            "for vm in require('iwinv').instances.each() do print(vm.name) end", fault: "instances.list: \(kind)")
        #expect(result.status == 4, "\(result.errors)")
        let error = try result.json["error"]
        #expect(
            error?["kind"] == "network" && error?["message"]?.stringValue?.contains(words) ?? false, "\(result.output)")
        #expect(result.errors.isEmpty || !result.errors.contains("web-001"))
    }

    @Test func `a list that refuses large pages is read in small ones`() async throws {
        let result = try await run(
            """
            local iwinv, count = require "iwinv", 0
            for vm in iwinv.instances.each { stream = true } do count = count + 1 end
            return count + #iwinv.instances.list()
            """, fault: "instances.list: once refuse(CHECK_PARAM)")
        #expect(result.status == 0, "\(result.errors)")
        #expect(try result.json["result"] == 260)
    }

    @Test(arguments: [
        ("wrong-row", "answered about"), ("two-rows", "answered about"), ("null-result", "without a row"),
        ("odd-rows", "null among the rows"),
    ])
    func `a read of one server is not answered with another`(_ kind: String, _ words: String) async throws {
        let result = try await run(
            "local iwinv = require 'iwinv' return iwinv.instances.get(iwinv.instances.list()[1].instance_id).name",
            fault: "instances.get: \(kind)")
        #expect(result.status == 4, "\(result.errors)")
        let error = try result.json["error"]
        #expect(
            error?["kind"] == "network" && error?["message"]?.stringValue?.contains(words) ?? false, "\(result.output)")
    }

    @Test func `an integer beyond 64 bits refuses the row`() async throws {
        let result = try await run(
            """
            local iwinv = require "iwinv"
            local group = iwinv.firewall.create { title = "front", content = "the front" }
            iwinv.firewall.rules.add(group.firewall_id, { bound = "IN", protocol = "TCP", port = "80", ip = "0.0.0.0/0", title = "web" })
            return iwinv.firewall.rules.list(group.firewall_id)[1].rule_id
            """, fault: "firewall.rules.list: huge-integer", "--allow", "firewall:create", "--allow", "firewall:edit",
            "--yes")
        #expect(result.status == 4, "\(result.errors)")
        let message = try result.json["error"]?["message"]?.stringValue ?? ""
        #expect(message.contains("`rule_id` is an integer of more than 64 bits"), "\(result.output)")
    }

    @Test(arguments: ["wrong-row", "two-rows", "odd-rows", "lost-504", "late-504(2s)"])
    func `an edit whose answer proves nothing is looked at`(_ kind: String) async throws {
        let result = try await run(
            """
            local iwinv = require "iwinv"
            iwinv.instances.edit(iwinv.instances.list { name = "web-001" }[1].instance_id, { name = "www-001" })
            """, fault: "instances.edit: \(kind)", "--allow", "instances:edit", "--yes")
        #expect(result.status == 0, "\(result.output)")
        let change = try #require(try result.json["changes"]?.arrayValue?.first)
        #expect(change["outcome"] == "confirmed" && change["settled_by"] == "instances.get")
        #expect(change["after"]?["name"] == "www-001")
    }

    @Test(arguments: [("edit-ignored", "web-001"), ("edit-encoded", "%EC%9B%B9%20%EC%84%9C%EB%B2%84")])
    func `an edit that was acknowledged and not made is refused`(_ kind: String, _ name: String) async throws {
        let result = try await run(
            """
            local iwinv = require "iwinv"
            local id = iwinv.instances.list { name = "web-001" }[1].instance_id
            local ok, problem = pcall(iwinv.instances.edit, id, { name = "웹 서버" })
            print(iwinv.instances.get(id).name)
            error(problem)
            """, fault: "instances.edit: \(kind)", "--allow", "instances:edit", "--yes")
        #expect(result.status == 4, "\(result.output)")
        #expect(try result.json["changes"]?.arrayValue?.first?["outcome"] == "refused")
        let message = try result.json["error"]?["message"]?.stringValue ?? ""
        #expect(message.contains(name) && message.contains("웹 서버"), "\(message)")
        #expect(result.errors.hasPrefix("\(name)\n"), "\(result.errors)")
    }

    @Test func `a creation that does not say what it made is looked for`() async throws {
        let result = try await run(
            """
            local iwinv = require "iwinv"
            local old = iwinv.instances.list()[1]
            iwinv.instances.create {
                name = "new-one", zone_id = old.zone.zone_id, flavor_id = old.flavor.flavor_id,
                image_id = old.image.image_id,
            }
            """, fault: "instances.create: no-row", "--allow", "instances:create", "--yes")
        #expect(result.status == 0, "\(result.output)")
        let change = try #require(try result.json["changes"]?.arrayValue?.first)
        #expect(change["outcome"] == "confirmed" && change["settled_by"] == "instances.list", "\(result.output)")
    }

    @Test func `the list of kinds is in the help and in the reference`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let help = try await iwlua.run("simulate", "--help").output
        let english = try await iwlua.run("doc", "faults").output
        let korean = try await iwlua.run("doc", "faults", "--lang", "ko").output
        for word in ["edit-ignored", "capped-page(50)", "late-change(5s)", "refuse(LIMIT_EXCEEDED)", "429(7s)"] {
            #expect(help.contains(word) && english.contains(word) && korean.contains(word), "\(word)")
        }
        let wrong = try await iwlua.run("run", "-e", "", "--simulate", "--fault", "*: edit-ignore")
        #expect(wrong.status == 2 && wrong.errors.contains("did you mean `edit-ignored`?"))
    }
}
