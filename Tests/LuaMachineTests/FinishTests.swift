import LuaMachine
import Testing

/// What a person sees: names of values, messages of wrong calls, errors that tell the reason.
@Suite struct FinishTests {
    static func environment() -> LuaEnvironment {
        var environment = LuaEnvironment()
        environment.register("echo", .sync { $0 })
        environment.register("later", .call)
        environment.register(
            "twice",
            .raw { call in
                let number = call.number(0) ?? 0
                call.push(number * 2)
            })
        return environment
    }

    func error(_ script: String) throws -> LuaError {
        try #require(throws: LuaError.self) { try run(script, Self.environment()) }
    }

    @Test(arguments: [
        ("{}", "table: "), ("print", "function: "), ("_G", "table: "), ("function() end", "function: "),
        ("string.rep", "function: "), ("coroutine.create(print)", "thread: "), ("task.spawn(print)", "task: "),
        ("setmetatable({}, {})", "table: "), ("setmetatable({}, {__name = 'thing'})", "thing: "),
        ("setmetatable({}, {__name = 5})", "table: "), ("task.map", "function: "), ("later", "function: "),
    ])
    func whatHasNoTextIsShownByItsType(_ expression: String, _ prefix: String) throws {
        let lines = Lines()
        var environment = Self.environment()
        environment.print = { lines.add($0) }
        let script = "local v = \(expression) print(v) print(1, v) return tostring(v), ('%s'):format(v)"
        let values = try run(script, environment)
        let text = try #require(values[0].stringValue)
        #expect(text.hasPrefix(prefix) && text.count > prefix.count && !text.contains("0x"), "\(text)")
        #expect(values[1] == values[0] && lines.all.contains("1\t" + text) && lines.all.contains(text))
    }

    @Test(arguments: [
        ("task.all {1}", "task.all takes a list of functions, but item 1 is a number"),
        ("task.all {print, 'x'}", "task.all takes a list of functions, but item 2 is a string"),
        ("task.all(5)", "task.all takes a list of functions, got number"),
        ("task.all()", "task.all takes a list of functions, got nil"),
        ("task.all {first = print}", "task.all takes a list of functions, but it has a field 'first'"),
        ("task.spawn()", "task.spawn takes a function, got no value"),
        ("task.spawn(5)", "task.spawn takes a function, got number"),
        ("task.map()", "task.map takes a list and a function, but the list is a nil"),
        ("task.map({1})", "task.map takes a list and a function, but the function is a nil"),
        ("task.map({1}, print, 5)", "task.map: the options must be a table, got number"),
        ("task.map({1}, print, {limt = 1})", "task.map has no option `limt`; it has `limit`"),
        ("task.map({1}, print, {limit = 1, [1] = 2})", "task.map has no option `1`; it has `limit`"),
        ("task.map({1}, print, {limit = 0})", "task.map: limit must be an integer of at least 1, got 0"),
        ("task.map({1}, print, {limit = 1.5})", "task.map: limit must be an integer of at least 1, got 1.5"),
        ("task.map({1}, print, {limit = '2'})", "task.map: limit must be an integer of at least 1, got a string"),
        (
            "task.map(setmetatable({}, {__len = function() return 'x' end}), print)",
            "task.map: the length of the list is not an integer"
        ),
    ])
    func aWrongCallOfTheTaskLibraryIsToldAtTheScriptsLine(_ call: String, _ message: String) throws {
        let error = try error("\n\n\(call)")
        #expect(error.message == message)
        #expect(error.position == LuaPosition(chunk: "script.lua", line: 3))
        let caught = try run("\n\nlocal ok, e = pcall(function() \(call) end) return tostring(e)", Self.environment())
        #expect(caught == [.string("script.lua:3: " + message)])
    }

    @Test(arguments: [
        "local function rec(n) return 1 + rec(n + 1) end return RUN(rec, 1)",
        "local function rec() rec() end return RUN(rec)",
        "local function rec(...) return (rec(1, 2, 3, 4, 5, 6, 7, 8, ...)) end return RUN(rec)",
        "local t = setmetatable({}, {}) getmetatable(t).__index = function(t, k) return t[k + 1] end return RUN(function() return t[1] end)",
        "local co = coroutine.wrap(function() local function rec() rec() end return RUN(rec) end) return co()",
    ])
    func endlessRecursionIsAnErrorThatCanBeCaught(_ script: String) throws {
        let once = script.replacing("RUN", with: "pcall")
        let values = try run("\n" + once, Self.environment())
        #expect(values[0] == false)
        #expect(values[1].stringValue?.contains("stack overflow") == true, "\(values)")
        let handled = script.replacing("RUN", with: "xpcall").replacing("rec, 1)", with: "rec, tostring, 1)")
            .replacing("(rec)", with: "(rec, tostring)").replacing("[1] end)", with: "[1] end, tostring)")
        #expect(try run(handled, Self.environment())[1].stringValue?.contains("stack overflow") == true)
        let free = try error("\n" + script.replacing("RUN(", with: "(function(f, ...) f(...) return 1 end)("))
        #expect(free.message.contains("stack overflow"))
        #expect(free.position == LuaPosition(chunk: "script.lua", line: 2))
    }

    @Test func afterAStackOverflowTheScriptGoesOn() throws {
        let script = """
            local function rec() rec() end
            local function deep(n) if n == 0 then return 0 end return 1 + deep(n - 1) end
            local seen = 0
            for i = 1, 6 do
                local ok, e = pcall(rec)
                if not ok and e:find('stack overflow') then seen = seen + 1 end
            end
            local cos = {}
            for i = 1, 250 do cos[i] = coroutine.wrap(function() deep(700) coroutine.yield() end) cos[i]() end
            return seen, deep(150000)
            """
        #expect(try run(script, Self.environment()) == [6, 150_000])
    }

    @Test(arguments: [
        ("echo(0/0)", "argument 1: NaN cannot be passed to the host"),
        ("later(1, -(0/0))", "argument 2: NaN cannot be passed to the host"),
        ("echo({a = {1, 0/0}})", "argument 1, field 'a[2]': NaN cannot be passed to the host"),
        ("later(math.huge)", "argument 1: an infinity cannot be passed to the host"),
        ("later {x = -math.huge}", "argument 1, field 'x': an infinity cannot be passed to the host"),
        ("return 1, 0/0", "result 2: NaN cannot be passed to the host"),
    ])
    func numbersThatAreNoneAreRefusedWithThePlace(_ script: String, _ message: String) throws {
        let error = try error(script)
        #expect(error.code == .conversion && error.message == message)
    }

    @Test func theRawPathAndTheWayInKnowEveryNumber() throws {
        #expect(
            try run("return tostring(twice(math.huge)), twice(0/0) ~= twice(0/0)", Self.environment()) == ["inf", true])
        #expect(
            try run("local x, y = ... return x == math.huge, y ~= y", arguments: [.number(.infinity), .number(.nan)])
                == [true, true])
    }

    @Test(arguments: [
        ("later {[''] = print}", "argument 1, field '[\"\"]': a function cannot be passed to the host"),
        ("later {a = {['it\\'s \"x\"\\n'] = {print}}}", #"argument 1, field 'a["it's \"x\"\10"][1]': a function"#),
        (
            "later {[('k'):rep(100)] = print}",
            "argument 1, field '[\"\(String(repeating: "k", count: 60))...\"]': a function"
        ),
        (
            "later {[('가'):rep(50)] = print}",
            "argument 1, field '[\"\(String(repeating: "가", count: 20))...\"]': a function"
        ),
        (
            "local t = {} for i = 12, 1, -1 do t[i] = 1 end t[11] = print later {t}",
            "argument 1, field '[1][11]': a function"
        ),
        (
            "local t = {} t[12] = 1 for i = 1, 11 do t[i] = 1 end t[7] = {x = {print}} later(t)",
            "argument 1, field '[7].x[1]': a function"
        ),
    ])
    func everyStepOfAPathIsShown(_ script: String, _ message: String) throws {
        let error = try error(script)
        #expect(error.message.hasPrefix(message), "\(error.message)")
    }

    @Test func anErrorHandlerThatWaitsIsToldWhy() throws {
        let script = """
            local ok, e = xpcall(error, function(e)
                later(e)
            end, 'first')
            return ok, tostring(e)
            """
        #expect(
            try run(script, Self.environment()) == [
                false, "script.lua:2: a host call cannot wait here (inside an error handler)",
            ])
        #expect(
            try run("return xpcall(error, function(e) return e .. '!' end, 'x')", Self.environment()) == [false, "x!"])
        #expect(
            try run("return xpcall(error, function(e) error('worse', 0) end, 'x')", Self.environment()) == [
                false, "worse",
            ])
        #expect(
            try run(
                "return xpcall(error, function(e) return (select(2, pcall(later))).message end)", Self.environment())
                == [false, "a host call cannot wait here (inside an error handler)"])
    }

    @Test func anErrorIsMadeOfItsMessage() {
        let error = LuaError("no", value: ["kind": "mine"])
        #expect(error.code == .host && error.message == "no" && error.value == ["kind": "mine"])
        #expect(LuaError("no") == LuaError(.host, "no"))
    }
}
