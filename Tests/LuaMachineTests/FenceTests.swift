import LuaMachine
import Testing

/// Errors and suspensions through every kind of frame that Lua can have between a script and a host call.
@Suite struct FenceTests {
    /// Each body is a Lua function that calls `f` inside of one kind of frame and returns its result.
    static let frames = allFrames.filter { $0.name != "concat" || !LuaLibrary.refusesConcat }
    private static let allFrames: [(name: String, body: String)] = [
        ("call", "return f()"),
        ("pcall", "return select(2, assert(pcall(f)))"),
        ("xpcall", "return select(2, assert(xpcall(f, function(e) return e end)))"),
        ("index", "return setmetatable({}, {__index = function() return f() end}).x"),
        ("add", "return setmetatable({}, {__add = function() return f() end}) + 1"),
        ("call metamethod", "return setmetatable({}, {__call = function() return f() end})()"),
        ("newindex", "local r setmetatable({}, {__newindex = function() r = f() end}).x = 1 return r"),
        ("concat", "return setmetatable({}, {__concat = function() return f() end}) .. 'x'"),
        ("iterator", "for v in function() return f() end do return v end"),
        (
            "inside __pairs",
            "local r for v in pairs(setmetatable({}, {__pairs = function() r = f() return next, {} end})) do end return r"
        ),
        (
            "pairs metamethod",
            "for v in pairs(setmetatable({}, {__pairs = function() return f, nil, nil end})) do return v end"
        ),
        ("close", "local r do local x <close> = setmetatable({}, {__close = function() r = f() end}) end return r"),
        ("wrap", "return coroutine.wrap(function() return f() end)()"),
        ("resume", "local ok, v = coroutine.resume(coroutine.create(f)) if not ok then error(v, 0) end return v"),
        (
            "wrap three deep",
            """
            return coroutine.wrap(function()
                return coroutine.wrap(function()
                    return coroutine.wrap(function() local r = f() coroutine.yield(r) end)()
                end)()
            end)()
            """
        ),
        (
            "wrap in pcall in iterator",
            """
            for v in coroutine.wrap(function() local ok, v = pcall(f) if not ok then error(v, 0) end coroutine.yield(v) end) do
                return v
            end
            """
        ),
        ("task", "return task.spawn(f):wait()"),
        ("task in a coroutine", "return coroutine.wrap(function() return task.spawn(f):wait() end)()"),
        ("tail call", "local function g() return f() end return g()"),
        ("module", "return require('m')(f)"),
    ]
    static let refusing: [(name: String, inside: String, body: String)] = [
        ("sort", "table.sort", "local r table.sort({2, 1}, function(a, b) r = f() return a < b end) return r"),
        ("gsub", "string.gsub", "local r ('x'):gsub('x', function() r = f() end) return r"),
        (
            "tostring", "tostring",
            "local r tostring(setmetatable({}, {__tostring = function() r = f() return '' end})) return r"
        ),
        ("load", "load", "local r local c, e = load(function() r = f() end) if not c then error(e, 0) end return r"),
        (
            "sort in a coroutine", "table.sort",
            """
            local r
            table.sort({2, 1}, function(a, b) coroutine.wrap(function() r = f() end)() return a < b end)
            return r
            """
        ),
        (
            "format", "string.format",
            "local r ('%s'):format(setmetatable({}, {__tostring = function() r = f() return '' end})) return r"
        ),
        (
            "coroutine.close", "coroutine.close",
            """
            local r
            local co = coroutine.create(function()
                local x <close> = setmetatable({}, {__close = function() r = f() end})
                coroutine.yield()
            end)
            coroutine.resume(co)
            local ok, e = coroutine.close(co)
            if not ok then error(e, 0) end
            return r
            """
        ),
    ]

    static func environment() -> LuaEnvironment {
        var environment = LuaEnvironment()
        environment.register("wait", .call)
        environment.register("answer", .sync { _ in ["fine"] })
        environment.register("refuse", .sync { _ in throw LuaError(.host, "no", value: ["kind": "denied"]) })
        environment.addModule(.script(name: "m", source: "return function(f) return f() end"))
        return environment
    }

    static func script(_ body: String, _ function: String) -> String {
        "local f = \(function)\nlocal function go()\n\(body)\nend\nreturn go()"
    }

    @Test(arguments: frames.map(\.body) + refusing.map(\.body))
    func anAnswerComesThrough(_ body: String) throws {
        #expect(try run(Self.script(body, "answer"), Self.environment()) == ["fine"])
    }

    @Test(arguments: frames.map(\.body) + refusing.map(\.body))
    func anErrorComesThrough(_ body: String) throws {
        let error = try #require(throws: LuaError.self) { try run(Self.script(body, "refuse"), Self.environment()) }
        #expect(error.message == "no" && error.code == .host && error.value?["kind"] == "denied")
        #expect(error.position?.line ?? 0 >= 1)
    }

    @Test(arguments: frames.map(\.body))
    func aSuspensionComesThrough(_ body: String) throws {
        #expect(try run(Self.script(body, "wait"), Self.environment()) { _ in .success(["late"]) } == ["late"])
    }

    @Test(arguments: frames.map(\.body))
    func aFailedReplyIsRaisedWhereTheCallWas(_ body: String) throws {
        let error = try #require(throws: LuaError.self) {
            try run(Self.script(body, "wait"), Self.environment()) { _ in
                .failure(LuaError(.host, "gone", value: ["status": 404]))
            }
        }
        #expect(error.message == "gone" && error.value?["status"] == 404)
        #expect(error.position != nil)
    }

    @Test(arguments: refusing.map { ($0.body, $0.inside) })
    func aSuspensionIsRefusedWhereItCannotPass(_ body: String, _ inside: String) throws {
        let error = try #require(throws: LuaError.self) {
            try run(Self.script(body, "wait"), Self.environment()) { _ in .success(["late"]) }
        }
        #expect(error.message == "a host call cannot wait here (inside \(inside))")
    }

    @Test func aCoroutineThatWaitsForTheHostCannotBeResumedOrClosedByAnotherTask() throws {
        let script = """
            local co = coroutine.create(function() return wait() end)
            local first = task.spawn(function() return coroutine.resume(co) end)
            local second = task.spawn(function()
                return coroutine.status(co), select(2, coroutine.resume(co)), select(2, pcall(coroutine.close, co))
            end)
            local status, why, close = second:wait()
            return status, why, close:gsub('^.-: ', ''), select(2, first:wait())
            """
        let values = try run(script, Self.environment()) { _ in .success(["late"]) }
        #expect(values[0] == "normal")
        #expect(values[1] == "cannot resume a coroutine that waits for a host call")
        #expect(values.last == "late")
    }

    @Test func coroutinesOfTheScriptWorkAsInLua() throws {
        let script = """
            local out = {}
            local co = coroutine.wrap(function(a)
                out[#out + 1] = a
                out[#out + 1] = coroutine.yield(a + 1)
                return 'end'
            end)
            out[#out + 1] = co(1)
            out[#out + 1] = co('back')
            local dead = coroutine.create(function() error('x', 0) end)
            local ok, e = coroutine.resume(dead)
            out[#out + 1] = tostring(ok) .. e .. coroutine.status(dead)
            out[#out + 1] = select(2, coroutine.resume(dead))
            out[#out + 1] = tostring(select(2, coroutine.running()))
            out[#out + 1] = tostring(coroutine.isyieldable())
            local c = coroutine.create(coroutine.yield)
            coroutine.resume(c)
            out[#out + 1] = tostring(coroutine.close(c)) .. coroutine.status(c)
            return out
            """
        #expect(
            try run(script) == [
                [2, "end", "falsexdead", "cannot resume dead coroutine", "true", "false", "truedead"]
            ])
    }

    @Test func aYieldOutOfATaskIsAnError() throws {
        let error = try #require(throws: LuaError.self) { try run("coroutine.yield(1)") }
        #expect(error.message == "attempt to yield from outside a coroutine")
        #expect(error.position == LuaPosition(chunk: "script.lua", line: 1))
    }

    @Test func thousandsOfErrorsAndAnswersLeaveNothingBehind() throws {
        var environment = Self.environment()
        environment.limits.memory = 1 << 20
        let script = """
            for i = 1, 20000 do
                if answer(i, 'text') ~= 'fine' then error('wrong') end
                local ok, e = pcall(refuse, i)
                if ok or e.kind ~= 'denied' then error('wrong') end
            end
            return collectgarbage('count') <= 1024
            """
        #expect(try run(script, environment) == [true])
    }
}
