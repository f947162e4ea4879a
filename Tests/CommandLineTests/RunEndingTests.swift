import Foundation
import IwinvCatalog
import Testing

/// How runs end: exit codes, JSON, and what a person reads.
@Suite struct RunEndingTests {
    private func run(_ lua: String, _ arguments: String...) async throws -> Iwlua.Result {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let script = try iwlua.file("script.lua", lua)
        return try await iwlua.run(["run", script, "--simulate", "--output", "json"] + arguments)
    }

    @Test func `done`() async throws {
        let result = try await run("print('hello', 1, nil) return { n = 9007199254740993, list = { 1, 2 } }")
        #expect(result.status == 0)
        let document = try result.json
        #expect(document["ended"] == "done")
        #expect(document["limit"] == .null)
        #expect(document["result"] == ["n": 9_007_199_254_740_993, "list": [1, 2]])
        #expect(document["run"]?.stringValue?.hasPrefix("r") == true)
        #expect(result.errors == "hello\t1\tnil\n")
    }

    @Test func `failed by an error, with line, excerpt and callers`() async throws {
        let result = try await run(
            """
            local function inner(vm)
                return vm.name .. nil
            end
            local function outer() inner({ name = "x" }) end
            outer()
            """)
        #expect(result.status == 1)
        #expect(try result.json["ended"] == "failed")
        #expect(try result.json["error"]?["line"] == 2)
        #expect(result.errors.contains("script.lua:2: attempt to concatenate a nil value"))
        #expect(result.errors.contains(">    2 │     return vm.name .. nil"))
        #expect(result.errors.contains("script.lua:4"))
        #expect(result.errors.contains("nothing was changed"))
    }

    @Test func `failed by fail, and by an error that is a table`() async throws {
        let failed = try await run("fail('no servers today')")
        #expect(failed.status == 1)
        #expect(try failed.json["error"]?["message"] == "no servers today")
        let table = try await run("error({ kind = 'mine', message = 'custom', code = 7 })")
        #expect(table.status == 1)
        #expect(try table.json["error"]?["message"] == "custom")
    }

    @Test func `a syntax error names its line and is a usage error`() async throws {
        let result = try await run("local x = 1\nlocal = 2\n")
        #expect(result.status == 2)
        #expect(result.errors.contains("script.lua:2:"))
    }

    @Test func `a header that is wrong, a script that is not there, an option that does not exist`() async throws {
        let header = try await run("-- ==Script==\n-- @needs instances:edti\n-- ==/Script==\n")
        #expect(header.status == 2)
        #expect(header.errors.contains("line 2"))
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let missing = try await iwlua.run("run", "nowhere.lua", "--simulate")
        #expect(missing.status == 2)
        #expect(missing.errors.contains("nowhere.lua: cannot be read: there is no such file"))
        let option = try await iwlua.run("run", "--frobnicate")
        #expect(option.status == 2)
        let clock = try await iwlua.run("run", "nowhere.lua", "--now", "2026-03-01T00:00:00Z")
        #expect(clock.status == 2)
        #expect(clock.errors.contains("--now goes with --simulate only"))
    }

    @Test func `killed by processor time, memory, wall time, output and calls`() async throws {
        // Half a second and more of work: with the ten seconds that it has by itself it would be done.
        let given = try await run("for i = 1, 2e8 do end", "--cpu", "200ms")
        #expect(given.status == 6)
        let cpu = try await run("while true do pcall(error) end", "--cpu", "200ms")
        #expect(cpu.status == 6)
        #expect(try cpu.json["ended"] == "killed")
        #expect(try cpu.json["limit"] == "cpu")
        let memory = try await run("local t = {} for i = 1, 1e9 do t[i] = ('x'):rep(1000) .. i end")
        #expect(memory.status == 6)
        #expect(try memory.json["limit"] == "memory")
        let time = try await run("while true do time.sleep('1m') end", "--time", "1h")
        #expect(time.status == 6)
        #expect(try time.json["limit"] == "time")
        let output = try await run("while true do print(('x'):rep(10000)) end")
        #expect(output.status == 6)
        #expect(try output.json["limit"] == "output")
    }

    @Test func `interrupted by Ctrl-C, saying what had been done`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let script = try iwlua.file(
            "wait.lua",
            """
            local vm = require("iwinv").instances.list { name = "web-01" }[1]
            vm:edit { name = "www-01" }
            print("renamed")
            time.sleep("1h")
            """)
        let run = try iwlua.start(
            Iwlua.binary, ["run", script, "--simulate", "--clock", "real", "--allow", "instances:edit", "--yes"])
        #expect(try await run.firstLine() == "renamed")
        run.signal(SIGINT)
        let result = try await run.end()
        #expect(result.status == 130)
        #expect(result.errors.contains("1 confirmed"))
        #expect(result.errors.contains("web-01 → www-01"))
    }

    @Test func `a run that sleeps for a day on the virtual clock is over at once`() async throws {
        let result = try await run(
            """
            local before = time.now()
            time.sleep("24h")
            return { slept = time.now() - before, at = time.format(before) }
            """)
        #expect(result.status == 0, "\(result.errors)")
        #expect(try result.json["result"] == ["slept": 86400, "at": "2026-03-01 04:00:00"])
    }

    @Test func `parameters have the types of the header`() async throws {
        let lua = """
            -- ==Script==
            -- @param  text   string
            -- @param  count  integer   default 3
            -- @param  flag   boolean   default false
            -- @param  pause  duration  default 1m30s
            -- @param  names  list      default a,b
            -- @param  rows   table     default []
            -- ==/Script==
            return { params.text, params.count, params.flag, params.pause, params.names, #params.rows }
            """
        let given = try await run(
            lua, "--param", "text=it's \"quoted\" = fine", "--param", "flag=yes", "--param", "rows=[{\"a\":1}]")
        #expect(given.status == 0, "\(given.errors)")
        #expect(try given.json["result"] == ["it's \"quoted\" = fine", 3, true, 90, ["a", "b"], 1])
        let wrong = try await run(lua, "--param", "count=three", "--param", "cuont=3")
        #expect(wrong.status == 2)
        #expect(wrong.errors.contains("must be a whole number, not `three`"))
        #expect(wrong.errors.contains("did you mean `count`?"))
        #expect(wrong.errors.contains("needs --param text=…"))
    }

    @Test func `a script written on Windows keeps its header and its limits`() async throws {
        let lua = """
            -- ==Script==
            -- @param from string default "web-"
            -- @needs instances:edit
            -- @limit changes 1
            -- ==/Script==
            for vm in require("iwinv").instances.each { name = params.from } do vm:edit { name = "x" .. vm.name } end
            """
        let result = try await run(lua.replacing("\n", with: "\r\n"), "--allow", "instances:edit", "--yes")
        #expect(result.status == 3)
        #expect(try result.json["changes"]?.arrayValue?.count == 1)
        #expect(try result.json["error"]?["line"] == 6)
    }

    @Test func `a pure loop ends when its time is up, and at Ctrl-C`() async throws {
        let result = try await run("while true do end", "--cpu", "300ms")
        #expect(result.status == 6)
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let script = try iwlua.file("loop.lua", "print('go') while true do end")
        let busy = try iwlua.start(Iwlua.binary, ["run", script, "--simulate", "--cpu", "60s"])
        #expect(try await busy.firstLine() == "go")
        busy.signal(SIGINT)
        #expect(try await busy.end().status == 130)
    }

    @Test func `a bad option ends with a sentence, not with a crash`() async throws {
        for (option, value) in [
            ("--memory", "1K"), ("--cpu", "x"), ("--now", "9999-12-31T00:00:00Z"), ("--now", "yesterday"),
            ("--time", "soon"),
            ("--simulate-seed", ""), ("--profile", "prod"), ("--param", "novalue"), ("--allow", "instances:fly"),
        ] {
            let result = try await run("return 1", option, value)
            #expect(result.status == 2, "\(option) \(value): \(result.errors)")
            #expect(!result.errors.isEmpty)
        }
    }

    @Test func `results that cannot be written are no success`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let script = try iwlua.file("hi.lua", "print('hi')")
        let command = "'\(Iwlua.binary.path)' run '\(script)' --simulate > /dev/full"
        let result = try await iwlua.start(URL(fileURLWithPath: "/bin/sh"), ["-c", command]).end()
        #expect(result.status == 7)
        #expect(result.errors.contains("could not be written"))
    }

    @Test func `modules beside the script, and nothing else`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        _ = try iwlua.file("lib/names.lua", "return { upper = function(s) return s:upper() end }")
        let script = try iwlua.file("main.lua", "return require('lib.names').upper('web')")
        let result = try await iwlua.run("run", script, "--simulate", "--output", "json")
        #expect(try result.json["result"] == "WEB")
        let outside = try iwlua.file("outside.lua", "return require('os')")
        let refused = try await iwlua.run("run", outside, "--simulate")
        #expect(refused.status == 1)
        #expect(refused.errors.contains("outside.lua:1:"))
    }

    @Test func `control characters of the cloud and the script never reach a terminal raw`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let script = try iwlua.file("print.lua", "print('a\\27[31mb\\7') fail('c\\27[2Jd')")
        let result = try await iwlua.run("run", script, "--simulate")
        #expect(!result.output.contains("\u{1B}"))
        #expect(!result.errors.contains("\u{1B}"))
        #expect(result.output.contains("a\\u{1b}[31mb"))
    }

    @Test func `a list in Korean lines up`() async throws {
        let result = try await run(
            """
            ui.table({ { n = "웹", v = 1 }, { n = "web-01", v = 20 } }, { { "이름", "n" }, { "값", "v" } })
            """)
        #expect(result.errors == "이름    값\n──────  ──\n웹       1\nweb-01  20\n")
    }

    @Test func `tasks run side by side and their results keep the list's order`() async throws {
        let result = try await run(
            """
            local started = time.now()
            local r = task.map({ 50, 10, 30, 20 }, function(s) time.sleep(s) return s * 2 end, { limit = 4 })
            return { r, time.now() - started }
            """)
        #expect(result.status == 0, "\(result.errors)")
        #expect(try result.json["result"] == [[100, 20, 60, 40], 50])
    }
}
