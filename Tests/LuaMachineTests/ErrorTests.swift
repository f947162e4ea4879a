import LuaMachine
import Testing

@Suite struct ErrorTests {
    static func environment() -> LuaEnvironment {
        var environment = LuaEnvironment()
        environment.register(
            "refuse", .sync { _ in throw LuaError(.host, "no", value: ["kind": "api", "status": 404]) })
        environment.register("plain", .sync { _ in throw LuaError(.host, "just text") })
        environment.addModule(
            .host(
                name: "api",
                source: """
                    local data, f = ...
                    local function inner(x) return f.refuse(x) end
                    return {
                        call = function(x) return inner(x) end,
                        check = function(x) raise { kind = "invalid", message = "bad " .. x } end,
                        level = function() error("use a dot", 2) end,
                        bug = function() local x = nil return x.y end,
                        each = function(fn) for i = 1, 2 do fn(i) end end,
                    }
                    """,
                functions: ["refuse": .sync { _ in throw LuaError(.host, "no", value: ["kind": "api"]) }], global: true)
        )
        environment.addModule(
            .script(name: "lib.util", source: "local M = {}\nfunction M.f() error('deep') end\nreturn M"))
        environment.addModule(.script(name: "broken", source: "return +"))
        environment.addModule(.script(name: "a", source: "return require 'b'"))
        environment.addModule(.script(name: "b", source: "return require 'a'"))
        return environment
    }

    func error(_ script: String) throws -> LuaError {
        try #require(throws: LuaError.self) { try run(script, Self.environment()) }
    }

    @Test(arguments: [
        ("\nerror('text')", "text", 2),
        ("\nerror('text', 0)", "text", 2),
        ("local function f()\nerror('up', 2)\nend\nf()", "up", 4),
        ("\n\nlocal x = nil + 1", "attempt to perform arithmetic on a nil value", 3),
        ("\nerror({message = 'm'})", "m", 2),
        ("\nerror({})", "the error value is a table", 2),
        ("error()", "the error value is nil", 1),
        ("\nerror(42)", "42", 2),
        ("\nassert(false, 'checked')", "checked", 2),
        ("local ok, e = pcall(function()\nerror('first')\nend)\nerror(e, 0)", "first", 2),
        ("\ncoroutine.wrap(function()\nerror('inside')\nend)()", "inside", 3),
        ("load('\\n error(\"loaded\")', '=piece')()", "loaded", 2),
        ("require('lib.util').f()", "deep", 2),
        ("\napi.call(1)", "no", 2),
        ("\n\napi.check('x')", "bad x", 3),
        ("\napi.level()", "use a dot", 2),
        ("\n\n\napi.bug()", "attempt to index a nil value (local 'x')", 4),
        ("\nplain()", "just text", 2),
        ("\n('x'):rep(1e100)", "bad argument #1 to 'rep' (number has no integer representation)", 2),
        ("require 'nothing'", "module 'nothing' not found", 1),
        ("require 'a'", "module 'a' is being loaded: a loop of require", 1),
        ("require 'broken'", "unexpected symbol near '+'", 1),
    ])
    func messageAndPositionAreApart(_ script: String, _ message: String, _ line: Int) throws {
        let error = try error(script)
        #expect(error.message == message)
        #expect(error.position?.line == line)
    }

    @Test func aSyntaxErrorHasItsPosition() throws {
        let error = try error("\n\nif then")
        #expect(error.code == .syntax && error.message == "unexpected symbol near 'then'")
        #expect(error.position == LuaPosition(chunk: "script.lua", line: 3))
    }

    @Test func valuesOfErrorsSurvive() throws {
        #expect(try error("error({kind = 'mine', list = {1, 2}})").value == ["kind": "mine", "list": [1, 2]])
        #expect(try error("error({f = print})").value == nil)
        #expect(try error("error(42)").value == 42)
        #expect(try error("refuse()").value == ["kind": "api", "status": 404, "message": "no"])
        #expect(try error("plain()").value == nil)
        #expect(try error("local ok, e = pcall(refuse) e.status = 500 error(e)").value?["status"] == 500)
    }

    @Test func aScriptSeesAHostErrorAsATable() throws {
        let script = """
            local ok, e = pcall(function()
                refuse()
            end)
            local keys = {}
            for k in pairs(e) do keys[#keys + 1] = k end
            return ok, type(e), e.kind, e.status, e.message, tostring(e), getmetatable(e), keys, next(e)
            """
        #expect(
            try run(script, Self.environment()) == [
                false, "table", "api", 404, "no", "script.lua:2: no", false, ["kind", "message", "status"], "kind",
                "api",
            ])
    }

    @Test func theTracebackHasTheScriptsFramesOnly() throws {
        let script = """
            local function inner()
                api.each(function(i)
                    api.call(i)
                end)
            end
            local function outer()
                inner()
            end
            outer()
            """
        let error = try error(script)
        #expect(error.traceback.map(\.position.line) == [3, 2, 7, 9])
        #expect(error.traceback.allSatisfy { $0.position.chunk == "script.lua" })
        #expect(error.traceback.last?.function == "main chunk")
        #expect(error.traceback[1].function == "inner")
    }

    @Test func theTracebackReachesIntoCoroutines() throws {
        // The line of a call over several lines is its first up to 5.4.4, its last since.
        let error = try error(
            "local function f()\nerror('x')\nend\nlocal g = coroutine.wrap(function()\nf()\nend)\ng()")
        #expect(error.traceback.map(\.position.line) == [2, 5, 7])
    }

    @Test func aCaughtErrorTellsTheCallsPositionLater() throws {
        let error = try error("local ok, e = pcall(function()\nrefuse()\nend)\n\nerror(e)")
        #expect(error.position?.line == 2 && error.traceback.first?.position.line == 2)
    }

    @Test func thePositionOfACallIsTheScriptsLine() throws {
        var environment = LuaEnvironment()
        environment.addModule(
            .host(
                name: "net", source: "local _, f = ... return {get = function(x) return f.get(x) end}",
                functions: ["get": .call]))
        var positions: [Int?] = []
        _ = try run("local net = require 'net'\nnet.get(1)\ncoroutine.wrap(net.get)(2)", environment) {
            positions.append($0.position?.line)
            return .success([])
        }
        #expect(positions == [2, 3])
    }

    @Test func modulesAreLoadedOnceAndShared() throws {
        let script = "return require('lib.util') == require('lib.util'), require('api') == api, type(api.call)"
        #expect(try run(script, Self.environment()) == [true, true, "function"])
    }

    @Test func aPreludeThatFailsIsTold() throws {
        var environment = LuaEnvironment()
        environment.addModule(.host(name: "bad", source: "error('not today')", global: true))
        let error = try #require(throws: LuaError.self) { try LuaMachine(environment, seed: 1) }
        #expect(error.message == "not today")
    }

    @Test func aSourceThatIsTooLargeIsRefused() throws {
        let error = try #require(throws: LuaError.self) { try run(String(repeating: " ", count: 70_000)) }
        #expect(error.code == .limit)
    }

    /// The reference manual: what has not been loaded is not in `package.loaded`, so the next require runs it again.
    @Test func aModuleThatFailedToLoadIsTriedAgain() throws {
        var environment = LuaEnvironment()
        environment.addModule(
            .script(
                name: "m",
                source: "tries = (tries or 0) + 1\nif tries < 5 then error('try ' .. tries, 0) end return tries"))
        environment.addModule(
            .host(
                name: "h", source: "local d, f = ...\nif f.fails() then error('no', 0) end return 'host'",
                functions: [
                    "fails": .call
                ]))
        var answers: [LuaValue] = [true, false]
        let values = try run(
            """
            local first, second = select(2, pcall(require, 'm')), select(2, pcall(require, 'm'))
            -- A coroutine that has died of it, and is not closed.
            local _, third = coroutine.resume(coroutine.create(function() require('m') end))
            local _, fourth = pcall(coroutine.wrap(function() require('m') end))
            return first, second, third, fourth, require('m'), require('m'), tries,
                pcall(require, 'h'), require('h'), require('h')
            """, environment
        ) { _ in .success([answers.removeFirst()]) }
        #expect(values == ["try 1", "try 2", "try 3", "try 4", 5, 5, 5, false, "host", "host"])
    }
}
