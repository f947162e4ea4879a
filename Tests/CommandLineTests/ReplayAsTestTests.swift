import Foundation
import IwinvCatalog
import Testing

/// `iwlua replay --as-test`: yesterday's run as a test.
@Suite struct ReplayAsTestTests {
    private static let source = """
        -- ==Script==
        -- @needs instances:read instances:edit
        -- ==/Script==
        local iwinv = require "iwinv"
        local done = 0
        for vm in iwinv.instances.each { name = "web-" } do
            if done == 3 then fail("three is enough") end
            vm:edit { name = "www-" .. vm.name }
            done = done + 1
        end

        """

    /// Runs the script against a simulator of its own, which is gone when this returns.
    private func record(_ iwlua: Iwlua, _ source: String, _ more: String...) async throws -> (
        Iwlua.Result, environment: [String: String]
    ) {
        let script = try iwlua.file("rename.lua", source)
        let simulator = try await SimulatorProcess(iwlua)
        let run = try await iwlua.run(
            ["run", script, "--allow", "instances:edit", "--yes", "--output", "json"] + more,
            environment: simulator.environment)
        _ = try await simulator.stop()
        return (run, simulator.environment)
    }

    @Test func `the test passes at once, and fails when the script's calls differ`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let (run, environment) = try await record(iwlua, Self.source)
        #expect(run.status == 1, "\(run.errors)")
        let written = try await iwlua.run("replay", "last", "--as-test", "incident_test.lua")
        #expect(written.status == 0, "\(written.errors)")
        let text = try iwlua.text(of: "incident_test.lua")
        #expect(text.contains("expect(run.ended):equals(\"failed\")"))
        #expect(text.contains("expect(run.error.message):equals(\"three is enough\")"))
        #expect(text.contains("expect(run.changes):has_length(3)"))
        #expect(!text.contains(environment["IWLUA_ENDPOINT"] ?? "?"))
        #expect(!text.contains("simulated-access-key"))

        // Neither the journal nor a cloud is there any more.
        try FileManager.default.removeItem(at: iwlua.folder.appendingPathComponent(".local"))
        let passed = try await iwlua.run("test", "incident_test.lua")
        #expect(passed.status == 0, "\(passed.output)")

        _ = try iwlua.file("rename.lua", Self.source.replacing("\"www-\"", with: "\"wwx-\""))
        let failed = try await iwlua.run("test", "incident_test.lua")
        #expect(failed.status == 1)
        #expect(failed.output.contains("and it was `instances.edit"), "\(failed.output)")

        // The other errors are told as those of the script.
        _ = try iwlua.file("rename.lua", Self.source.replacing("three is enough", with: "enough"))
        let other = try await iwlua.run("test", "incident_test.lua")
        #expect(other.status == 1)
        #expect(other.output.contains("expected \"three is enough\", got \"enough\""), "\(other.output)")
    }

    @Test func `a mended script passes once the test says what shall come of it`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        _ = try await record(iwlua, Self.source)
        _ = try await iwlua.run("replay", "last", "--as-test", "incident_test.lua")
        _ = try iwlua.file("rename.lua", Self.source.replacing("fail(\"three is enough\")", with: "break"))
        let before = try await iwlua.run("test", "incident_test.lua")
        #expect(before.status == 1)
        let kept = try iwlua.text(of: "incident_test.lua").split(separator: "\n", omittingEmptySubsequences: false)
            .filter { !$0.contains("run.error.message") }.joined(separator: "\n")
            .replacing("expect(run.ended):equals(\"failed\")", with: "expect(run.ended):equals(\"done\")")
        _ = try iwlua.file("incident_test.lua", kept)
        let after = try await iwlua.run("test", "incident_test.lua")
        #expect(after.status == 0, "\(after.output)")
    }

    @Test func `random numbers, times and failures of the cloud are as they were`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let source = """
            local iwinv = require "iwinv"
            local ok, problem = pcall(iwinv.instances.get, "INSTANCE-none")
            return { ok = ok, code = problem.error_code, dice = math.random(1 << 40), now = time.now() }
            """
        let (run, _) = try await record(iwlua, source)
        #expect(run.status == 0, "\(run.errors)")
        _ = try await iwlua.run("replay", "last", "--as-test", "again_test.lua")
        #expect(try iwlua.text(of: "again_test.lua").contains("dice = "))
        let tested = try await iwlua.run("test", "again_test.lua")
        #expect(tested.status == 0, "\(tested.output)")
    }

    @Test func `a secret is not in the test, and a longer recording than a script is no matter`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let source = """
            local iwinv = require "iwinv"
            local count = 0
            for _ = 1, 4 do
                for vm in iwinv.instances.each { fields = { "name", "ip", "zone", "flavor", "image", "default_account" } } do
                    if vm.default_account then count = count + 1 end
                end
            end
            return count
            """
        let (run, _) = try await record(iwlua, source, "--allow", "secret")
        #expect(run.status == 0, "\(run.errors)")
        _ = try await iwlua.run("replay", "last", "--as-test", "long_test.lua")
        let text = try iwlua.text(of: "long_test.lua")
        #expect(text.utf8.count > 64 * 1024)
        #expect(text.contains("$secret"))
        #expect(!text.contains("\"password\":\""))
        let tested = try await iwlua.run("test", "long_test.lua")
        #expect(tested.status == 0, "\(tested.output)")
    }

    @Test func `what is there is not written over, and a script that is not there is asked for`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        _ = try await record(iwlua, Self.source)
        _ = try iwlua.file("mine_test.lua", "-- mine")
        let refused = try await iwlua.run("replay", "last", "--as-test", "mine_test.lua")
        #expect(refused.status == 2)
        #expect(try iwlua.text(of: "mine_test.lua") == "-- mine")
        try FileManager.default.moveItem(
            at: iwlua.folder.appendingPathComponent("rename.lua"), to: iwlua.folder.appendingPathComponent("moved.lua"))
        let lost = try await iwlua.run("replay", "last", "--as-test", "a_test.lua")
        #expect(lost.status == 2)
        #expect(lost.errors.contains("say where rename.lua is"))
        let found = try await iwlua.run("replay", "last", "moved.lua", "--as-test", "tests/a_test.lua")
        #expect(found.status == 0, "\(found.errors)")
        #expect(try iwlua.text(of: "tests/a_test.lua").contains("\"../moved.lua\""))
        #expect(try await iwlua.run("test", "tests").status == 0)
    }
}
