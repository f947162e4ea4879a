import Clocks
import Foundation
import Gate
import IwinvCatalog
import IwinvWire
import RunStore
import TestSupport
import Testing

/// Two that would carry out one plan, or take back one run: one does.
@Suite struct ClaimTests {
    private func world(_ script: String) async throws -> (iwlua: Iwlua, simulator: SimulatorProcess, script: String) {
        let iwlua = try Iwlua()
        return (iwlua, try await SimulatorProcess(iwlua, "--no-quota"), try iwlua.file("change.lua", script))
    }

    private static let create = """
        local iwinv = require "iwinv"
        local like = iwinv.instances.list { name = "web-01" }[1]
        iwinv.instances.create {
            name = "made-01", zone_id = like.zone.zone_id, flavor_id = like.flavor.flavor_id, image_id = like.image.image_id }
        """
    private static let rename = "require('iwinv').instances.list { name = 'web-01' }[1]:edit { name = 'www-01' }"

    /// How many servers have a name.
    private func count(_ name: String, _ iwlua: Iwlua, _ environment: [String: String]) async throws -> String {
        let look = "return #require('iwinv').instances.list { name = '\(name)' }"
        let elsewhere = ["IWLUA_STATE": iwlua.folder.appendingPathComponent("other").path]
        let result = try await iwlua.run(
            ["run", "-e", look, "--output", "json"], environment: environment.merging(elsewhere) { $1 })
        return "\(try result.json["result"]?.integerValue ?? -1)"
    }

    @Test func `a plan that creates is carried out once, by however many at once`() async throws {
        let (iwlua, simulator, script) = try await world(Self.create)
        let environment = simulator.environment.merging(["IWLUA_BUDGET": "none"]) { $1 }
        let planned = try await iwlua.run(["plan", script, "-o", "make.plan"], environment: environment)
        #expect(planned.status == 0, "\(planned.errors)")
        let codes = try await withThrowingTaskGroup(of: Int32.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    try await iwlua.run(["apply", "make.plan", "--yes"], environment: environment).status
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(codes.sorted() == [0, 3, 3, 3])
        #expect(try await count("made-01", iwlua, environment) == "1")
        let again = try await iwlua.run(["apply", "make.plan", "--yes"], environment: environment)
        #expect(again.status == 3 && again.errors.contains("instances.create made-01"), "\(again.errors)")
        // Also when nothing is left of the run that did it.
        let pruned = try await iwlua.run(["runs", "prune", "--keep-count", "0"], environment: environment)
        #expect(pruned.status == 0, "\(pruned.errors)")
        let later = try await iwlua.run(["apply", "make.plan", "--yes"], environment: environment)
        #expect(later.status == 3 && later.errors.contains("no longer kept"), "\(later.errors)")
        #expect(try await count("made-01", iwlua, environment) == "1")
        _ = try await simulator.stop()
        iwlua.remove()
    }

    @Test func `a plan from the future is not carried out`() async throws {
        let (iwlua, simulator, script) = try await world(Self.rename)
        let planned = try await iwlua.run(["plan", script, "-o", "rename.plan"], environment: simulator.environment)
        #expect(planned.status == 0, "\(planned.errors)")
        let plan = try Plan(json: JSONCodec.decode([UInt8](iwlua.text(of: "rename.plan").utf8)))
        var later = plan
        later.origin.madeAt = plan.origin.madeAt + .seconds(3600)
        _ = try iwlua.file("later.plan", String(decoding: JSONCodec.encode(later.json), as: UTF8.self), mode: 0o600)
        let applied = try await iwlua.run(["apply", "later.plan", "--yes"], environment: simulator.environment)
        #expect(applied.status == 3 && applied.errors.contains("from now"), "\(applied.errors)")
        _ = try await simulator.stop()
        iwlua.remove()
    }

    @Test(.debugProgram)
    func `an interrupted run is taken back only as far as somebody wants, and does not go on then`()
        async throws
    {
        let (iwlua, simulator, script) = try await world(
            """
            -- ==Script==
            -- @needs instances:edit
            -- ==/Script==
            local list = require("iwinv").instances.list { name = "web-" }
            for _, vm in ipairs(list) do vm:edit { name = "www" .. vm.name:sub(4) } end
            """)
        let environment = simulator.environment.merging(["IWLUA_BUDGET": "none"]) { $1 }
        let cut = try await iwlua.run(
            ["run", script, "--allow", "instances:edit", "--yes"],
            environment: environment.merging(["IWLUA_FAIL_AT": "before-sending#3"]) { $1 })
        #expect(cut.status == SIGKILL, "\(cut.errors)")
        let asked = try await iwlua.run(["undo", "last", "--yes"], environment: environment)
        #expect(asked.status == 3 && asked.errors.contains("--partial"), "\(asked.errors)")
        let korean = try await iwlua.run(["undo", "last", "--yes", "--lang", "ko"], environment: environment)
        #expect(korean.status == 3 && korean.errors.contains("중단되어"), "\(korean.errors)")
        #expect(try await count("www-", iwlua, environment) == "2")
        let undone = try await iwlua.run(["undo", "last", "--yes", "--partial"], environment: environment)
        #expect(undone.status == 0, "\(undone.errors)")
        #expect(try await count("www-", iwlua, environment) == "0")
        let first = String(try #require(asked.errors.firstMatch(of: #/run (r\w+) was interrupted/#)).1)
        let resumed = try await iwlua.run(["resume", first, "--yes"], environment: environment)
        #expect(resumed.status == 3 && resumed.errors.contains("takes back what"), "\(resumed.errors)")
        #expect(try await count("www-", iwlua, environment) == "0")
        _ = try await simulator.stop()
        iwlua.remove()
    }
}
