import Foundation
import IwinvCatalog
import Testing

/// Shipped scripts against a cloud that says yes and does something else.
@Suite struct MisbehavingCloudTests {
    @Test(arguments: ["edit-ignored", "edit-encoded"])
    func `a bulk rename that is not made stops at its canary`(_ fault: String) async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let result = try await iwlua.run(
            "run", Iwlua.automation("bulk-rename.lua"), "--simulate", "--fault", "instances.edit: \(fault)", "--param",
            "from=web-", "--param", "to=웹 ", "--allow", "instances:edit", "--yes", "--canary", "3", "--pause", "1s",
            "--stop-after-failures", "1", "--output", "json")
        #expect(result.status == 4, "\(result.errors)")
        let document = try result.json
        let changes = try #require(document["changes"]?.arrayValue).filter { $0["outcome"] != "not-sent" }
        #expect((1...3).contains(changes.count))
        for change in changes {
            let (wanted, after) = (change["wanted"]?["name"]?.stringValue, change["after"]?["name"]?.stringValue)
            #expect(change["outcome"] == "refused" && wanted?.hasPrefix("웹 ") == true)
            #expect(after?.hasPrefix(fault == "edit-ignored" ? "web-" : "%EC%9B%B9%20") == true)
        }
        let message = try #require(document["error"]?["message"]?.stringValue)
        #expect(
            message.contains("웹 ") && message.contains(fault == "edit-ignored" ? "web-" : "%EC%9B%B9%20"), "\(message)")
    }

    @Test func `what a cloud has kept in another way is taken back`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let simulator = try await SimulatorProcess(iwlua, "--fault", "instances.edit: once edit-encoded")
        let run = try await iwlua.run(
            [
                "run", "-e",
                #"local iwinv = require "iwinv" local vm = iwinv.instances.list{name = "web-01"}[1] vm:edit{name = "웹-01"}"#,
                "--allow",
                "instances:edit", "--yes",
            ], environment: simulator.environment)
        #expect(run.status == 4 && run.errors.contains("percent-encoded"), "\(run.errors)")
        let undo = try await iwlua.run(["undo", "last", "--yes"], environment: simulator.environment)
        #expect(undo.status == 0, "\(undo.errors)")
        let names = try await iwlua.run(
            ["run", "-e", #"for vm in require("iwinv").instances.each{} do print(vm.name) end"#],
            environment: simulator.environment)
        #expect(names.output.contains("web-01\n") && !names.output.contains("%EC"), "\(names.output)")
        _ = try await simulator.stop()
    }
}
