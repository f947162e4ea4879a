import Foundation
import Testing

/// What a person at a terminal sees. The pseudo-terminal is that of `script`, from util-linux.
@Suite struct TerminalTests {
    let rename = Iwlua.automation("bulk-rename.lua")

    @Test func `asks for the grant and for the plan, and shows progress`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let result = try await iwlua.runOnTerminal(
            ["run", rename, "--simulate", "--param", "from=web-", "--param", "to=www-"], input: "y\ny\n")
        #expect(result.status == 0, "\(result.output)")
        #expect(result.output.contains("bulk-rename.lua asks for instances:edit. Allow?"))
        #expect(result.output.contains("web-01 → www-01"))
        #expect(result.output.contains("Let bulk-rename.lua make these changes?"))
        #expect(result.output.contains("12/12"))
        #expect(result.output.contains("requests left"))
        #expect(result.output.contains("12 servers renamed"))
    }

    @Test func `a no changes nothing`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let result = try await iwlua.runOnTerminal(
            ["run", rename, "--simulate", "--param", "from=web-", "--param", "to=www-", "--lang", "ko"],
            input: "예\n아니요\n")
        #expect(result.status == 3, "\(result.output)")
        #expect(result.output.contains("변경된 것이 없습니다"))
    }

    @Test func `a change that was not in the plan asks again`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let script = try iwlua.file(
            "birth.lua",
            """
            -- ==Script==
            -- @name birth
            -- @needs instances:create instances:edit
            -- ==/Script==
            local iwinv = require "iwinv"
            local like = iwinv.instances.list { name = "web-01" }[1]
            local vm = iwinv.instances.create {
                zone_id = like.zone.zone_id, image_id = like.image.image_id, flavor_id = like.flavor.flavor_id,
                name = "fresh-01" }
            iwinv.instances.wait(vm.instance_id, "active", "10m")
            iwinv.instances.edit(vm.instance_id, { name = "fresh-02" })
            -- A plan does not know what the cloud will call it.
            iwinv.instances.edit(vm.instance_id, { description = "born as " .. vm.instance_id })
            """)
        let result = try await iwlua.runOnTerminal(
            ["run", script, "--simulate", "--allow", "instances:create instances:edit"], input: "y\nn\n")
        #expect(result.status == 3, "\(result.output)")
        #expect(result.output.contains("Let birth.lua make these changes?"))
        #expect(result.output.contains("not in the plan: instances.edit  fresh-02  null → born as INSTANCE-"))
        #expect(result.output.contains("the change is not in the plan that was approved"))
    }

    @Test func `help is worth reading`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let help = try await iwlua.run("--help")
        #expect(help.status == 0)
        for command in ["run", "simulate", "profile"] { #expect(help.output.contains("  \(command) ")) }
        #expect(help.output.contains("Exit codes"))
        let run = try await iwlua.run("run", "--help")
        #expect(run.output.contains("--allow"))
        #expect(run.output.contains("instances:edit"))
    }
}
