import Foundation
import IwinvCatalog
import Testing

/// Plans as a person makes and carries them out.
@Suite struct PlanCommandTests {
    private let rename = Iwlua.automation("bulk-rename.lua")
    private let names = ["--param", "from=web-", "--param", "to=www-"]

    @Test func `shows what would change, and changes nothing`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let result = try await iwlua.run(["plan", rename, "--simulate"] + names)
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output.contains("web-01 → www-01"))
        #expect(result.output.contains("12 changes in"))
        #expect(result.output.contains("needs: --allow instances:edit"))
        // What the script says of itself is not true yet.
        #expect(!result.output.contains("12 servers renamed"))
        #expect(result.errors.contains("planned │ 12 servers renamed"), "\(result.errors)")
        let korean = try await iwlua.run(["plan", rename, "--simulate", "--lang", "ko"] + names)
        #expect(korean.output.contains("변경 12건"))
        let nothing = try await iwlua.run("plan", Iwlua.automation("inventory.lua"), "--simulate")
        #expect(nothing.status == 0)
        #expect(nothing.output == "no changes\n")
    }

    @Test func `a saved plan is carried out, but not twice, not edited and not elsewhere`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let simulator = try await SimulatorProcess(iwlua)
        let environment = simulator.environment
        let planned = try await iwlua.run(
            ["plan", rename, "-o", "rename.plan", "--output", "json"] + names, environment: environment)
        #expect(planned.status == 0, "\(planned.errors)")
        #expect(try planned.json["format"] == 1)
        let asked = try await iwlua.run("apply", "rename.plan", environment: environment)
        #expect(asked.status == 3)
        #expect(asked.errors.contains("--yes"))
        let old = try await iwlua.run("apply", "rename.plan", "--yes", "--max-age", "0s", environment: environment)
        #expect(old.status == 3, "\(old.errors)")
        #expect(old.errors.contains("--max-age"))
        let elsewhere = try await iwlua.run("apply", "rename.plan", "--yes", "--simulate")
        #expect(elsewhere.status == 2)
        #expect(elsewhere.errors.contains("not for simulator"))
        let text = try iwlua.text(of: "rename.plan")
        _ = try iwlua.file("edited.plan", text.replacing("www-03", with: "own-03"))
        let edited = try await iwlua.run("apply", "edited.plan", "--yes", environment: environment)
        #expect(edited.status == 2)
        #expect(edited.errors.contains("its digest does not fit"))

        let applied = try await iwlua.run(
            "apply", "rename.plan", "--yes", "--output", "json", environment: environment)
        #expect(applied.status == 0, "\(applied.errors)")
        #expect(try applied.json["changes"]?.arrayValue?.count == 12)
        #expect(try applied.json["result"] == ["made": 12, "planned": 12])
        let again = try await iwlua.run("apply", "rename.plan", "--yes", environment: environment)
        #expect(again.status == 3)
        #expect(again.errors.contains("not as planned, so it was left alone"))
        #expect(again.errors.contains("`name` is “www-0"))
        _ = try await simulator.stop()
    }

    @Test func `what a plan has created is not created by it again`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let simulator = try await SimulatorProcess(iwlua)
        let environment = simulator.environment
        let script = try iwlua.file(
            "create.lua",
            """
            local iwinv = require "iwinv"
            local like = iwinv.instances.list { name = "web-01" }[1]
            iwinv.instances.create {
                name = "made-01", zone_id = like.zone.zone_id, flavor_id = like.flavor.flavor_id,
                image_id = like.image.image_id }
            """)
        let planned = try await iwlua.run("plan", script, "-o", "create.plan", environment: environment)
        #expect(planned.status == 0, "\(planned.errors)")
        let applied = try await iwlua.run("apply", "create.plan", "--yes", environment: environment)
        #expect(applied.status == 0, "\(applied.errors)")
        let again = try await iwlua.run("apply", "create.plan", "--yes", environment: environment)
        #expect(again.status == 3)
        #expect(again.errors.contains("instances.create made-01 would be made a second time"), "\(again.errors)")
        // The calls are told by the script that was planned.
        let shown = try await iwlua.run("runs", "show", "last", environment: environment)
        #expect(shown.output.contains("create.lua:3"), "\(shown.output)")
        _ = try await simulator.stop()
    }

    @Test func `undo takes a run back, and the second time there is nothing to do`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let simulator = try await SimulatorProcess(iwlua)
        let environment = simulator.environment.merging(["IWLUA_BUDGET": "none"]) { $1 }
        let run = try await iwlua.run(
            ["run", rename, "--allow", "instances:edit", "--yes", "--output", "json"] + names,
            environment: environment)
        #expect(run.status == 0, "\(run.errors)")
        let id = try #require(try run.json["run"]?.stringValue)
        let saved = try await iwlua.run("undo", id, "-o", "undo.plan", environment: environment)
        #expect(saved.status == 0, "\(saved.errors)")
        #expect(saved.errors.contains("www-01 → web-01"))
        let asked = try await iwlua.run("undo", id, environment: environment)
        #expect(asked.status == 3)
        let undone = try await iwlua.run("undo", id, "--yes", "--output", "json", environment: environment)
        #expect(undone.status == 0, "\(undone.errors)")
        #expect(try undone.json["changes"]?.arrayValue?.count == 12)
        let history = try await iwlua.run("runs", "show", "last", environment: environment)
        #expect(history.output.contains("undo"))
        #expect(history.output.contains(id))
        let korean = try await iwlua.run("undo", id, "--yes", "--lang", "ko", environment: environment)
        #expect(korean.errors.contains("그대로 둠: ") && korean.errors.contains("이미 이전 상태입니다"))
        let again = try await iwlua.run("undo", id, "--yes", environment: environment)
        #expect(again.status == 0, "\(again.errors)")
        #expect(again.errors.contains("nothing to do"))
        #expect(again.errors.contains("it is as before already"))
        // The last run that was no undo itself: said once more, it does not rename again.
        let last = try await iwlua.run("undo", "last", "--yes", environment: environment)
        #expect(last.status == 0 && last.errors.contains("nothing to do"), "\(last.errors)")
        // What was saved before fits no longer.
        let stale = try await iwlua.run("apply", "undo.plan", "--yes", environment: environment)
        #expect(stale.status == 3, "\(stale.errors)")
        _ = try await simulator.stop()
    }

    @Test func `a script that fails in its plan ends as it would in a run`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let script = try iwlua.file(
            "half.lua",
            "require('iwinv').instances.list { name = 'web-01' }[1]:edit { name = 'once' } fail('enough')")
        let result = try await iwlua.run("plan", script, "--simulate", "-o", "half.plan")
        #expect(result.status == 1)
        #expect(result.output.contains("web-01 → once"))
        #expect(result.errors.contains("enough"))
        #expect(result.errors.contains("nothing was changed"))
        #expect(!FileManager.default.fileExists(atPath: iwlua.folder.appendingPathComponent("half.plan").path))
    }
}
