import LuaRuntime
import ScriptTools
import Testing

@Suite struct TestRunnerTests {
    @Test func `each test has a cloud and variables of its own`() async throws {
        let report = try await Scratch.run(
            """
            count = 0
            before_each(function() count = count + 1 cloud.add { servers = { { name = "web-1" } } } end)
            it("first", function() expect(count):equals(1) expect(cloud.instances()):has_length(1) end)
            it("second", function() expect(count):equals(1) expect(cloud.instances()):has_length(1) end)
            """)
        #expect(report.count(.passed) == 2)
        #expect(report.hasPassed)
    }

    @Test func `hooks run from the outside to the inside, also those that stand below the test`() async throws {
        let report = try await Scratch.run(
            """
            local order = {}
            before_each(function() order[#order + 1] = "file" end)
            describe("a", function()
                describe("b", function()
                    it("runs", function() expect(order):equals { "file", "a", "b" } end)
                    before_each(function() order[#order + 1] = "b" end)
                end)
                before_each(function() order[#order + 1] = "a" end)
            end)
            """)
        #expect(report.files.first?.tests.map(\.name) == ["a › b › runs"])
        #expect(report.hasPassed, "\(report.failure?.message ?? "")")
    }

    @Test func `hooks after a test run from the inside to the outside, also where it failed, and may wait and fail`()
        async throws
    {
        let report = try await Scratch.run(
            """
            local order = {}
            after_each(function()
                time.sleep("1m")
                order[#order + 1] = "file"
                expect(order):equals { "inner, later", "inner", "file" }
            end)
            describe("inner", function()
                after_each(function() order[#order + 1] = "inner" end)
                after_each(function() order[#order + 1] = "inner, later" end)
                it("passes", function() end)
                it("fails", function() print("ran") expect(1):equals(2) end)
            end)
            it("is failed by a hook", function() end)
            """)
        let tests = try #require(report.files.first?.tests)
        #expect(tests.map(\.outcome) == [.passed, .failed, .failed], "\(tests)")
        #expect(tests[1].failure?.message == "expected 2, got 1")
        #expect(tests[2].failure?.message.contains("inner, later") == true)
    }

    @Test func `results keep the order of the file whatever takes long`() async throws {
        let report = try await Scratch.run(
            """
            for i = 1, 12 do
                it("test " .. i, function() for _ = 1, (12 - i) * 100000 do end end)
            end
            """
        ) { $0.jobs = 4 }
        #expect(report.files.first?.tests.map(\.name) == (1...12).map { "test \($0)" })
    }

    @Test func `time is virtual, and a script's sleep passes while its test waits`() async throws {
        let began = ContinuousClock.now
        let report = try await Scratch.run(
            """
            it("sleeps a day", function()
                local began = time.now()
                local run = script.run("script.lua")
                expect(run.result):equals(86400)
                cloud.advance("1h")
                expect(time.now() - began):equals(90000)
            end)
            """, script: "local b = time.now() time.sleep('24h') return time.now() - b")
        #expect(report.hasPassed, "\(report.failure?.message ?? "")")
        #expect(ContinuousClock.now - began < .seconds(3600))
    }

    @Test func `a run comes back with its ending, output, log, changes and calls`() async throws {
        let report = try await Scratch.run(
            """
            it("renames", function()
                cloud.add { servers = { { name = "web-%d", count = 2 } } }
                local run = script.run("script.lua", { params = { to = "blue" }, allow = "instances:edit" })
                expect(run.ended):equals("done")
                expect(run.exit_code):equals(0)
                expect(run.output):equals("one\\ntwo")
                expect(run.log):equals { { level = "warn", message = "careful", fields = { n = 1 } } }
                expect(run.result):equals { ok = true }
                expect(run.changes):has_length(1):contains { operation = "instances.edit", outcome = "confirmed" }
                expect(cloud.instances()[1]):contains { name = "blue-1" }
                expect(cloud.calls("instances.edit")[1].arguments):contains { name = "blue-1" }
                expect(cloud.calls("instances.reboot")):equals {}
            end)
            """,
            script: """
                -- ==Script==
                -- @param to string
                -- @needs instances:edit
                -- ==/Script==
                local iwinv = require "iwinv"
                print("one") print("two")
                log.warn("careful", { n = 1 })
                iwinv.instances.list()[1]:edit { name = params.to .. "-1" }
                return { ok = true }
                """)
        #expect(report.hasPassed, "\(report.failure?.message ?? "")")
    }

    @Test func `a script gets what the test grants, and nothing else`() async throws {
        let script = """
            -- ==Script==
            -- @needs instances:power
            -- ==/Script==
            require("iwinv").instances.list()[1]:reboot()
            """
        let report = try await Scratch.run(
            """
            before_each(function() cloud.add { servers = { { name = "web-1" } } } end)
            it("is denied", function()
                local run = script.run("script.lua")
                expect(run.ended):equals("denied")
                expect(run.exit_code):equals(3)
                expect(cloud.calls()):equals {}
            end)
            it("is limited", function()
                local run = script.run("script.lua", { allow = { "instances:power" }, max_changes = 0 })
                expect(run.ended):equals("denied")
            end)
            it("is protected", function()
                local run = script.run("script.lua", { allow = "instances:power", protect = "web-*" })
                expect(run.ended):equals("denied")
            end)
            it("is allowed", function()
                expect(script.run("script.lua", { allow = "instances:power" }).ended):equals("done")
            end)
            """, script: script)
        #expect(report.count(.passed) == 4, "\(report.failure?.message ?? "")")
    }

    @Test func `faults are those of the simulator, in force from then on`() async throws {
        let report = try await Scratch.run(
            """
            it("is told no", function()
                cloud.fault "instances.list: check-ip"
                expect(script.run("script.lua").ended):equals("refused")
                cloud.no_faults()
                expect(script.run("script.lua").ended):equals("done")
            end)
            """, script: "return #require('iwinv').instances.list()")
        #expect(report.hasPassed, "\(report.failure?.message ?? "")")
    }

    @Test func `an endless test is ended, and says so`() async throws {
        let report = try await Scratch.run("it('loops', function() while true do end end)") {
            $0.limits.cpu = .milliseconds(200)
        }
        #expect(report.failure?.message.contains("processor time") == true)
        #expect(report.failure?.line == 1)
    }

    @Test func `a test that waits too long in real time is ended`() async throws {
        let report = try await Scratch.run("it('loops', function() while true do end end)") {
            $0.timeout = .milliseconds(300)
        }
        #expect(report.failure?.message.contains("--timeout") == true)
    }

    @Test func `only tests with a text in their name are run`() async throws {
        let text = "describe('a', function() it('one', function() end) it('two', function() error('x') end) end)"
        #expect(try await Scratch.run(text) { $0.filter = "a › one" }.total == 1)
        #expect(try await Scratch.run(text) { $0.filter = "three" }.total == 0)
    }

    @Test func `a test without a function is one to be written`() async throws {
        let report = try await Scratch.run("it('later')")
        #expect(report.count(.skipped) == 1)
        #expect(report.hasPassed)
    }

    @Test func `one seed gives one cloud`() async throws {
        let text = "it('x', function() cloud.demo() print(cloud.instances()[1].instance_id, math.random(1 << 30)) end)"
        func output(_ seed: UInt64) async throws -> [String]? {
            try await Scratch.run(text) { $0.seed = seed }.files.first?.tests.first?.output
        }
        let first = try await output(7)
        #expect(first?.count == 1)
        #expect(try await output(7) == first)
        #expect(try await output(8) != first)
    }
}
